import pytest
import torch
from torch import Tensor

from gpt2dash.analysis.rollout import norm_weighted, rollout, row_normalised


def patterns(*shape: int) -> Tensor:
    n = shape[-1]
    scores = torch.randn(*shape, n, generator=torch.Generator().manual_seed(sum(shape)))
    return scores.masked_fill(~torch.ones(n, n, dtype=torch.bool).tril(), -torch.inf).softmax(-1)


def test_one_layer_in_closed_form() -> None:
    mixing = patterns(1, 5)
    assert torch.allclose(rollout(mixing)[0], (mixing[0] + torch.eye(5)) / 2)


def test_two_layers_by_hand() -> None:
    mixing = torch.tensor([[[1.0, 0], [1.0, 0]], [[1.0, 0], [0.0, 1.0]]])
    # layer 0: half of token 1 comes from token 0; layer 1 adds nothing new
    assert torch.allclose(rollout(mixing)[1], torch.tensor([[1.0, 0], [0.5, 0.5]]))


def test_rows_sum_to_one_and_look_back_only() -> None:
    reached = rollout(patterns(6, 40))
    assert torch.allclose(reached.sum(-1), torch.ones(6, 40), atol=1e-5)
    assert torch.equal(reached.triu(1), torch.zeros_like(reached))


def test_heads_that_look_at_themselves_move_nothing() -> None:
    assert torch.equal(rollout(torch.eye(7).expand(3, 7, 7))[-1], torch.eye(7))


def test_long_values_count_for_more() -> None:
    pattern = torch.tensor([[[1.0, 0], [0.5, 0.5]]])
    weighted = norm_weighted(pattern, torch.tensor([[3.0, 1.0]]))
    assert torch.allclose(weighted, torch.tensor([[1.0, 0], [0.75, 0.25]]))


def test_equal_norms_change_nothing() -> None:
    pattern = patterns(4, 9)
    assert torch.allclose(norm_weighted(pattern, torch.full((4, 9), 2.0)), pattern.mean(0), atol=1e-6)


def test_a_row_of_zeros_stays() -> None:
    assert torch.equal(row_normalised(torch.zeros(2, 2)), torch.zeros(2, 2))


@pytest.mark.parametrize("scale", [0.1, 7.0])
def test_the_scale_of_the_rows_does_not_matter(scale: float) -> None:
    mixing = patterns(3, 8)
    assert torch.allclose(rollout(scale * mixing), rollout(mixing), atol=1e-6)
