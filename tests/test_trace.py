import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
import torch
from safetensors import safe_open
from torch import Tensor

from gpt2dash.errors import Cancelled
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import ACTIVATION_FUNCTIONS, GPT2, Block, KVCache
from gpt2dash.model.sites import Site, Tap
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace, record

IDS = [3, 14, 15, 92, 65, 35, 89, 79, 3, 23, 84, 6, 26, 43, 38, 3, 14]


def recorded(model: GPT2, ids: list[int] = IDS) -> Trace:
    return Trace(model, TensorReader(record(model, ids)))


def tapped(model: GPT2, site: Site) -> list[Tensor]:
    """What the forward pass itself computes at a site, one tensor per layer, without the batch axis."""
    seen = []

    def keep(_site: Site, _layer: int, activation: Tensor) -> Tensor:
        seen.append(activation[0])
        return activation

    with torch.inference_mode():
        model(torch.tensor([IDS]), Tap(frozenset({site}), keep))
    return seen


def close(found: Tensor, expected: Tensor) -> bool:
    return torch.allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.fixture(params=["usual", "unscaled by d_head, scaled by layer, untied"])
def model(request: pytest.FixtureRequest, tiny_model: GPT2) -> GPT2:
    if request.param == "usual":
        return tiny_model
    config = GPT2Config(
        n_vocab=101, n_ctx=32, d_model=36, n_layer=3, n_head=3, d_mlp=50, activation="relu",
        scale_scores=False, scale_by_layer=True, tied_unembedding=False,
    )  # fmt: skip
    model = GPT2(config).eval().requires_grad_(requires_grad=False)
    model.initialise(seed=1)
    return model


@pytest.fixture
def trace(model: GPT2) -> Trace:
    return recorded(model)


STORED: list[tuple[Site, Callable[[Trace, int], Tensor]]] = [
    (Site.RESID_PRE, Trace.resid_pre),
    (Site.Q, Trace.q),
    (Site.K, Trace.k),
    (Site.V, Trace.v),
    (Site.PRE, Trace.mlp_pre),
]
DERIVED: list[tuple[Site, Callable[[Trace, int, int], Tensor]]] = [
    (Site.ATTN_SCORES, Trace.scores),
    (Site.PATTERN, Trace.pattern),
    (Site.Z, Trace.z),
]


@pytest.mark.parametrize(("site", "stored"), STORED)
def test_stored_tensors_are_the_forward_passs_own(
    trace: Trace, site: Site, stored: Callable[[Trace, int], Tensor]
) -> None:
    expected = tapped(trace.model, site)
    assert len(expected) == trace.config.n_layer
    assert all(close(stored(trace, layer), tensor) for layer, tensor in enumerate(expected))


@pytest.mark.parametrize(("site", "derived"), DERIVED)
def test_derived_tensors_are_the_forward_passs_own(
    trace: Trace, site: Site, derived: Callable[[Trace, int, int], Tensor]
) -> None:
    for layer, every_head in enumerate(tapped(trace.model, site)):
        found = torch.stack([derived(trace, layer, head) for head in range(trace.config.n_head)])
        assert close(found, every_head)


def test_the_stream_that_leaves_the_last_layer_is_kept(trace: Trace) -> None:
    assert close(trace.resid_pre(trace.config.n_layer), tapped(trace.model, Site.RESID_POST)[-1])


def test_the_tokens_are_kept(trace: Trace) -> None:
    assert trace.token_ids == IDS


def test_logits_through_the_last_lens_are_the_models(trace: Trace) -> None:
    with torch.inference_mode():
        expected = trace.model(torch.tensor([IDS]))[0]
    assert close(trace.logits.softmax(dim=-1), expected.softmax(dim=-1))
    assert all(close(trace.logits_at(pos), expected[pos]) for pos in range(len(IDS)))


def test_pattern_rows_are_causal_and_sum_to_one(trace: Trace) -> None:
    for layer in range(trace.config.n_layer):
        for head in range(trace.config.n_head):
            pattern = trace.pattern(layer, head)
            assert close(pattern.sum(dim=-1), torch.ones(len(IDS)))
            assert pattern.min() >= 0
            assert pattern.triu(1).count_nonzero() == 0
            assert pattern[0, 0] == 1


def test_reading_token_by_token_leaves_the_same_trace(trace: Trace) -> None:
    cache = KVCache(len(IDS))
    with torch.inference_mode():
        rows = [trace.model(torch.tensor([[i]]), cache=cache)[0, 0] for i in IDS]
    assert close(torch.stack(rows), trace.logits)
    for layer in range(trace.config.n_layer):
        assert close(cache.keys[layer][0], trace.k(layer))
        assert close(cache.values[layer][0], trace.v(layer))


def attn_out(trace: Trace, layer: int) -> Tensor:
    """attn = sum over heads of z W_O, and the bias."""
    c_proj = cast(Block, trace.model.h[layer]).attn.c_proj
    by_head = c_proj.weight.view(trace.config.n_head, trace.config.d_head, -1)
    writes = [trace.z(layer, head) @ by_head[head] for head in range(trace.config.n_head)]
    return torch.stack(writes).sum(dim=0) + c_proj.bias


def mlp_out(trace: Trace, layer: int) -> Tensor:
    """mlp = sum over neurons of activation(pre) W_out, and the bias."""
    c_proj = cast(Block, trace.model.h[layer]).mlp.c_proj
    post = ACTIVATION_FUNCTIONS[trace.config.activation](trace.mlp_pre(layer))
    return (post[:, :, None] * c_proj.weight).sum(dim=1) + c_proj.bias


def test_heads_and_neurons_add_up_to_the_next_layers_stream(trace: Trace) -> None:
    for layer in range(trace.config.n_layer):
        found = trace.resid_pre(layer) + attn_out(trace, layer) + mlp_out(trace, layer)
        assert close(found, trace.resid_pre(layer + 1))


def test_heads_and_neurons_add_up_to_what_the_layer_writes(trace: Trace) -> None:
    for layer, (attention, mlp) in enumerate(
        zip(tapped(trace.model, Site.ATTN_OUT), tapped(trace.model, Site.MLP_OUT), strict=True)
    ):
        assert close(attn_out(trace, layer), attention)
        assert close(mlp_out(trace, layer), mlp)


def test_what_a_head_gathers_splits_by_source(trace: Trace) -> None:
    pattern, v = trace.pattern(1, 2), trace.v(1)[2]
    by_source = pattern[:, :, None] * v  # query key d_head
    assert close(by_source.sum(dim=1), trace.z(1, 2))


def test_query_times_key_sums_to_the_score(trace: Trace) -> None:
    by_neuron = trace.q(1)[2][:, None, :] * trace.k(1)[2]  # query key d_head
    scores = by_neuron.sum(dim=-1) * trace.config.score_scale(1)
    seen = torch.ones(len(IDS), len(IDS)).tril().bool()
    assert close(scores[seen], trace.scores(1, 2)[seen])
    assert close(scores.masked_fill(~seen, -math.inf).softmax(dim=-1), trace.pattern(1, 2))


def test_a_text_of_one_token(tiny_model: GPT2) -> None:
    trace = recorded(tiny_model, [5])
    assert trace.pattern(0, 0).tolist() == [[1.0]]
    assert trace.logits.shape == (1, tiny_model.config.n_vocab)


def test_a_file_opens_with_plain_safetensors(tiny_model: GPT2, tmp_path: Path) -> None:
    path = tmp_path / "trace.safetensors"
    path.write_bytes(record(tiny_model, IDS))
    with safe_open(path, framework="pt") as file:
        assert file.get_tensor("token_ids").tolist() == IDS
        assert torch.equal(file.get_tensor("q.1"), recorded(tiny_model).q(1))


def test_factors_take_the_room_that_was_promised(tiny_model: GPT2) -> None:
    c, n_pos = tiny_model.config, len(IDS)
    floats = n_pos * (c.n_layer * (4 * c.d_model + c.d_mlp) + c.d_model)
    header = len(record(tiny_model, IDS)) - 4 * floats - 8 * n_pos
    assert header < 4_096


def test_recording_ends_at_the_next_layer_when_cancelled(tiny_model: GPT2) -> None:
    begun: list[int] = []
    with pytest.raises(Cancelled):
        record(tiny_model, IDS, on_layer=begun.append, is_cancelled=lambda: len(begun) == 1)
    assert begun == [0]


def test_another_threads_edits_leave_a_recording_as_it_is(tiny_model: GPT2) -> None:
    alone = record(tiny_model, IDS)
    stop = threading.Event()
    silence = Tap(frozenset(Site), lambda _site, _layer, activation: activation * 0)

    def edit() -> None:
        with torch.inference_mode():
            while not stop.is_set():
                tiny_model(torch.tensor([IDS]), silence)

    other = threading.Thread(target=edit)
    other.start()
    beside = [record(tiny_model, IDS) for _ in range(20)]
    stop.set()
    other.join()
    assert all(file == alone for file in beside)
