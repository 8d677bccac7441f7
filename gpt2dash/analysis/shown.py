"""One head's pattern as the page's options ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.analysis.moved import value_norms, write_norms
from gpt2dash.analysis.stages import at_stage, without_first
from gpt2dash.trace import Trace

Kind = Literal["weight", "length", "score"]


@dataclass(frozen=True)
class Shown:
    """What a heat map of one head shows.

    Attributes:
        values: a row for each query; in a score that is masked, -inf where the key comes later.
        kind: weights (rows sum to 1), lengths (weights times norms), or scores of any sign.
        removed: the attention that was taken out of each row.
    """

    values: Float[Tensor, "query key"]
    kind: Kind
    removed: Float[Tensor, " query"]


@torch.inference_mode()
def shown(trace: Trace, layer: int, head: int, options: Mapping[str, str]) -> Shown:
    """Stage first; weights of the last stage may lose the first token, then be weighted.

    Weighting and hiding are about weights, so they leave scores as they are. Nothing is moved where
    the head's z is edited: lengths are 0 there.

    Args:
        trace: of the text.
        layer: of the head.
        head: in its layer.
        options: the choices of "stage", "first" and "weight" (`gpt2dash.options`).
    """
    values = at_stage(trace, layer, head, options["stage"])
    nothing = torch.zeros(len(values))
    if options["stage"] != "pattern":
        return Shown(values, "score", nothing)
    removed = nothing
    if options["first"] == "hidden":
        values, removed = without_first(values)
    if options["weight"] == "plain":
        return Shown(values, "weight", removed)
    norms = value_norms(trace, layer) if options["weight"] == "value" else write_norms(trace, layer)
    moved = values * norms[head] * trace.gathers(layer)[head, :, None]
    return Shown(moved, "length", removed)
