"""From queries and keys to a pattern, one stage at a time: Vaswani et al. 2017, section 3.2.1."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.model.gpt2 import causal_mask
from gpt2dash.trace import Trace

STAGES = ("raw", "scaled", "masked", "pattern")
"""In the order in which one follows from the other."""


@torch.inference_mode()
def at_stage(trace: Trace, layer: int, head: int, stage: str) -> Float[Tensor, "query key"]:
    """One head's q.k (raw), over sqrt(d_head) (scaled), without the future (masked), softmax (pattern)."""
    if stage == "pattern":
        return trace.pattern(layer, head)
    raw = trace.q(layer)[head] @ trace.k(layer)[head].T
    if stage == "raw":
        return raw
    scaled = raw * trace.config.score_scale(layer)
    if stage == "scaled":
        return scaled
    return scaled.masked_fill(~causal_mask(len(raw), len(raw), raw.device), -math.inf)


def without_first(
    pattern: Float[Tensor, "*head query key"],
) -> tuple[Float[Tensor, "*head query key"], Float[Tensor, "*head query"]]:
    """The pattern with the first token's column taken out and rows scaled to sum to 1 again.

    Returns:
        The pattern left (the first query, which has nothing else, is a row of zeros), and the
        attention that was taken out of each row.
    """
    removed = pattern[..., 0]
    left = pattern.clone()
    left[..., 0] = 0
    rest = left.sum(dim=-1, keepdim=True)
    return left / torch.where(rest > 0, rest, 1.0), removed
