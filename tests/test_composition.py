import pytest
import torch
from planted import induction_circuit

from gpt2dash.analysis.composition import head_weights, key_composition
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2


def test_it_is_the_norm_of_the_product_over_the_product_of_the_norms(tiny_model: GPT2) -> None:
    found = key_composition(tiny_model)
    first, second = head_weights(tiny_model, 0), head_weights(tiny_model, 1)
    for earlier, later in ((0, 3), (2, 1)):
        written = first.w_v[earlier] @ first.w_o[earlier]
        read = second.w_k[later] @ second.w_q[later].T
        expected = (written @ read).norm() / (written.norm() * read.norm())
        assert float(found[1, later, 0, earlier]) == pytest.approx(float(expected), rel=1e-4)


def test_it_lies_between_0_and_1_and_looks_back_only(tiny_model: GPT2) -> None:
    found = key_composition(tiny_model)
    assert bool(((found >= 0) & (found <= 1)).all())
    assert not found[0].any()
    assert not found[:, :, 1].any()


def test_what_a_head_writes_and_compares_has_no_more_ranks_than_it_has_dimensions(tiny_model: GPT2) -> None:
    weights, d_head = head_weights(tiny_model, 1), tiny_model.config.d_head
    for head in range(tiny_model.config.n_head):
        assert torch.linalg.matrix_rank(weights.w_v[head] @ weights.w_o[head]) <= d_head
        assert torch.linalg.matrix_rank(weights.w_k[head] @ weights.w_q[head].T) <= d_head


def test_the_weights_are_those_that_the_model_uses(tiny_model: GPT2) -> None:
    from gpt2dash.model.sites import Site, Tap

    seen = {}

    def keep(site: Site, _layer: int, activation: torch.Tensor) -> torch.Tensor:
        seen[site] = activation[0]
        return activation

    with torch.inference_mode():
        tiny_model.residual(torch.tensor([[5, 9, 3]]), Tap(frozenset({Site.K, Site.Q}), keep))
        joint = tiny_model.get_parameter("h.1.attn.c_attn.bias").view(3, 4, 8)
        assert seen[Site.K].shape == (4, 3, 8)
        normed = torch.linalg.lstsq(head_weights(tiny_model, 1).w_q[2].T, (seen[Site.Q][2] - joint[0, 2]).T)
    assert float(normed.residuals.sum()) == pytest.approx(0, abs=1e-6)


def test_a_planted_induction_head_reads_the_previous_token_head() -> None:
    found = key_composition(induction_circuit())
    assert float(found[1, 0, 0, 0]) > 0.1


def test_by_chance_it_is_1_over_the_root_of_the_width() -> None:
    model = GPT2(GPT2Config(n_vocab=50, n_ctx=8, d_model=64, n_layer=2, n_head=4, d_mlp=64))
    model.initialise(seed=0)
    assert float(key_composition(model)[1, :, 0].mean()) == pytest.approx(1 / 8, rel=0.1)
