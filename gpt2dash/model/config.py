"""The shape of one GPT-2, read from a checkpoint's `config.json`.

Every field of transformers' `GPT2Config` that changes the mathematics of a forward pass is
honoured here or refused by name; none is ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpt2dash.errors import UnusableCheckpoint

ACTIVATIONS = {
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
    "gelu": "gelu_erf",
    "gelu_python": "gelu_erf",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
}
"""transformers' names of activation functions, and the one of ours that computes each."""

_THEIR_NAME = {"gelu_tanh": "gelu_new", "gelu_erf": "gelu", "relu": "relu", "silu": "silu", "tanh": "tanh"}

_ALIASES = {
    "hidden_size": "n_embd",
    "max_position_embeddings": "n_positions",
    "num_attention_heads": "n_head",
    "num_hidden_layers": "n_layer",
    "n_ctx": "n_positions",
}
"""Other names under which transformers, or its early versions, give a size."""

_REFUSED = {
    "add_cross_attention": "cross-attention",
    "is_encoder_decoder": "an encoder-decoder",
    "quantization_config": "quantised weights",
    "pruned_heads": "pruned heads",
}


@dataclass(frozen=True)
class GPT2Config:
    """Sizes and options of a GPT-2; the defaults are GPT-2 small's."""

    n_vocab: int = 50_257
    n_ctx: int = 1_024
    d_model: int = 768
    n_layer: int = 12
    n_head: int = 12
    d_mlp: int = 3_072
    activation: str = "gelu_tanh"
    layer_norm_eps: float = 1e-5
    scale_scores: bool = True
    scale_by_layer: bool = False
    tied_unembedding: bool = True
    dropout: float = 0.0
    init_std: float = 0.02
    eot_id: int | None = None

    def __post_init__(self) -> None:
        """Refuse shapes that no GPT-2 can have."""
        sizes = (self.n_vocab, self.n_ctx, self.d_model, self.n_layer, self.n_head, self.d_mlp)
        if min(sizes) < 1:
            raise UnusableCheckpoint(f"The sizes of a model must be at least 1; got {sizes}.")
        if self.d_model % self.n_head:
            raise UnusableCheckpoint(
                f"config.json: n_embd ({self.d_model}) must be a multiple of n_head ({self.n_head})."
            )

    @property
    def d_head(self) -> int:
        """Width of one attention head."""
        return self.d_model // self.n_head

    @property
    def n_params(self) -> int:
        """Number of trained values: V d + n_ctx d + L(4 d^2 + 2 d m + m + 9 d) + 2 d, m = d_mlp."""
        d, m = self.d_model, self.d_mlp
        block = 4 * d * d + 2 * d * m + m + 9 * d
        unembedding = 0 if self.tied_unembedding else self.n_vocab * d
        return (self.n_vocab + self.n_ctx + 2) * d + self.n_layer * block + unembedding

    def score_scale(self, layer: int) -> float:
        """The factor between q.k and the attention score in one layer."""
        scale = self.d_head**-0.5 if self.scale_scores else 1.0
        return scale / (layer + 1) if self.scale_by_layer else scale

    @classmethod
    def from_transformers(cls, raw: Mapping[str, Any]) -> "GPT2Config":
        """Read the fields of a `config.json`.

        Raises:
            UnusableCheckpoint: another architecture, or a field whose effect is not computed here.
        """
        _refuse_what_is_not_computed(raw)
        raw = {_ALIASES[name]: value for name, value in raw.items() if name in _ALIASES} | dict(raw)
        d_model = _size(raw, "n_embd", 768)
        return cls(
            n_vocab=_size(raw, "vocab_size", 50_257),
            n_ctx=_size(raw, "n_positions", 1_024),
            d_model=d_model,
            n_layer=_size(raw, "n_layer", 12),
            n_head=_size(raw, "n_head", 12),
            d_mlp=4 * d_model if raw.get("n_inner") is None else _size(raw, "n_inner", 0),
            activation=ACTIVATIONS[raw.get("activation_function", "gelu_new")],
            layer_norm_eps=_epsilon(raw.get("layer_norm_epsilon", 1e-5)),
            scale_scores=_flag(raw, "scale_attn_weights", default=True),
            scale_by_layer=_flag(raw, "scale_attn_by_inverse_layer_idx", default=False),
            tied_unembedding=_flag(raw, "tie_word_embeddings", default=True),
            eot_id=_first(raw.get("eos_token_id")),
        )

    def to_transformers(self) -> dict[str, Any]:
        """The `config.json` that transformers reads the same model from."""
        return {
            "architectures": ["GPT2LMHeadModel"],
            "model_type": "gpt2",
            "vocab_size": self.n_vocab,
            "n_positions": self.n_ctx,
            "n_ctx": self.n_ctx,
            "n_embd": self.d_model,
            "n_layer": self.n_layer,
            "n_head": self.n_head,
            "n_inner": self.d_mlp,
            "activation_function": _THEIR_NAME[self.activation],
            "layer_norm_epsilon": self.layer_norm_eps,
            "scale_attn_weights": self.scale_scores,
            "scale_attn_by_inverse_layer_idx": self.scale_by_layer,
            "tie_word_embeddings": self.tied_unembedding,
            "initializer_range": self.init_std,
            "resid_pdrop": self.dropout,
            "embd_pdrop": self.dropout,
            "attn_pdrop": self.dropout,
            "bos_token_id": self.eot_id,
            "eos_token_id": self.eot_id,
        }


def _size(raw: Mapping[str, Any], field: str, default: int) -> int:
    value = raw.get(field, default)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise UnusableCheckpoint(f"config.json: {field} must be a whole number of at least 1; got {value!r}.")


def _flag(raw: Mapping[str, Any], field: str, *, default: bool) -> bool:
    value = raw.get(field, default)
    if isinstance(value, bool):
        return value
    raise UnusableCheckpoint(f"config.json: {field} must be true or false; got {value!r}.")


def _epsilon(value: object) -> float:
    if isinstance(value, float | int) and 0 <= value < 1:
        return float(value)
    raise UnusableCheckpoint(
        f"config.json: layer_norm_epsilon must be a number from 0 to below 1; got {value!r}."
    )


def _first(eos_token_id: object) -> int | None:
    """The end-of-text token; transformers allows a list of them."""
    value = next(iter(eos_token_id), None) if isinstance(eos_token_id, list) else eos_token_id
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise UnusableCheckpoint(f"config.json: eos_token_id must be a whole number; got {value!r}.")


def _refuse_what_is_not_computed(raw: Mapping[str, Any]) -> None:
    model_type = raw.get("model_type")
    if model_type != "gpt2":
        raise UnusableCheckpoint(
            f"This is a {model_type or 'nameless'} model (model_type in config.json); "
            "gpt2dash reads models with model_type gpt2 only."
        )
    for field, meaning in _REFUSED.items():
        if raw.get(field):
            raise UnusableCheckpoint(
                f"config.json asks for {meaning} ({field}), which gpt2dash does not compute."
            )
    if raw.get("is_causal", True) is not True:
        raise UnusableCheckpoint(
            "config.json asks for attention in both directions (is_causal), which gpt2dash does not compute."
        )
    activation = raw.get("activation_function", "gelu_new")
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise UnusableCheckpoint(
            f"config.json: activation_function {activation!r} is not computed by gpt2dash; "
            f"it knows {', '.join(ACTIVATIONS)}."
        )
