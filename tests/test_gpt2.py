"""The model against transformers' own, on random weights in every shape that a config can ask for."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from torch import Tensor
from transformers import GPT2Config as TheirConfig
from transformers import GPT2LMHeadModel

from gpt2dash.model.checkpoint import load_model
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2, KVCache
from gpt2dash.model.sites import Site, Tap

Pair = tuple[GPT2, Any]

SHAPES: dict[str, dict[str, Any]] = {
    "plain": {},
    "odd heads": {"n_embd": 33, "n_head": 3},
    "one head, one layer": {"n_head": 1, "n_layer": 1},
    "own mlp width": {"n_inner": 50},
    "own unembedding": {"tie_word_embeddings": False},
    "scores not scaled": {"scale_attn_weights": False},
    "scores scaled by layer": {"scale_attn_by_inverse_layer_idx": True},
    "reordered attention": {"reorder_and_upcast_attn": True, "scale_attn_by_inverse_layer_idx": True},
    "other epsilon": {"layer_norm_epsilon": 0.3},
    "gelu_new": {"activation_function": "gelu_new"},
    "gelu": {"activation_function": "gelu"},
    "relu": {"activation_function": "relu"},
    "silu": {"activation_function": "silu"},
    "tanh": {"activation_function": "tanh"},
}


def random_ids(n_vocab: int, *shape: int) -> Tensor:
    return torch.randint(n_vocab, shape, generator=torch.Generator().manual_seed(0))


def pair_in(folder: Path, **fields: object) -> Pair:
    """Ours, read from the checkpoint that transformers' random model writes, and that model.

    Every weight is random and large: fresh norms and biases of 1 and 0 would hide errors in them.
    """
    sizes: dict[str, Any] = {"vocab_size": 71, "n_positions": 24, "n_embd": 32, "n_layer": 3, "n_head": 4}
    ends = {"bos_token_id": 70, "eos_token_id": 70, "attn_implementation": "eager"}
    theirs: Any = GPT2LMHeadModel(TheirConfig(**(sizes | ends | fields)))
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.2)
    theirs.eval().save_pretrained(folder)
    return load_model(folder), theirs


@pytest.fixture(scope="module", params=list(SHAPES.values()), ids=list(SHAPES))
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair_in(tmp_path_factory.mktemp("theirs"), **request.param)


@torch.no_grad()
def test_logits_hidden_states_and_patterns_are_those_of_transformers(pair: Pair) -> None:
    ours, theirs = pair
    seen: dict[tuple[Site, int], Tensor] = {}
    tap = Tap(frozenset(Site), lambda site, layer, activation: seen.setdefault((site, layer), activation))
    ids = random_ids(71, 2, 24)
    expected = theirs(ids, output_hidden_states=True, output_attentions=True)
    logits = ours(ids, tap)
    layers = range(ours.config.n_layer)
    hidden = [seen[Site.RESID_PRE, layer] for layer in layers] + [
        ours.ln_f(seen[Site.RESID_POST, layers[-1]])
    ]
    patterns = [seen[Site.PATTERN, layer] for layer in layers]
    torch.testing.assert_close(logits, expected.logits, rtol=1e-5, atol=2e-5)
    torch.testing.assert_close(hidden, list(expected.hidden_states), rtol=1e-5, atol=2e-5)
    torch.testing.assert_close(patterns, list(expected.attentions), rtol=1e-5, atol=2e-6)


@torch.no_grad()
def test_the_fused_kernel_computes_what_the_watched_steps_compute(pair: Pair) -> None:
    ours, _ = pair
    ids = random_ids(71, 2, 24)
    watched = ours(ids, Tap(frozenset({Site.PATTERN}), lambda _site, _layer, activation: activation))
    torch.testing.assert_close(ours(ids), watched, rtol=1e-5, atol=2e-5)


@torch.no_grad()
def test_greedy_generation_with_a_cache_is_that_of_transformers(pair: Pair) -> None:
    ours, theirs = pair
    ids = random_ids(71, 1, 5)
    mask = torch.ones_like(ids)
    expected = theirs.generate(
        ids, attention_mask=mask, max_new_tokens=15, do_sample=False, eos_token_id=None
    )
    cache, step, written = KVCache(24), ids, ids
    for _ in range(15):
        step = ours(step, cache=cache)[:, -1:].argmax(-1)
        written = torch.cat([written, step], dim=1)
    assert written.tolist() == expected.tolist()


@torch.no_grad()
def test_surprisals_read_token_by_token_add_up_to_the_loss_of_transformers(pair: Pair) -> None:
    ours, theirs = pair
    ids = random_ids(71, 1, 20)
    cache, surprisal = KVCache(24), 0.0
    for token, following in zip(ids[0, :-1], ids[0, 1:], strict=True):
        logits = ours(token.view(1, 1), cache=cache)[0, -1]
        surprisal -= float(logits.log_softmax(-1)[following])
    assert surprisal == pytest.approx(19 * float(theirs(ids, labels=ids).loss), rel=1e-5)


@torch.no_grad()
def test_the_two_forms_of_gelu_are_told_apart(tmp_path: Path) -> None:
    ours, theirs = pair_in(tmp_path, activation_function="gelu_new")
    erf = GPT2(dataclasses.replace(ours.config, activation="gelu_erf")).eval()
    erf.load_state_dict(ours.state_dict())
    ids = random_ids(71, 2, 24)
    expected = theirs(ids).logits
    assert float((ours(ids) - expected).abs().max()) < 2e-5
    assert float((erf(ids) - expected).abs().max()) > 4e-4


def test_a_fresh_model_knows_nothing() -> None:
    model = GPT2(GPT2Config(n_vocab=3_000, n_ctx=64, d_model=64, n_layer=2, n_head=4, d_mlp=256)).eval()
    model.initialise(seed=0)
    ids = random_ids(3_000, 8, 64)
    with torch.no_grad():
        loss = F.cross_entropy(model(ids)[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    assert float(loss) == pytest.approx(math.log(3_000), abs=0.05)


def test_a_fresh_model_is_a_function_of_its_seed() -> None:
    config = GPT2Config(n_vocab=9, n_ctx=4, d_model=4, n_layer=1, n_head=1, d_mlp=4)
    drawn = []
    for seed in (0, 0, 1):
        model = GPT2(config)
        model.initialise(seed)
        drawn.append(torch.cat([parameter.detach().flatten() for parameter in model.parameters()]))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_fresh_projections_into_the_stream_are_smaller_the_deeper_the_model() -> None:
    model = GPT2(GPT2Config(n_vocab=99, n_ctx=64, d_model=64, n_layer=8, n_head=4, d_mlp=256))
    model.initialise(seed=0)
    stds = {
        name: float(model.get_parameter(f"h.3.mlp.{name}.weight").detach().std())
        for name in ("c_fc", "c_proj")
    }
    assert stds == pytest.approx({"c_fc": 0.02, "c_proj": 0.005}, rel=0.05)
