"""Identities that a GPT-2 obeys whatever its weights: here the tiny model, in 64 bits."""

import copy
import math

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from torch import Tensor

from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import ACTIVATION_FUNCTIONS, GPT2, KVCache, LayerNorm
from gpt2dash.model.sites import Site, Tap

Watched = dict[tuple[Site, int], Tensor]


def watch(model: GPT2, ids: Tensor, cache: KVCache | None = None) -> tuple[Tensor, Watched]:
    """Logits, and every activation of every layer."""
    seen: Watched = {}
    tap = Tap(frozenset(Site), lambda site, layer, activation: seen.setdefault((site, layer), activation))
    return model(ids, tap, cache), seen


@pytest.fixture(scope="module")
def model(tiny_model: GPT2) -> GPT2:
    return copy.deepcopy(tiny_model).double()


@pytest.fixture(scope="module")
def ids(tiny_model: GPT2) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(tiny_model.config.n_vocab, (1, 12), generator=generator)


@pytest.fixture(scope="module")
def seen(model: GPT2, ids: Tensor) -> Watched:
    return watch(model, ids)[1]


def test_patterns_are_causal_distributions(seen: Watched, model: GPT2) -> None:
    for layer in range(model.config.n_layer):
        pattern = seen[Site.PATTERN, layer]
        assert float(pattern.min()) >= 0
        assert not pattern.triu(1).any()
        assert (pattern[..., 0, 0] == 1).all()
        torch.testing.assert_close(pattern.sum(-1), torch.ones_like(pattern[..., 0]))


def test_the_future_changes_nothing_before_it(model: GPT2, ids: Tensor, seen: Watched) -> None:
    other = ids.clone()
    other[0, 7:] = (other[0, 7:] + 1) % model.config.n_vocab
    for (site, layer), activation in watch(model, other)[1].items():
        both = [activation, seen[site, layer]]
        if site in (Site.ATTN_SCORES, Site.PATTERN):
            both = [value[..., :7] for value in both]
        torch.testing.assert_close(both[0][..., :7, :], both[1][..., :7, :])
        assert not torch.equal(activation, seen[site, layer])


@pytest.mark.parametrize("chunks", [[1] * 12, [5, 7], [11, 1], [1, 10, 1], [4, 4, 4]])
def test_reading_in_pieces_with_a_cache_equals_reading_at_once(
    model: GPT2, ids: Tensor, seen: Watched, chunks: list[int]
) -> None:
    cache, start, logits = KVCache(model.config.n_ctx), 0, []
    for chunk in torch.split(ids, chunks, dim=1):
        part, now = watch(model, chunk, cache)
        logits.append(part)
        end = start + chunk.shape[1]
        for layer in range(model.config.n_layer):
            expected = seen[Site.PATTERN, layer][..., start:end, :end]
            torch.testing.assert_close(now[Site.PATTERN, layer], expected)
        start = end
    torch.testing.assert_close(torch.cat(logits, dim=1), model(ids))
    for layer in range(model.config.n_layer):
        torch.testing.assert_close(cache.keys[layer][:, :, :12], seen[Site.K, layer])
        torch.testing.assert_close(cache.values[layer][:, :, :12], seen[Site.V, layer])


@pytest.mark.parametrize("chunks", [[1] * 12, [5, 7], [4, 1, 7]])
def test_the_fused_kernel_reads_in_pieces_as_well(model: GPT2, ids: Tensor, chunks: list[int]) -> None:
    cache = KVCache(model.config.n_ctx)
    parts = [model(chunk, cache=cache) for chunk in torch.split(ids, chunks, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(ids))


def test_texts_in_a_batch_do_not_see_each_other(model: GPT2, ids: Tensor) -> None:
    short = ids[:, :5]
    padded = F.pad(short, (0, 7))
    together = model(torch.cat([ids, padded]))
    torch.testing.assert_close(together[:1], model(ids))
    torch.testing.assert_close(together[1:, :5], model(short))


def test_the_stream_is_the_sum_of_what_is_added_to_it(seen: Watched, model: GPT2, ids: Tensor) -> None:
    stream = model.wte(ids) + model.wpe(torch.arange(12))
    for layer in range(model.config.n_layer):
        torch.testing.assert_close(seen[Site.RESID_PRE, layer], stream)
        stream = stream + seen[Site.ATTN_OUT, layer]
        torch.testing.assert_close(seen[Site.RESID_MID, layer], stream)
        stream = stream + seen[Site.MLP_OUT, layer]
        torch.testing.assert_close(seen[Site.RESID_POST, layer], stream)
    torch.testing.assert_close(model.unembed(stream), model(ids))


@pytest.mark.parametrize("layer", [0, 1])
def test_attention_is_the_sum_of_its_heads_and_its_bias(seen: Watched, model: GPT2, layer: int) -> None:
    w_o = model.get_parameter(f"h.{layer}.attn.c_proj.weight").view(4, 8, 32)
    parts = torch.einsum("bhqd,hde->bhqe", seen[Site.Z, layer], w_o)
    bias = model.get_parameter(f"h.{layer}.attn.c_proj.bias")
    torch.testing.assert_close(seen[Site.ATTN_OUT, layer], parts.sum(1) + bias)


@pytest.mark.parametrize("layer", [0, 1])
def test_a_head_writes_the_sum_over_its_sources(seen: Watched, layer: int) -> None:
    sources = torch.einsum("bhqk,bhkd->bhqkd", seen[Site.PATTERN, layer], seen[Site.V, layer])
    torch.testing.assert_close(seen[Site.Z, layer], sources.sum(3))


@pytest.mark.parametrize("layer", [0, 1])
def test_the_mlp_is_the_sum_of_its_neurons_and_its_bias(seen: Watched, model: GPT2, layer: int) -> None:
    pre, w_out = seen[Site.PRE, layer], model.get_parameter(f"h.{layer}.mlp.c_proj.weight")
    inner = math.sqrt(2 / math.pi) * (pre + 0.044715 * pre**3)
    neurons = (0.5 * pre * (1 + inner.tanh()))[..., None] * w_out
    bias = model.get_parameter(f"h.{layer}.mlp.c_proj.bias")
    torch.testing.assert_close(seen[Site.MLP_OUT, layer], neurons.sum(-2) + bias)


@pytest.mark.parametrize("layer", [0, 1])
def test_a_score_is_the_scaled_sum_over_the_neurons_of_query_and_key(
    seen: Watched, model: GPT2, layer: int
) -> None:
    q, k, scores = (seen[site, layer] for site in (Site.Q, Site.K, Site.ATTN_SCORES))
    products = (q[:, :, :, None] * k[:, :, None]).sum(-1)
    visible = torch.ones(12, 12, dtype=torch.bool).tril()
    torch.testing.assert_close(products[..., visible], scores[..., visible] * math.sqrt(model.config.d_head))
    assert (scores[..., ~visible] == -math.inf).all()
    torch.testing.assert_close(scores.softmax(-1), seen[Site.PATTERN, layer])


def test_layer_norm_centres_scales_and_forgets_shift_and_size() -> None:
    norm = LayerNorm(32, eps=1e-5).double()
    x = torch.randn(7, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(2)) * 3 + 5
    variance = x.var(-1, correction=0)
    torch.testing.assert_close(norm(x).mean(-1), torch.zeros(7, dtype=torch.float64))
    torch.testing.assert_close(norm(x).var(-1, correction=0), variance / (variance + 1e-5))
    torch.testing.assert_close(norm(x + 11), norm(x))
    torch.testing.assert_close(norm(4 * x), norm(x), rtol=1e-5, atol=1e-5)


def test_gelu_is_the_tanh_form() -> None:
    gelu, erf = ACTIVATION_FUNCTIONS["gelu_tanh"], ACTIVATION_FUNCTIONS["gelu_erf"]
    x = torch.linspace(-6, 6, 120_001, dtype=torch.float64)
    gap = (gelu(x) - erf(x)).abs()
    torch.testing.assert_close(gelu(x) - gelu(-x), x)
    assert float(gelu(x).min()) == pytest.approx(-0.17, abs=1e-3)
    assert float(x[gelu(x).argmin()]) == pytest.approx(-0.75, abs=5e-3)
    assert float(gap.max()) == pytest.approx(4.73e-4, abs=1e-6)
    assert abs(float(x[gap.argmax()])) == pytest.approx(2.70, abs=5e-3)


def test_a_constant_added_to_the_stream_or_the_logits_changes_no_probability(
    model: GPT2, seen: Watched
) -> None:
    resid = seen[Site.RESID_POST, 1]
    logits = model.unembed(resid)
    torch.testing.assert_close(model.unembed(resid + 3.0), logits)
    torch.testing.assert_close((logits + 7.0).softmax(-1), logits.softmax(-1))


@pytest.mark.parametrize("site", list(Site))
def test_what_a_tap_returns_takes_the_place_of_the_activation(model: GPT2, ids: Tensor, site: Site) -> None:
    def double(_site: Site, layer: int, activation: Tensor) -> Tensor:
        return activation * 2 if layer == 1 else activation

    def same(_site: Site, _layer: int, activation: Tensor) -> Tensor:
        return activation

    changed, unchanged = (model(ids, Tap(frozenset({site}), function)) for function in (double, same))
    torch.testing.assert_close(unchanged, model(ids))
    # LayerNorm forgets the size of the last stream, so only that one may be doubled without effect
    assert torch.allclose(changed, unchanged, atol=1e-3) == (site is Site.RESID_POST)


def test_without_blocks_the_logits_are_those_of_the_embeddings(model: GPT2, ids: Tensor) -> None:
    off = Tap(frozenset({Site.ATTN_OUT, Site.MLP_OUT}), lambda _site, _layer, activation: activation * 0)
    embedded = model.wte(ids) + model.wpe(torch.arange(12))
    torch.testing.assert_close(model(ids, off), model.unembed(embedded))


def test_with_weights_of_zero_every_logit_comes_from_the_last_norm_alone() -> None:
    model = GPT2(GPT2Config(n_vocab=9, n_ctx=4, d_model=4, n_layer=1, n_head=2, d_mlp=8)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.wte.weight.copy_(torch.arange(36.0).view(9, 4))
        model.ln_f.bias.copy_(torch.tensor([1.0, 0.0, 0.0, -1.0]))
        logits = model(torch.tensor([[3, 1, 4, 1]]))
    torch.testing.assert_close(logits, torch.full((1, 4, 9), -3.0))
