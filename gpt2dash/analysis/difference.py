"""The attention of two aligned texts, one less the other."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.analysis.alignment import Pairs
from gpt2dash.trace import Trace


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
    rows_a, rows_b = _rows(a, [i for i, _ in pairs]), _rows(b, [j for _, j in pairs])
    middle = (rows_a + rows_b) / 2
    entropies = [torch.special.entr(rows).sum(dim=-1) for rows in (middle, rows_a, rows_b)]
    divergence = (entropies[0] - (entropies[1] + entropies[2]) / 2) / math.log(2)
    distances: Tensor = divergence.clamp(0, 1).sqrt()
    return distances.mean(dim=-1)


@dataclass(frozen=True)
class Distances:
    """`js_distance` of every head that two models both have, on two texts."""

    js: Float[Tensor, "layer head"]


@torch.inference_mode()
def js_distances(a: Trace, b: Trace, pairs: Pairs) -> Distances:
    """How far every head's patterns on two texts are from each other."""
    layers = range(min(a.config.n_layer, b.config.n_layer))
    heads = range(min(a.config.n_head, b.config.n_head))
    found = [
        torch.stack([js_distance(a.pattern(layer, head), b.pattern(layer, head), pairs) for head in heads])
        for layer in layers
    ]
    return Distances(torch.stack(found))


def _on(pattern: Float[Tensor, "*head query key"], positions: list[int]) -> Float[Tensor, "*head pair pair"]:
    return pattern[..., positions, :][..., positions]


def _rest(cells: Float[Tensor, "*head pair pair"]) -> Float[Tensor, "*head pair"]:
    return (1 - cells.sum(dim=-1)).clamp_min(0)


def _rows(pattern: Float[Tensor, "*head query key"], positions: list[int]) -> Float[Tensor, "*head pair bin"]:
    cells = _on(pattern, positions)
    return torch.cat([cells, _rest(cells)[..., None]], dim=-1)
