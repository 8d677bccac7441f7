"""Attention patterns and scores made small enough to send."""

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
    is_in, span = _groups(pattern.shape[-1], max_cells)
    if span == 1:
        return pattern, 1
    return is_in.T @ (pattern @ is_in) / is_in.sum(dim=0)[:, None], span


def pooled_mean(scores: Float[Tensor, "query key"], max_cells: int) -> tuple[Float[Tensor, "q k"], int]:
    """Scores in at most `max_cells` x `max_cells` cells: the mean of what exists, -inf where nothing does."""
    is_in, span = _groups(len(scores), max_cells)
    if span == 1:
        return scores, 1
    exists = scores.isfinite()
    sums = is_in.T @ torch.where(exists, scores, 0.0) @ is_in
    counts = is_in.T @ exists.to(scores.dtype) @ is_in
    return torch.where(counts > 0, sums / counts.clamp_min(1), -torch.inf), span


def _groups(n_pos: int, max_cells: int) -> tuple[Float[Tensor, "pos cell"], int]:
    """Which cell each token falls into, and how many tokens a cell spans."""
    span = -(-n_pos // max_cells)
    return torch.nn.functional.one_hot(torch.arange(n_pos) // span).float(), span
