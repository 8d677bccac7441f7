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
        if not all(isinstance(size, int) and size >= 1 for size in sizes):
            raise UnusableCheckpoint(f"config.json must give whole sizes of at least 1; got {sizes}.")
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
        d_model = raw.get("n_embd", 768)
        return cls(
            n_vocab=raw.get("vocab_size", 50_257),
            n_ctx=raw.get("n_positions", raw.get("n_ctx", 1_024)),
            d_model=d_model,
            n_layer=raw.get("n_layer", 12),
            n_head=raw.get("n_head", 12),
            d_mlp=raw.get("n_inner") or 4 * d_model,
            activation=ACTIVATIONS[raw.get("activation_function", "gelu_new")],
            layer_norm_eps=raw.get("layer_norm_epsilon", 1e-5),
            scale_scores=raw.get("scale_attn_weights", True),
            scale_by_layer=raw.get("scale_attn_by_inverse_layer_idx", False),
            tied_unembedding=raw.get("tie_word_embeddings", True),
            eot_id=raw.get("eos_token_id"),
        )

    def to_transformers(self) -> dict[str, Any]:
        """The `config.json` that transformers reads the same model from."""
        names = {theirs: ours for ours, theirs in reversed([(v, k) for k, v in ACTIVATIONS.items()])}
        activation = next(theirs for theirs, ours in names.items() if ours == self.activation)
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
            "activation_function": activation,
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
    activation = raw.get("activation_function", "gelu_new")
    if activation not in ACTIVATIONS:
        raise UnusableCheckpoint(
            f"config.json: activation_function {activation!r} is not computed by gpt2dash; "
            f"it knows {', '.join(ACTIVATIONS)}."
        )
