"""Attention patterns made small enough to send."""

import torch
from jaxtyping import Float
from torch import Tensor


def pooled(pattern: Float[Tensor, "query key"], max_cells: int) -> tuple[Float[Tensor, "q k"], int]:
    """The pattern in at most `max_cells` x `max_cells` cells, and how many tokens one cell spans.

    A cell is the attention that a group of queries pays to a group of keys: the mean over the
    queries of the sum over the keys. Rows therefore still sum to 1, and a text that fits is
    returned unchanged.
    """
    n_pos = len(pattern)
    span = -(-n_pos // max_cells)
    if span == 1:
        return pattern, 1
    n_cell = -(-n_pos // span)
    group = torch.arange(n_pos) // span
    by_key = torch.zeros(n_pos, n_cell).index_add_(1, group, pattern)
    sums = torch.zeros(n_cell, n_cell).index_add_(0, group, by_key)
    return sums / torch.bincount(group)[:, None], span
