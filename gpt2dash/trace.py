"""A trace: what one forward pass left behind, and everything derived from it on demand.

Stored are factors, not products: the residual stream at every layer boundary, queries, keys and
values of every head, and the MLPs' pre-activations. An attention pattern is one small matrix
product away, so 144 patterns of a thousand tokens never exist at once.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.edit import Edit, Zero, edit_tap, edited, edited_head
from gpt2dash.errors import Cancelled
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2, causal_mask
from gpt2dash.model.sites import Site, Tap
from gpt2dash.tensor_file import Tensors, TensorWriter

FORMAT = "1"
"""Version of the stored layout; part of every key."""

_EDITS = "edits"
_STORED = (Site.RESID_PRE, Site.Q, Site.K, Site.V, Site.PRE)


def record(
    model: GPT2,
    ids: Sequence[int],
    edits: Sequence[Edit] = (),
    *,
    on_layer: Callable[[int], None] = lambda _layer: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> bytearray:
    """Run the model over `ids` once and keep what a trace is made of, as one safetensors file.

    Args:
        model: any GPT-2.
        ids: at least 1 and at most n_ctx token ids.
        edits: what is changed on the way, in canonical order; the file's metadata spells them.
        on_layer: told each layer's number as it begins.
        is_cancelled: asked at each layer; when true, the pass ends with `Cancelled`.
    """
    about = {"format": "pt", "trace_format": FORMAT} | ({_EDITS: " ".join(map(str, edits))} if edits else {})
    writer = TensorWriter(_shapes(model.config, len(ids)), about)
    writer.put("token_ids", torch.tensor(ids))

    def keep(site: Site, layer: int, activation: Tensor) -> Tensor:
        if site is Site.RESID_PRE:
            if is_cancelled():
                raise Cancelled
            on_layer(layer)
        writer.put(f"{site}.{layer}", activation[0])
        return activation

    with torch.inference_mode():
        tap = edit_tap(edits).then(Tap(frozenset(_STORED), keep))
        resid = model.residual(torch.tensor([ids]), tap)
        writer.put("resid_final", resid[0])
    return writer.seal()


def _shapes(config: GPT2Config, n_pos: int) -> dict[str, tuple[Sequence[int], torch.dtype]]:
    per_head = (config.n_head, n_pos, config.d_head)
    shapes = {
        Site.RESID_PRE: (n_pos, config.d_model),
        Site.Q: per_head,
        Site.K: per_head,
        Site.V: per_head,
        Site.PRE: (n_pos, config.d_mlp),
    }
    stored: dict[str, tuple[Sequence[int], torch.dtype]] = {"token_ids": ((n_pos,), torch.int64)}
    for layer in range(config.n_layer):
        stored |= {f"{site}.{layer}": (shape, torch.float32) for site, shape in shapes.items()}
    return stored | {"resid_final": ((n_pos, config.d_model), torch.float32)}


@dataclass(frozen=True)
class Trace:
    """The activations of one text in one model. Every tensor is float32 and read-only.

    Under edits, everything here is what the edited forward pass itself has at that place.

    Attributes:
        model: the model that was run; derived quantities use its weights.
        stored: the recorded tensors.
    """

    model: GPT2
    stored: Tensors

    @property
    def config(self) -> GPT2Config:
        """The model's sizes."""
        return self.model.config

    @property
    def token_ids(self) -> list[int]:
        """The ids that were run."""
        ids: list[int] = self.stored["token_ids"].tolist()
        return ids

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """What was changed in the pass that left this; empty for the model as it is."""
        return tuple(map(Edit.parse, self.stored.metadata.get(_EDITS, "").split()))

    def resid_pre(self, layer: int) -> Float[Tensor, "pos d_model"]:
        """The residual stream that enters a layer; `layer` = n_layer is the stream that leaves the last."""
        last = layer == self.config.n_layer
        return self.stored["resid_final" if last else f"{Site.RESID_PRE}.{layer}"]

    def q(self, layer: int) -> Float[Tensor, "head query d_head"]:
        """Queries of every head of a layer."""
        return self.stored[f"{Site.Q}.{layer}"]

    def k(self, layer: int) -> Float[Tensor, "head key d_head"]:
        """Keys of every head of a layer."""
        return self.stored[f"{Site.K}.{layer}"]

    def v(self, layer: int) -> Float[Tensor, "head key d_head"]:
        """Values of every head of a layer."""
        return self.stored[f"{Site.V}.{layer}"]

    def mlp_pre(self, layer: int) -> Float[Tensor, "pos d_mlp"]:
        """The MLP's neurons before the activation function."""
        return self.stored[f"{Site.PRE}.{layer}"]

    @torch.inference_mode()
    def scores(self, layer: int, head: int) -> Float[Tensor, "query key"]:
        """Attention scores: q.k scaled, -inf where a key comes after its query."""
        q, k = self.q(layer)[head], self.k(layer)[head]
        raw = (q @ k.T) * self.config.score_scale(layer)
        return raw.masked_fill(~causal_mask(len(q), len(k), q.device), -math.inf)

    @torch.inference_mode()
    def pattern(self, layer: int, head: int) -> Float[Tensor, "query key"]:
        """Attention weights of one head: softmax of its scores; rows sum to 1."""
        return self.scores(layer, head).softmax(dim=-1)

    @torch.inference_mode()
    def z(self, layer: int, head: int) -> Float[Tensor, "query d_head"]:
        """What one head gathered: its pattern times its values, or what an edit has put there."""
        gathered = self.pattern(layer, head) @ self.v(layer)[head]
        return edited_head(self.edits, Site.Z, layer, head, gathered)

    @torch.inference_mode()
    def gathers(self, layer: int) -> Float[Tensor, "head query"]:
        """1 where a head's z was gathered from the tokens, 0 where an edit has put something else there.

        A pattern times this is what a head carries from token to token: where z is edited, nothing.
        """
        ones = torch.ones(*self.q(layer).shape[:2], 1)
        return edited([replace(edit, change=Zero()) for edit in self.edits], Site.Z, layer, ones)[..., 0]

    @torch.inference_mode()
    def logits_at(self, pos: int) -> Float[Tensor, " vocab"]:
        """Logits of the token after position `pos`."""
        return self.model.unembed(self.resid_pre(self.config.n_layer)[pos])

    @property
    def logits(self) -> Float[Tensor, "pos vocab"]:
        """Logits after every position. Large: vocab x pos floats."""
        with torch.inference_mode():
            return self.model.unembed(self.resid_pre(self.config.n_layer))
