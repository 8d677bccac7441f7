"""The measures that the pages show of every head, each with its chance level and its formula in words."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gpt2dash.analysis import heads, targets
from gpt2dash.analysis.heads import Pattern, PerHead
from gpt2dash.analysis.targets import Targets
from gpt2dash.options import MEASURE_TITLES

_STANDARD_DEVIATIONS = 4.0
ABOVE_NULL = 0.25
"""How far above its null a share of attention must be for a head to get a name."""


@dataclass(frozen=True)
class Measure:
    """One number about a head on one text.

    Attributes:
        name: how code and links call it.
        title: how people do.
        unit: of the number.
        formula: how it is computed, in words.
        of: the number, from patterns and token ids.
        chance: the number of a head that gives every key the same weight.
        targets: where a head of this kind looks; None for a measure of shape.
        label: what a head is called that clears the null; None for a measure of shape.
    """

    name: str
    title: str
    unit: str
    formula: str
    of: Callable[[Pattern, Int[Tensor, " pos"]], PerHead]
    chance: Callable[[Int[Tensor, " pos"]], float]
    targets: Callable[[Int[Tensor, " pos"]], Targets] | None = None
    label: str | None = None


def _shape(name: str, unit: str, formula: str, of: Callable[[Pattern], PerHead]) -> Measure:
    def chance(ids: Int[Tensor, " pos"]) -> float:
        return float(of(uniform_pattern(len(ids))))

    title = MEASURE_TITLES[name]
    return Measure(name, title, unit, formula, lambda pattern, _ids: of(pattern), chance)


def _share(name: str, formula: str, where: Callable[[Int[Tensor, " pos"]], Targets]) -> Measure:
    title = MEASURE_TITLES[name]
    return Measure(
        name,
        title,
        "share of attention",
        formula,
        lambda pattern, ids: heads.mass_on(pattern, where(ids)),
        lambda ids: heads.chance_of(where(ids)),
        where,
        title,
    )


def uniform_pattern(n_pos: int) -> Float[Tensor, "query key"]:
    """The pattern of a head that gives the same weight to every key it may look at."""
    ones = torch.ones(n_pos, n_pos).tril()
    return ones / ones.sum(dim=-1, keepdim=True)


MEASURES = (
    _shape("entropy", "bits", "mean over queries of -sum A log2 A", heads.entropy),
    _shape("span", "tokens", "mean over queries of exp(entropy in nats)", heads.effective_span),
    _shape("distance", "tokens", "mean over queries of sum A (query - key)", heads.mean_distance),
    _share("self", "mean of A[q, q]", lambda ids: targets.current_token(len(ids))),
    _share(
        "previous",
        "mean over q >= 1 of A[q, q - 1]",
        lambda ids: targets.previous_token(len(ids)),
    ),
    _share("first", "mean over q >= 1 of A[q, 0]", lambda ids: targets.first_token(len(ids))),
    _share(
        "duplicate",
        "mean of the attention to earlier copies of the query's token, over queries that have one",
        targets.duplicate_token,
    ),
    _share(
        "induction",
        "mean attention to what followed earlier copies of the query's token, over queries that have one",
        targets.after_duplicate,
    ),
)
"""In the order in which they are shown."""


def is_clear(value: float, chance: float, deviation: float) -> bool:
    """Whether a head deserves the label of a measure on this text.

    It must stand a quarter above chance, and four standard deviations above the null in which its
    own weights are dealt at random to the keys of each row. A random model has neither.

    Args:
        value: of the measure; NaN where there is nothing to measure, which deserves nothing.
        chance: of a head that looks everywhere alike.
        deviation: of the null, NaN for measures of shape, which label no head.
    """
    above = value - chance
    return above >= ABOVE_NULL and above > _STANDARD_DEVIATIONS * deviation
