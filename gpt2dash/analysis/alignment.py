"""Which tokens of two texts stand for one another."""

from collections.abc import Sequence

import numpy as np

Pairs = list[tuple[int, int]]
"""Positions in A and in B, rising in both."""


def aligned(a: Sequence[int], b: Sequence[int], pinned: Sequence[tuple[int, int]] = ()) -> Pairs:
    """A longest common subsequence of two texts' ids, through the pairs that a person has pinned.

    Args:
        a: token ids of text A.
        b: token ids of text B.
        pinned: pairs that must be in it, equal ids or not; those that cross an earlier one are left out.

    Of several longest ones always the same is taken, whichever text comes first: swapping the texts
    swaps the pairs and nothing else.
    """
    if tuple(b) < tuple(a):
        return [(i, j) for j, i in aligned(b, a, [(j, i) for i, j in pinned])]
    pairs: Pairs = []
    start_a = start_b = 0
    for pin_a, pin_b in _rising(pinned, len(a), len(b)):
        pairs += _shifted(_common(a[start_a:pin_a], b[start_b:pin_b]), start_a, start_b)
        pairs.append((pin_a, pin_b))
        start_a, start_b = pin_a + 1, pin_b + 1
    return pairs + _shifted(_common(a[start_a:], b[start_b:]), start_a, start_b)


def _rising(pinned: Sequence[tuple[int, int]], n_a: int, n_b: int) -> Pairs:
    kept: Pairs = []
    for i, j in pinned:
        inside = 0 <= i < n_a and 0 <= j < n_b
        if inside and all((i < x and j < y) or (i > x and j > y) for x, y in kept):
            kept.append((i, j))
    return sorted(kept)


def _shifted(pairs: Pairs, by_a: int, by_b: int) -> Pairs:
    return [(i + by_a, j + by_b) for i, j in pairs]


def _common(a: Sequence[int], b: Sequence[int]) -> Pairs:
    """Hunt no further than the table of prefix lengths, a row at a time; of equals, the earliest in A."""
    if not a or not b:
        return []
    b_ids = np.asarray(b)
    lengths = np.zeros((len(a) + 1, len(b) + 1), dtype=np.int32)
    for i, token in enumerate(a):
        here = np.maximum(lengths[i, 1:], lengths[i, :-1] + (b_ids == token))
        lengths[i + 1, 1:] = np.maximum.accumulate(here)
    pairs: Pairs = []
    i, j = len(a), len(b)
    while lengths[i, j]:
        if lengths[i - 1, j] == lengths[i, j]:
            i -= 1
        elif lengths[i, j - 1] == lengths[i, j]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]
