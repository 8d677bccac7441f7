import math

import pytest
import torch

from gpt2dash.analysis.attention import pooled
from gpt2dash.analysis.heads import dealt_deviation
from gpt2dash.analysis.measures import MEASURES
from gpt2dash.analysis.moved import value_norms, write_norms
from gpt2dash.analysis.overview import overview
from gpt2dash.analysis.stages import STAGES, at_stage, without_first
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.sites import Site, Tap
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace, record

IDS = [5, 9, 5, 12, 40, 9, 5, 12, 3, 3, 77]


@pytest.fixture(scope="module")
def trace(tiny_model: GPT2) -> Trace:
    return Trace(tiny_model, TensorReader(record(tiny_model, IDS)))


def test_each_stage_follows_from_the_one_before(trace: Trace) -> None:
    raw, scaled, masked, pattern = (at_stage(trace, 1, 2, stage) for stage in STAGES)
    future = torch.ones_like(raw, dtype=torch.bool).triu(1)
    assert torch.allclose(scaled, raw / math.sqrt(trace.config.d_head))
    assert torch.equal(masked[~future], scaled[~future])
    assert torch.isneginf(masked[future]).all()
    assert torch.allclose(masked.softmax(-1), pattern, atol=1e-6)


def test_the_products_of_single_dimensions_sum_to_the_raw_score(trace: Trace) -> None:
    q, k = trace.q(1)[2, 7], trace.k(1)[2, 3]
    assert torch.allclose((q * k).sum(), at_stage(trace, 1, 2, "raw")[7, 3], atol=1e-5)


def test_without_the_first_token_the_rest_is_scaled_up(trace: Trace) -> None:
    pattern = trace.pattern(0, 1)
    left, removed = without_first(pattern)
    assert torch.equal(removed, pattern[:, 0])
    assert torch.allclose(left[1:, 1:], pattern[1:, 1:] / (1 - removed[1:, None]), atol=1e-6)
    assert torch.allclose(left[1:].sum(-1), torch.ones(len(IDS) - 1))
    assert not left[0].any()


def test_what_is_moved_to_a_token_is_the_length_of_what_each_head_adds(trace: Trace) -> None:
    w_o = trace.model.get_parameter("h.1.attn.c_proj.weight").view(4, 8, 32)
    found = overview(trace, 64).moved_to
    for head in range(4):
        added = (trace.z(1, head) @ w_o[head]).norm(dim=-1)
        assert found[1, head].tolist() == pytest.approx(added.tolist(), rel=1e-4)


def test_what_heads_add_is_all_that_attention_adds(trace: Trace, tiny_model: GPT2) -> None:
    seen = {}

    def keep(_site: Site, layer: int, activation: torch.Tensor) -> torch.Tensor:
        seen[layer] = activation[0]
        return activation

    with torch.inference_mode():
        tiny_model.residual(torch.tensor([IDS]), Tap(frozenset({Site.ATTN_OUT}), keep))
        w_o = tiny_model.get_parameter("h.1.attn.c_proj.weight").view(4, 8, 32)
        total = sum(
            trace.pattern(1, head) @ (trace.v(1)[head] @ w_o[head]) for head in range(4)
        ) + tiny_model.get_parameter("h.1.attn.c_proj.bias")
    assert torch.allclose(total, seen[1], atol=1e-5)


@pytest.mark.parametrize("queries_at_a_time", [1, 3, 128])
def test_what_is_moved_from_a_token_is_the_mean_over_later_ones(
    trace: Trace, monkeypatch: pytest.MonkeyPatch, queries_at_a_time: int
) -> None:
    monkeypatch.setattr("gpt2dash.analysis.overview._QUERIES", queries_at_a_time)
    found = overview(trace, 64).moved_from
    w_o = trace.model.get_parameter("h.0.attn.c_proj.weight").view(4, 8, 32)
    for head in range(4):
        length = float((trace.v(0)[head, 2] @ w_o[head]).norm())
        expected = float(trace.pattern(0, head)[3:, 2].mean()) * length
        assert float(found[0, head, 2]) == pytest.approx(expected, rel=1e-4)
    assert not found[:, :, -1].any()


def test_lengths_of_values_and_of_what_is_written(trace: Trace) -> None:
    w_o = trace.model.get_parameter("h.1.attn.c_proj.weight").view(4, 8, 32)
    assert torch.allclose(value_norms(trace, 1)[3], trace.v(1)[3].norm(dim=-1))
    assert torch.allclose(write_norms(trace, 1)[3], (trace.v(1)[3] @ w_o[3]).norm(dim=-1), rtol=1e-4)


@pytest.mark.parametrize("queries_at_a_time", [1, 3, 128])
def test_the_overview_is_of_every_head(
    trace: Trace, monkeypatch: pytest.MonkeyPatch, queries_at_a_time: int
) -> None:
    monkeypatch.setattr("gpt2dash.analysis.overview._QUERIES", queries_at_a_time)
    found = overview(trace, 64)
    ids = torch.tensor(IDS)
    for layer, head in ((0, 0), (1, 3)):
        pattern = trace.pattern(layer, head)
        assert torch.allclose(found.maps[layer, head], pattern, atol=1e-6)
        expected = [float(measure.of(pattern, ids)) for measure in MEASURES]
        assert found.measures[:, layer, head].tolist() == pytest.approx(expected, abs=1e-5, nan_ok=True)
        for index, measure in enumerate(MEASURES):
            deviation = float(found.deviations[index, layer, head])
            if measure.targets is None:
                assert math.isnan(deviation)
            else:
                alone = dealt_deviation(pattern.square().sum(dim=-1), measure.targets(ids))
                assert deviation == pytest.approx(float(alone), rel=1e-4, nan_ok=True)
    chances = [measure.chance(ids) for measure in MEASURES]
    assert found.chance.tolist() == pytest.approx(chances, nan_ok=True)


def test_the_overview_of_one_token(tiny_model: GPT2) -> None:
    found = overview(Trace(tiny_model, TensorReader(record(tiny_model, [5]))), 64)
    by_name = {measure.name: float(found.measures[i, 0, 0]) for i, measure in enumerate(MEASURES)}
    assert by_name["entropy"] == pytest.approx(0, abs=1e-6)
    assert (by_name["span"], by_name["self"], by_name["distance"]) == pytest.approx((1, 1, 0))
    assert all(math.isnan(by_name[name]) for name in ("previous", "first", "duplicate", "induction"))


def test_long_texts_are_pooled_in_the_overview(trace: Trace) -> None:
    found = overview(trace, 4)
    pattern = trace.pattern(1, 2)
    assert torch.allclose(found.maps[1, 2], pooled(pattern, 4)[0], atol=1e-6)
    assert torch.allclose(found.maps.sum(-1), torch.ones(2, 4, 4), atol=1e-5)
