"""From logits to one token: temperature, then top-k, then top-p, then one draw.

Every stage is a distribution over the full vocabulary, so that the page can show each candidate
before and after each of them. Order is by logit; equal logits are ordered by id, lower first.
Top-p is nucleus sampling (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration").
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gpt2dash.errors import InvalidInput, UnusableCheckpoint

N_LEADING = 20
"""The most likely tokens that are put in order at every step."""

MAX_TEMPERATURE = 10.0
MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class SamplingSettings:
    """How the next token is chosen.

    Attributes:
        temperature: divides the logits; from 0 (always the most likely token) to 10.
        top_k: keep this many of the most likely tokens; 0 keeps all.
        top_p: keep the fewest most likely tokens whose probabilities sum to at least this; 1 keeps all.
        seed: with the position in the text, it decides each draw.
        max_new_tokens: how many tokens to generate at most.
        stop_at_eot: stop after the model's end-of-text token.

    Raises:
        InvalidInput: a value outside these limits, or of the wrong type.
    """

    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    max_new_tokens: int = 40
    stop_at_eot: bool = True

    def __post_init__(self) -> None:
        """Refuse what is out of range; hold whole numbers as int and the others as float."""
        for name, limit in _LIMITS.items():
            object.__setattr__(self, name, limit.checked(getattr(self, name)))
        if not isinstance(self.stop_at_eot, bool):
            raise InvalidInput(
                f"Stop at end of text must be true or false; you gave {_quoted(self.stop_at_eot)}."
            )

    @classmethod
    def parse(cls, raw: Mapping[str, object]) -> "SamplingSettings":
        """Settings from a JSON object; numbers may be strings as typed into a form.

        Raises:
            InvalidInput: an unknown name, or a value outside its limits.
        """
        names = [field.name for field in fields(cls)]
        for name in raw:
            if name not in names:
                raise InvalidInput(
                    f"{_quoted(name)} is not a sampling setting; the settings are {', '.join(names)}."
                )
        values: dict[str, Any] = {name: _typed(value) for name, value in raw.items()}
        return cls(**values)


@dataclass(frozen=True)
class _Limit:
    """What one number of the settings may be, and how a refusal speaks of it."""

    label: str
    wanted: str
    low: float
    high: float
    whole: bool = False
    low_allowed: bool = True

    def checked(self, value: object) -> int | float:
        """The value as int or float.

        Raises:
            InvalidInput: it is not a number within the limits.
        """
        if not isinstance(value, int | float) or isinstance(value, bool) or not self._holds(value):
            raise InvalidInput(f"{self.label} must be {self.wanted}; you gave {_quoted(value)}.")
        return int(value) if self.whole else float(value)

    def _holds(self, value: float) -> bool:
        within = self.low <= value <= self.high and (self.low_allowed or value != self.low)
        return within and (not self.whole or value % 1 == 0)  # inf % 1 is nan, which is not 0


_LIMITS = {
    "temperature": _Limit("Temperature", "a number from 0 to 10", 0, MAX_TEMPERATURE),
    "top_k": _Limit("Top-k", "a whole number, 0 (off) or more", 0, math.inf, whole=True),
    "top_p": _Limit("Top-p", "a number above 0 and at most 1", 0, 1, low_allowed=False),
    "seed": _Limit("Seed", f"a whole number from 0 to {MAX_SEED:,}", 0, MAX_SEED, whole=True),
    "max_new_tokens": _Limit("New tokens", "a whole number, 0 or more", 0, math.inf, whole=True),
}


def _typed(value: object) -> object:
    """The number that a string spells, else the value itself."""
    if isinstance(value, str):
        for number in (int, float):
            try:
                return number(value)
            except ValueError:
                continue
    return value


def _quoted(value: object) -> str:
    """What was given, short enough for one sentence."""
    if value is None or value == "":
        return "nothing"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


@dataclass(frozen=True)
class Stages:
    """The distribution of the next token after each stage; each sums to 1.

    Attributes:
        logits: what the model gave.
        order: the most likely ids, most likely first: at least 20 of them, or the whole vocabulary.
        raw: softmax of the logits.
        tempered: after temperature.
        top_k: after top-k, renormalised.
        top_p: after top-p, renormalised; the token is drawn from this one.
        n_kept_k: tokens with a probability above 0 after top-k.
        n_kept_p: the same after top-p.
        dropped_k: tempered probability that top-k took away, 0 to 1.
        dropped_p: top-k probability that top-p took away, 0 to 1.
        k_cut: smallest tempered probability that top-k kept; None when it is off.
        p_cut: smallest top-k probability that top-p kept; None when it is off.
    """

    logits: Float[Tensor, " vocab"]
    order: Int[Tensor, " n"]
    raw: Float[Tensor, " vocab"]
    tempered: Float[Tensor, " vocab"]
    top_k: Float[Tensor, " vocab"]
    top_p: Float[Tensor, " vocab"]
    n_kept_k: int
    n_kept_p: int
    dropped_k: float
    dropped_p: float
    k_cut: float | None
    p_cut: float | None


@dataclass(frozen=True)
class _Cut:
    """One distribution after some of its tokens were dropped."""

    probabilities: Tensor
    n_kept: int
    dropped: float = 0.0
    smallest: float | None = None


def stages(logits: Float[Tensor, " vocab"], settings: SamplingSettings) -> Stages:
    """Temperature, then top-k, then top-p, over the whole vocabulary.

    Temperature 0 gives all mass to the highest logit. A logit of -inf is a token that cannot come.

    Raises:
        UnusableCheckpoint: the logits hold NaN or +inf, or none is finite.
    """
    raw = logits.softmax(dim=-1)
    if raw[0].isnan():  # one NaN or +inf among the logits makes every probability NaN
        raise UnusableCheckpoint(
            "This model's output is not a number; its weights are damaged or overflow. Choose another model."
        )
    order = leading(logits, max(settings.top_k, N_LEADING))
    tempered = _temper(logits, order, raw, settings.temperature)
    by_k = _keep_k(order, tempered, settings.top_k)
    by_p = _keep_p(logits, order, by_k, settings.top_p)
    return Stages(
        logits=logits,
        order=order,
        raw=raw,
        tempered=tempered,
        top_k=by_k.probabilities,
        top_p=by_p.probabilities,
        n_kept_k=by_k.n_kept,
        n_kept_p=by_p.n_kept,
        dropped_k=by_k.dropped,
        dropped_p=by_p.dropped,
        k_cut=by_k.smallest,
        p_cut=by_p.smallest,
    )


def leading(logits: Float[Tensor, " vocab"], n: int) -> Int[Tensor, " n"]:
    """Ids of the `n` highest logits (all if there are fewer), highest first, equal ones by lower id."""
    border = logits.topk(min(n, len(logits))).values[-1]
    ids = (logits >= border).nonzero().squeeze(-1)
    order = logits[ids].sort(descending=True, stable=True).indices
    return ids[order[:n]]


def _temper(logits: Tensor, order: Tensor, raw: Tensor, temperature: float) -> Tensor:
    if temperature == 0:
        return torch.zeros_like(raw).index_fill_(0, order[:1], 1.0)
    if temperature == 1:
        return raw
    # The subtraction first, and the floor, so that no tiny temperature makes inf - inf or 0 / 0.
    floor = torch.finfo(logits.dtype).tiny
    return ((logits - logits[order[0]]) / max(temperature, floor)).softmax(dim=-1)


def _keep_k(order: Tensor, tempered: Tensor, k: int) -> _Cut:
    if k == 0:
        return _Cut(tempered, n_kept=int(tempered.count_nonzero()))
    return _keep(tempered, order[:k])


def _keep_p(logits: Tensor, order: Tensor, by_k: _Cut, p: float) -> _Cut:
    """The smallest prefix of the tokens in order whose mass reaches p: at least one token."""
    if p == 1:
        return _Cut(by_k.probabilities, by_k.n_kept)
    for n in (len(order), 1_024, by_k.n_kept):  # the whole vocabulary is put in order only if it must be
        ids = order[:n] if n <= len(order) else leading(logits, min(n, by_k.n_kept))
        mass = by_k.probabilities[ids].cumsum(dim=0, dtype=torch.float64)
        if mass[-1] >= p:
            break
    return _keep(by_k.probabilities, ids[: int(torch.searchsorted(mass, p)) + 1])


def _keep(probabilities: Tensor, ids: Tensor) -> _Cut:
    """Renormalise what `ids` hold; everything else becomes 0."""
    kept = probabilities[ids]
    mass = kept.sum(dtype=torch.float64)
    result = torch.zeros_like(probabilities)
    result[ids] = (kept / mass).to(probabilities.dtype)
    possible = kept[kept > 0]
    return _Cut(result, len(possible), max(0.0, 1.0 - float(mass)), float(possible.min()))


def uniform(seed: int, pos: int) -> float:
    """A number in [0, 1) that depends on the seed and the position in the text alone.

    Philox (Salmon et al. 2011) computes it from a counter, so there is no generator to share or
    to rewind: going back to a position and on again draws the same numbers.
    """
    return float(np.random.Generator(np.random.Philox(key=seed, counter=pos)).random())


def draw(probabilities: Float[Tensor, " vocab"], u: float) -> int:
    """The id at which the cumulative sum, in id order, first exceeds `u` (0 to 1) of the total.

    An id of probability 0 is never drawn, not even at u = 0 or u = 1.
    """
    cumulative = probabilities.cumsum(dim=0, dtype=torch.float64)
    total = cumulative[-1]
    last_possible = torch.searchsorted(cumulative, total)
    return int(torch.minimum(torch.searchsorted(cumulative, u * total, right=True), last_possible))


@dataclass(frozen=True)
class Candidate:
    """One token's probability at each stage (0 once it is cut) and its rank by logit, 1 = highest."""

    id: int
    raw: float
    tempered: float
    top_k: float
    top_p: float
    rank: int


def candidates(stages: Stages, n: int, include: int | None = None) -> list[Candidate]:
    """The `n` most likely tokens before all stages, most likely first; `include` last if not among them."""
    ids = stages.order[:n] if n <= len(stages.order) else leading(stages.logits, n)
    among = stages.logits[ids]
    ranks = (1 + (among > among.unsqueeze(-1)).sum(dim=-1)).tolist()
    if include is not None and include not in ids.tolist():
        ids = torch.cat([ids, ids.new_tensor([include])])
        ranks.append(rank(stages.logits, include))
    columns = (part[ids].tolist() for part in (stages.raw, stages.tempered, stages.top_k, stages.top_p))
    return [Candidate(*row) for row in zip(ids.tolist(), *columns, ranks, strict=True)]


def entropy(probabilities: Float[Tensor, " vocab"]) -> float:
    """Sum of p ln(1/p) in nats, with 0 ln(1/0) = 0."""
    tiny = torch.finfo(probabilities.dtype).tiny
    return float(probabilities.dot(probabilities.clamp_min(tiny).reciprocal().log()))


def rank(logits: Float[Tensor, " vocab"], token: int) -> int:
    """1 + the number of logits strictly greater than the token's."""
    return 1 + int((logits > logits[token]).count_nonzero())
