"""The attention of two aligned texts, one less the other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gpt2dash.analysis.alignment import Pairs
from gpt2dash.quantity import Quantity
from gpt2dash.trace import Trace

_QUERIES = 64


@dataclass(frozen=True)
class Difference:
    """A less B on aligned tokens, for any number of heads.

    For every aligned query, the cells of its row and `unaligned` sum to 0.

    Attributes:
        cells: weight in A less weight in B, of each aligned query and key.
        unaligned: attention to tokens that have no partner, in A less in B.
        unaligned_a: that of A alone.
        unaligned_b: that of B alone.
    """

    cells: Float[Tensor, "*head pair pair"]
    unaligned: Float[Tensor, "*head pair"]
    unaligned_a: Float[Tensor, "*head pair"]
    unaligned_b: Float[Tensor, "*head pair"]


def difference(
    a: Float[Tensor, "*head query_a key_a"], b: Float[Tensor, "*head query_b key_b"], pairs: Pairs
) -> Difference:
    """Compare the patterns of one head, or of many, on two texts.

    Args:
        a: patterns on text A.
        b: patterns of the same heads on text B.
        pairs: aligned positions.
    """
    cells_a, cells_b = _on(a, [i for i, _ in pairs]), _on(b, [j for _, j in pairs])
    rest_a, rest_b = _rest(cells_a), _rest(cells_b)
    return Difference(cells_a - cells_b, rest_a - rest_b, rest_a, rest_b)


def js_distance(
    a: Float[Tensor, "*head query_a key_a"], b: Float[Tensor, "*head query_b key_b"], pairs: Pairs
) -> Float[Tensor, "*head"]:
    """Mean over aligned queries of the Jensen-Shannon distance of their rows; 0 to 1.

    The square root of the divergence in bits (Endres & Schindelin 2003: a metric). Attention to
    tokens without a partner counts as one more key, so rows still sum to 1.
    """
    rows_a, rows_b = _rows(_on(a, [i for i, _ in pairs])), _rows(_on(b, [j for _, j in pairs]))
    return _distances(rows_a, rows_b).mean(dim=-1)


def _distances(
    rows_a: Float[Tensor, "*head query bin"], rows_b: Float[Tensor, "*head query bin"]
) -> Float[Tensor, "*head query"]:
    middle = (rows_a + rows_b) / 2
    entropies = [torch.special.entr(rows).sum(dim=-1) for rows in (middle, rows_a, rows_b)]
    divergence = (entropies[0] - (entropies[1] + entropies[2]) / 2) / math.log(2)
    distances: Tensor = divergence.clamp(0, 1).sqrt()
    return distances


@dataclass(frozen=True)
class Distances:
    """`js_distance` of every head that two models both have, on two texts."""

    js: Float[Tensor, "layer head"]


@torch.inference_mode()
def js_distances(a: Trace, b: Trace, pairs: Pairs) -> Distances:
    """How far every head's patterns on two texts are from each other."""
    n_layer = min(a.config.n_layer, b.config.n_layer)
    n_head = min(a.config.n_head, b.config.n_head)
    positions = [torch.tensor(side) for side in zip(*pairs, strict=True)]
    return Distances(torch.stack([_layer((a, b), layer, n_head, positions) for layer in range(n_layer)]))


DISTANCES = Quantity(Distances, js_distances)
"""How far every head's patterns on two runs are from each other, on given pairs."""


def _layer(
    traces: Sequence[Trace], layer: int, n_head: int, positions: Sequence[Int[Tensor, " pair"]]
) -> Float[Tensor, " head"]:
    """Some queries at a time and the keys before them, so that rows stay in the processor's cache."""
    found = []
    for start in range(0, len(positions[0]), _QUERIES):
        rows = [
            _rows(_weights(trace, layer, n_head, places[: start + _QUERIES], start))
            for trace, places in zip(traces, positions, strict=True)
        ]
        found.append(_distances(*rows))
    return torch.cat(found, dim=-1).mean(dim=-1)


def _weights(
    trace: Trace, layer: int, n_head: int, positions: Int[Tensor, " pair"], start: int
) -> Float[Tensor, "head query pair"]:
    """Attention from the positions that begin at number `start` to all of them."""
    queries, last = positions[start:], int(positions[-1])
    q, k = trace.q(layer)[:n_head, queries], trace.k(layer)[:n_head, : last + 1]
    scores = q @ k.transpose(1, 2) * trace.config.score_scale(layer)
    scores.masked_fill_(torch.arange(last + 1) > queries[:, None], -torch.inf)
    return scores.softmax(dim=-1).index_select(2, positions)


def _on(pattern: Float[Tensor, "*head query key"], positions: list[int]) -> Float[Tensor, "*head pair pair"]:
    return pattern[..., positions, :][..., positions]


def _rest(cells: Float[Tensor, "*head query pair"]) -> Float[Tensor, "*head query"]:
    return (1 - cells.sum(dim=-1)).clamp_min(0)


def _rows(cells: Float[Tensor, "*head query pair"]) -> Float[Tensor, "*head query bin"]:
    return torch.cat([cells, _rest(cells)[..., None]], dim=-1)
