"""Attention patterns made small enough to send."""

import torch
from jaxtyping import Float
from torch import Tensor


def pooled(
    pattern: Float[Tensor, "*head query key"], max_cells: int
) -> tuple[Float[Tensor, "*head q k"], int]:
    """Patterns in at most `max_cells` x `max_cells` cells, and how many tokens one cell spans.

    A cell is the attention that a group of queries pays to a group of keys: the mean over the
    queries of the sum over the keys. Rows therefore still sum to 1, and a text that fits is
    returned unchanged.
    """
    n_pos = pattern.shape[-1]
    span = -(-n_pos // max_cells)
    if span == 1:
        return pattern, 1
    group = torch.arange(n_pos) // span
    is_in = torch.nn.functional.one_hot(group).to(pattern.dtype)
    sums = is_in.T @ (pattern @ is_in)
    return sums / is_in.sum(dim=0)[:, None], span
