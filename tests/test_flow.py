from itertools import product

import numpy as np
import pytest
import torch
from test_rollout import patterns

from gpt2dash.analysis.flow import flow
from gpt2dash.analysis.rollout import with_residual


def cut(mixing: torch.Tensor, key: int, query: int) -> float:
    """The smallest cut between a token and a position, by trying every one: max flow is min cut."""
    pipes = with_residual(mixing)
    n_layer, n_pos = len(mixing), mixing.shape[-1]
    nodes = [(layer, pos) for layer in range(n_layer + 1) for pos in range(n_pos)]
    inner = [node for node in nodes if node not in ((0, key), (n_layer, query))]
    best = np.inf
    for sides in product((False, True), repeat=len(inner)):
        near = {(0, key)} | {node for node, side in zip(inner, sides, strict=True) if side}
        across = sum(
            float(pipes[layer, q, k])
            for layer in range(n_layer)
            for q in range(n_pos)
            for k in range(n_pos)
            if (layer, k) in near and (layer + 1, q) not in near
        )
        best = min(best, across)
    return best


@pytest.mark.parametrize("n_pos", [1, 2, 3])
def test_it_is_the_smallest_cut(n_pos: int) -> None:
    mixing = patterns(2, n_pos)
    found = flow(mixing, n_pos - 1)
    assert found == pytest.approx([cut(mixing, key, n_pos - 1) for key in range(n_pos)], abs=1e-5)


def test_one_layer_carries_what_it_mixes() -> None:
    mixing = patterns(1, 6)
    assert flow(mixing, 4) == pytest.approx(with_residual(mixing)[0, 4, :5].numpy(), abs=1e-5)


def test_nothing_flows_from_what_comes_later_and_never_more_than_one() -> None:
    found = flow(patterns(4, 12), 7)
    assert len(found) == 8
    assert found.max() <= 1 + 1e-5
    assert found.sum() >= 1 - 1e-4


def test_layers_that_mix_nothing_let_each_token_through_to_itself() -> None:
    assert flow(torch.eye(5).expand(3, 5, 5), 3).tolist() == [0, 0, 0, 1]
