import pytest
import torch
from torch import Tensor

from gpt2dash.analysis.attention import pooled


def causal_pattern(n_pos: int) -> Tensor:
    generator = torch.Generator().manual_seed(n_pos)
    scores = torch.randn(n_pos, n_pos, generator=generator, dtype=torch.float64)
    seen = torch.ones(n_pos, n_pos).tril().bool()
    return scores.masked_fill(~seen, -torch.inf).softmax(dim=-1).float()


def test_four_tokens_in_two_cells_by_hand() -> None:
    pattern = torch.tensor(
        [[1.0, 0, 0, 0], [0.5, 0.5, 0, 0], [0.2, 0.3, 0.5, 0], [0.1, 0.1, 0.2, 0.6]],
    )
    cells, span = pooled(pattern, 2)
    assert span == 2
    # row 1: queries 2 and 3 give 0.5 and 0.2 to keys 0 and 1, 0.5 and 0.8 to keys 2 and 3
    assert torch.allclose(cells, torch.tensor([[1.0, 0.0], [0.35, 0.65]]))


def test_the_last_group_may_be_smaller() -> None:
    pattern = torch.tensor([[1.0, 0, 0], [0.5, 0.5, 0], [0.2, 0.3, 0.5]])
    cells, _ = pooled(pattern, 2)
    assert torch.allclose(cells, torch.tensor([[1.0, 0.0], [0.5, 0.5]]))


@pytest.mark.parametrize("n_pos", [1, 5, 8])
def test_a_pattern_that_fits_is_left_as_it_is(n_pos: int) -> None:
    pattern = causal_pattern(n_pos)
    cells, span = pooled(pattern, 8)
    assert torch.equal(cells, pattern)
    assert span == 1


@pytest.mark.parametrize("n_pos", [9, 16, 17, 100, 1_024])
def test_pooled_rows_are_causal_fit_and_sum_to_one(n_pos: int) -> None:
    cells, span = pooled(causal_pattern(n_pos), 8)
    assert len(cells) == -(-n_pos // span) <= 8
    assert torch.allclose(cells.sum(dim=-1), torch.ones(len(cells)))
    assert cells.triu(1).count_nonzero() == 0
