from itertools import combinations, pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gpt2dash.analysis.alignment import aligned
from gpt2dash.analysis.difference import difference, js_distance, js_distances
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace, record

TEXTS = st.lists(st.integers(0, 3), max_size=7)


def causal(n: int, seed: int, n_head: int = 3) -> torch.Tensor:
    scores = torch.randn(n_head, n, n, generator=torch.Generator().manual_seed(seed))
    return scores.masked_fill(~torch.ones(n, n, dtype=torch.bool).tril(), -torch.inf).softmax(-1)


def longest(a: list[int], b: list[int]) -> int:
    """By trying every subsequence."""
    for n in range(min(len(a), len(b)), 0, -1):
        if {tuple(c) for c in combinations(a, n)} & {tuple(c) for c in combinations(b, n)}:
            return n
    return 0


def test_one_word_changed() -> None:
    assert aligned([1, 2, 3, 4], [1, 9, 3, 4]) == [(0, 0), (2, 2), (3, 3)]


def test_one_word_put_in() -> None:
    assert aligned([1, 2, 3], [1, 7, 2, 3]) == [(0, 0), (1, 2), (2, 3)]


@given(TEXTS, TEXTS)
def test_it_is_a_longest_common_subsequence(a: list[int], b: list[int]) -> None:
    pairs = aligned(a, b)
    assert len(pairs) == longest(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(x < y and v < w for (x, v), (y, w) in pairwise(pairs))


@given(TEXTS, TEXTS)
def test_swapped_texts_swap_the_pairs(a: list[int], b: list[int]) -> None:
    assert aligned(b, a) == [(j, i) for i, j in aligned(a, b)]


@given(TEXTS)
def test_a_text_is_aligned_with_itself_place_by_place(a: list[int]) -> None:
    assert aligned(a, a) == [(i, i) for i in range(len(a))]


def test_a_pinned_pair_stands_though_the_tokens_differ() -> None:
    assert aligned([1, 2, 3], [1, 9, 3], pinned=[(1, 1)]) == [(0, 0), (1, 1), (2, 2)]
    assert aligned([1, 2, 3], [3, 1, 2], pinned=[(2, 0)]) == [(2, 0)]


def test_pinned_pairs_outside_or_across_are_left_out() -> None:
    assert aligned([1, 2], [2, 1], pinned=[(0, 1), (1, 0), (9, 9), (-1, 0)]) == [(0, 1)]


def test_a_text_less_itself_is_nothing_at_all() -> None:
    pattern = causal(6, 0)
    found = difference(pattern, pattern, [(i, i) for i in range(6)])
    assert not found.cells.any()
    assert not found.unaligned.any()
    assert not js_distance(pattern, pattern, [(i, i) for i in range(6)]).any()


def test_the_other_way_round_it_is_the_opposite() -> None:
    a, b, pairs = causal(6, 0), causal(5, 1), [(0, 0), (2, 1), (5, 4)]
    swapped = [(j, i) for i, j in pairs]
    assert torch.equal(difference(a, b, pairs).cells, -difference(b, a, swapped).cells)
    assert torch.equal(js_distance(a, b, pairs), js_distance(b, a, swapped))


def test_every_row_and_its_unaligned_rest_sum_to_nothing() -> None:
    found = difference(causal(6, 0), causal(5, 1), [(0, 0), (2, 1), (5, 4)])
    assert torch.allclose(found.cells.sum(-1) + found.unaligned, torch.zeros(3, 3), atol=1e-6)


def test_rows_that_share_nothing_are_as_far_apart_as_can_be() -> None:
    a = torch.tensor([[[1.0, 0], [1.0, 0]]])
    b = torch.tensor([[[1.0, 0], [0.0, 1.0]]])
    assert float(js_distance(a, b, [(0, 0), (1, 1)])[0]) == pytest.approx(0.5)  # 0 in row 0, 1 in row 1


def test_all_heads_at_once_are_as_each_alone(tiny_model: GPT2, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpt2dash.analysis.difference._QUERIES", 3)
    ids_a, ids_b = [5, 9, 5, 12, 40, 9, 5, 12, 3], [5, 9, 12, 40, 7, 9, 5, 12]
    a, b = (Trace(tiny_model, TensorReader(record(tiny_model, ids))) for ids in (ids_a, ids_b))
    pairs = aligned(ids_a, ids_b)
    found = js_distances(a, b, pairs).js
    assert len(pairs) > 3
    for layer in range(2):
        for head in range(4):
            alone = js_distance(a.pattern(layer, head), b.pattern(layer, head), pairs)
            assert float(found[layer, head]) == pytest.approx(float(alone), abs=1e-5)
    same = js_distances(a, a, [(i, i) for i in range(len(ids_a))]).js
    assert not same.any()
