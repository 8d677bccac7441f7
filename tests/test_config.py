import dataclasses
from typing import Any

import pytest
import torch
import transformers

from gpt2dash.errors import UnusableCheckpoint
from gpt2dash.model.config import ACTIVATIONS, GPT2Config
from gpt2dash.model.gpt2 import ACTIVATION_FUNCTIONS, GPT2

HONOURED = {
    "vocab_size",
    "n_positions",
    "n_embd",
    "n_layer",
    "n_head",
    "n_inner",
    "activation_function",
    "layer_norm_epsilon",
    "scale_attn_weights",
    "scale_attn_by_inverse_layer_idx",
    "tie_word_embeddings",
    "add_cross_attention",
    "eos_token_id",
}
WITHOUT_EFFECT_ON_LOGITS = {
    "resid_pdrop",
    "embd_pdrop",
    "attn_pdrop",
    "initializer_range",
    "summary_type",
    "summary_use_proj",
    "summary_activation",
    "summary_proj_to_labels",
    "summary_first_dropout",
    "use_cache",
    "bos_token_id",
    "pad_token_id",
    "reorder_and_upcast_attn",
}


def read(**fields: object) -> GPT2Config:
    return GPT2Config.from_transformers({"model_type": "gpt2"} | fields)


@pytest.mark.parametrize(
    ("fields", "n_params"),
    [
        ({}, 124_439_808),
        ({"n_embd": 1024, "n_layer": 24, "n_head": 16}, 354_823_168),
        ({"n_embd": 1280, "n_layer": 36, "n_head": 20}, 774_030_080),
        ({"n_embd": 1600, "n_layer": 48, "n_head": 25}, 1_557_611_200),
    ],
)
def test_the_published_sizes_have_the_published_numbers_of_parameters(
    fields: dict[str, int], n_params: int
) -> None:
    with torch.device("meta"):
        model = GPT2(read(**fields))
    assert read(**fields).n_params == n_params
    assert sum(parameter.numel() for parameter in model.parameters()) == n_params


def test_the_number_of_parameters_counts_an_own_unembedding_and_an_own_mlp_width() -> None:
    config = GPT2Config(n_vocab=11, n_ctx=5, d_model=6, n_layer=2, n_head=3, d_mlp=7, tied_unembedding=False)
    assert config.n_params == sum(parameter.numel() for parameter in GPT2(config).parameters())


def test_every_field_of_transformers_gpt2_is_known_to_be_honoured_or_without_effect() -> None:
    theirs = set(transformers.GPT2Config.__annotations__) - {"model_type", "keys_to_ignore_at_inference"}
    assert theirs == HONOURED | WITHOUT_EFFECT_ON_LOGITS


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model_type", "llama"),
        ("model_type", None),
        ("add_cross_attention", True),
        ("is_encoder_decoder", True),
        ("quantization_config", {"bits": 4}),
        ("pruned_heads", {"0": [1]}),
        ("is_causal", False),
        ("is_causal", None),
        ("activation_function", "quick_gelu"),
        ("activation_function", ["gelu"]),
        ("layer_norm_epsilon", "small"),
        ("layer_norm_epsilon", -1e-5),
        ("scale_attn_weights", "yes"),
        ("scale_attn_by_inverse_layer_idx", None),
        ("tie_word_embeddings", 1),
        ("eos_token_id", "<|endoftext|>"),
        ("n_head", 7),
    ],
)
def test_what_is_not_computed_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(UnusableCheckpoint, match=field):
        read(**{field: value})


@pytest.mark.parametrize("field", ["vocab_size", "n_positions", "n_embd", "n_layer", "n_head", "n_inner"])
@pytest.mark.parametrize("value", [-1, 0, 1.5, "12", True, [4], {"a": 1}])
def test_sizes_that_are_no_whole_number_are_refused(field: str, value: object) -> None:
    with pytest.raises(UnusableCheckpoint, match=f"{field} must be a whole number of at least 1"):
        read(**{field: value})


def test_absent_fields_are_those_of_gpt2_small() -> None:
    assert read() == GPT2Config()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"hidden_size": 60}, {"d_model": 60, "d_mlp": 240}),
        ({"num_attention_heads": 6}, {"n_head": 6}),
        ({"num_hidden_layers": 3}, {"n_layer": 3}),
        ({"max_position_embeddings": 99}, {"n_ctx": 99}),
        ({"n_ctx": 99}, {"n_ctx": 99}),
        ({"n_ctx": 99, "n_positions": 77}, {"n_ctx": 77}),
        ({"eos_token_id": [5, 6]}, {"eot_id": 5}),
        ({"n_inner": 50}, {"d_mlp": 50}),
    ],
)
def test_other_spellings_are_read_as_transformers_reads_them(
    fields: dict[str, Any], expected: dict[str, int]
) -> None:
    assert dataclasses.asdict(read(**fields)) == dataclasses.asdict(GPT2Config()) | expected


@pytest.mark.parametrize("activation", sorted(ACTIVATION_FUNCTIONS))
def test_a_config_written_for_transformers_reads_back_the_same(activation: str) -> None:
    config = GPT2Config(n_layer=3, activation=activation, scale_by_layer=True, scale_scores=False, eot_id=5)
    assert GPT2Config.from_transformers(config.to_transformers()) == config


def test_the_names_written_for_activations_are_the_usual_ones() -> None:
    written = {
        GPT2Config(activation=ours).to_transformers()["activation_function"] for ours in ACTIVATION_FUNCTIONS
    }
    assert written == {"gelu_new", "gelu", "relu", "silu", "tanh"}


def test_each_activation_name_computes_what_transformers_computes() -> None:
    x = torch.linspace(-6, 6, 501)
    for name, ours in ACTIVATIONS.items():
        theirs = transformers.activations.ACT2FN[name]
        torch.testing.assert_close(ACTIVATION_FUNCTIONS[ours](x), theirs(x), rtol=1e-5, atol=1e-6)


def test_scores_are_scaled_by_width_and_layer_as_asked() -> None:
    config = GPT2Config(d_model=64, n_head=4)
    assert [config.score_scale(layer) for layer in (0, 2)] == [0.25, 0.25]
    by_layer = dataclasses.replace(config, scale_scores=False, scale_by_layer=True)
    assert by_layer.score_scale(3) == 0.25
