"""Attention patterns and scores made small enough to send."""

import torch
from jaxtyping import Float
from torch import Tensor


def pooled(
    pattern: Float[Tensor, "*head query key"], max_cells: int
) -> tuple[Float[Tensor, "*head q k"], int]:
    """Patterns in at most `max_cells` x `max_cells` cells, and how many tokens one cell spans.

    A cell is the attention that a group of queries pays to a group of keys: the mean over the
    queries of the sum over the keys. Rows therefore still sum to what they did, and a text that
    fits is returned unchanged.
    """
    rows, columns, span = groups(pattern.shape[-2], pattern.shape[-1], max_cells)
    if span == 1:
        return pattern, 1
    return rows.T @ (pattern @ columns) / rows.sum(dim=0)[:, None], span


def pooled_mean(scores: Float[Tensor, "query key"], max_cells: int) -> tuple[Float[Tensor, "q k"], int]:
    """Scores in at most `max_cells` x `max_cells` cells: the mean of what exists, -inf where nothing does."""
    rows, columns, span = groups(len(scores), scores.shape[1], max_cells)
    if span == 1:
        return scores, 1
    exists = scores.isfinite()
    sums = rows.T @ torch.where(exists, scores, 0.0) @ columns
    counts = rows.T @ exists.to(scores.dtype) @ columns
    return torch.where(counts > 0, sums / counts.clamp_min(1), -torch.inf), span


def groups(
    n_query: int, n_key: int, max_cells: int
) -> tuple[Float[Tensor, "query q"], Float[Tensor, "key k"], int]:
    """Which of at most `max_cells` cells each query and key falls into, and how many tokens a cell spans."""
    span = -(-max(n_query, n_key) // max_cells)
    rows, columns = (torch.nn.functional.one_hot(torch.arange(n) // span).float() for n in (n_query, n_key))
    return rows, columns, span
