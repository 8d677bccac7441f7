"""GPT-2, written to be read: LayerNorm, CausalSelfAttention, MLP, Block, GPT2.

Radford et al. 2019, "Language Models are Unsupervised Multitask Learners". Parameters carry the
names and shapes of the published checkpoints. Nothing here keeps state between calls: what a
forward pass needs to remember is in its arguments (`cache`, `tap`), so one model serves any
number of threads.

The parts below GPT2 say `__call__ = forward`: watching is the tap's work, so PyTorch's hooks, a
seventh of a one-token step's time outside matrix products, are left out.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from jaxtyping import Float, Int
from torch import Tensor, nn

from gpt2dash.model.config import GPT2Config
from gpt2dash.model.sites import INSIDE_ATTENTION, NO_TAP, Site, Tap

_START_OF_POSITIONS = 0.1  # as large as token embeddings become
ACTIVATION_FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    # 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): the form GPT-2 was trained with
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "gelu_erf": F.gelu,
    "relu": F.relu,
    "silu": F.silu,
    "tanh": torch.tanh,
}


@dataclass
class KVCache:
    """Keys and values of the positions already read, one tensor per layer.

    Room for `n_ctx` positions is taken at once, so a step writes in place and copies nothing.
    """

    n_ctx: int
    length: int = 0
    keys: list[Tensor] = field(default_factory=list)
    values: list[Tensor] = field(default_factory=list)

    def extend(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Append this step's keys and values of one layer; return all of them so far."""
        if layer == len(self.keys):
            batch, head, _, d_head = k.shape
            self.keys.append(k.new_empty(batch, head, self.n_ctx, d_head))
            self.values.append(v.new_empty(batch, head, self.n_ctx, d_head))
        end = self.length + k.shape[2]
        self.keys[layer][:, :, self.length : end] = k
        self.values[layer][:, :, self.length : end] = v
        return self.keys[layer][:, :, :end], self.values[layer][:, :, :end]


class LayerNorm(nn.Module):
    """(x - mean) / sqrt(variance + eps) * weight + bias, over d_model (Ba et al. 2016)."""

    def __init__(self, d_model: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x: Float[Tensor, "*batch d_model"]) -> Float[Tensor, "*batch d_model"]:
        """Normalise each position."""
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)

    __call__ = forward


class Conv1D(nn.Module):
    """x W + b with W stored as (in, out), as the published checkpoints store it."""

    def __init__(self, d_in: int, d_out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(d_in, d_out))
        self.bias = nn.Parameter(torch.zeros(d_out))

    def forward(self, x: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_out"]:
        """Apply the affine map to the last axis."""
        return F.linear(x, self.weight.T, self.bias)

    __call__ = forward


class CausalSelfAttention(nn.Module):
    """Every position gathers values from itself and earlier positions (Vaswani et al. 2017, 3.2)."""

    def __init__(self, config: GPT2Config, layer: int) -> None:
        super().__init__()
        self.c_attn = Conv1D(config.d_model, 3 * config.d_model)
        self.c_proj = Conv1D(config.d_model, config.d_model)
        self.layer = layer
        self.n_head = config.n_head
        self.scale = config.score_scale(layer)
        self.dropout = config.dropout

    def forward(
        self, x: Float[Tensor, "batch pos d_model"], tap: Tap, cache: KVCache | None
    ) -> Float[Tensor, "batch pos d_model"]:
        """Attend from the positions in `x` to those in `cache` and themselves."""
        # batch pos (3 head d_head) -> 3 x batch head pos d_head
        q, k, v = self.c_attn(x).view(*x.shape[:2], 3, self.n_head, -1).permute(2, 0, 3, 1, 4)
        q = tap(Site.Q, self.layer, q)
        k = tap(Site.K, self.layer, k)
        v = tap(Site.V, self.layer, v)
        if cache is not None:
            k, v = cache.extend(self.layer, k, v)
        step_by_step = tap.sites & INSIDE_ATTENTION
        z = self._watched(q, k, v, tap) if step_by_step else self._fused(q, k, v)
        z = tap(Site.Z, self.layer, z)
        return self.c_proj(z.transpose(1, 2).flatten(2))  # batch head pos d_head -> batch pos d_model

    __call__ = forward

    def _watched(self, q: Tensor, k: Tensor, v: Tensor, tap: Tap) -> Tensor:
        """softmax(q k^T scale + mask) v, each stage shown to the tap."""
        scores = (q @ k.transpose(-2, -1)) * self.scale  # -> batch head query key
        scores = scores.masked_fill(~causal_mask(q.shape[2], k.shape[2], q.device), -math.inf)
        scores = tap(Site.ATTN_SCORES, self.layer, scores)
        pattern = tap(Site.PATTERN, self.layer, scores.softmax(dim=-1))
        return pattern @ v

    def _fused(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """The same in one kernel, for when nobody watches the stages."""
        n_query, n_key = q.shape[2], k.shape[2]
        whole = n_query == n_key
        mask = None if whole or n_query == 1 else causal_mask(n_query, n_key, q.device)
        dropout = self.dropout if self.training else 0.0
        return F.scaled_dot_product_attention(
            q, k, v, attn_mask=mask, dropout_p=dropout, is_causal=whole and n_query > 1, scale=self.scale
        )


def causal_mask(n_query: int, n_key: int, device: torch.device) -> Tensor:
    """True where the last `n_query` of `n_key` positions may look: at themselves and before."""
    return torch.ones(n_query, n_key, dtype=torch.bool, device=device).tril(n_key - n_query)


class MLP(nn.Module):
    """Each position by itself: d_model -> d_mlp neurons -> d_model."""

    def __init__(self, config: GPT2Config, layer: int) -> None:
        super().__init__()
        self.c_fc = Conv1D(config.d_model, config.d_mlp)
        self.c_proj = Conv1D(config.d_mlp, config.d_model)
        self.layer = layer
        self.activation = ACTIVATION_FUNCTIONS[config.activation]

    def forward(self, x: Float[Tensor, "batch pos d_model"], tap: Tap) -> Float[Tensor, "batch pos d_model"]:
        """Apply the two maps with the activation function between them."""
        pre = tap(Site.PRE, self.layer, self.c_fc(x))
        post = tap(Site.POST, self.layer, self.activation(pre))
        return self.c_proj(post)

    __call__ = forward


class Block(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self, config: GPT2Config, layer: int) -> None:
        super().__init__()
        self.ln_1 = LayerNorm(config.d_model, config.layer_norm_eps)
        self.attn = CausalSelfAttention(config, layer)
        self.ln_2 = LayerNorm(config.d_model, config.layer_norm_eps)
        self.mlp = MLP(config, layer)
        self.dropout = config.dropout
        self.layer = layer

    def forward(
        self, x: Float[Tensor, "batch pos d_model"], tap: Tap, cache: KVCache | None
    ) -> Float[Tensor, "batch pos d_model"]:
        """Add this block's two updates to the residual stream."""
        x = tap(Site.RESID_PRE, self.layer, x)
        x = x + tap(Site.ATTN_OUT, self.layer, self._drop(self.attn(self.ln_1(x), tap, cache)))
        x = tap(Site.RESID_MID, self.layer, x)
        x = x + tap(Site.MLP_OUT, self.layer, self._drop(self.mlp(self.ln_2(x), tap)))
        return tap(Site.RESID_POST, self.layer, x)

    __call__ = forward

    def _drop(self, update: Tensor) -> Tensor:
        # not an nn.Dropout: two modules a layer that do nothing are 10 % of a one-token step's overhead
        return F.dropout(update, self.dropout) if self.training else update


def sinusoids(n_pos: int, d_model: int) -> Float[Tensor, "pos d_model"]:
    """Waves of many lengths, one a column, of root mean square 1: Vaswani et al. 2017, section 3.5."""
    column = torch.arange(d_model)
    rate = 10_000.0 ** (-2 * (column // 2) / d_model)
    phase = (column % 2) * (math.pi / 2)  # odd columns are cosines
    return math.sqrt(2) * torch.sin(torch.arange(n_pos)[:, None] * rate + phase)


def _embedding(n: int, d_model: int) -> nn.Embedding:
    """A table without values; drawing them on the meta device would load seconds' worth of modules."""
    return nn.Embedding(n, d_model, _weight=torch.empty(n, d_model))


class GPT2(nn.Module):
    """The whole model: embeddings, blocks, final norm, unembedding."""

    def __init__(self, config: GPT2Config) -> None:
        super().__init__()
        self.config = config
        self.wte = _embedding(config.n_vocab, config.d_model)
        self.wpe = _embedding(config.n_ctx, config.d_model)
        self.drop = nn.Dropout(config.dropout)
        self.h = nn.ModuleList(Block(config, layer) for layer in range(config.n_layer))
        self.ln_f = LayerNorm(config.d_model, config.layer_norm_eps)
        if not config.tied_unembedding:
            self.lm_head = nn.Linear(config.d_model, config.n_vocab, bias=False)

    def residual(
        self, ids: Int[Tensor, "batch pos"], tap: Tap = NO_TAP, cache: KVCache | None = None
    ) -> Float[Tensor, "batch pos d_model"]:
        """The residual stream after the last block.

        With a `cache`, `ids` continue the positions already in it, and the cache grows by them.
        """
        start = cache.length if cache is not None else 0
        positions = torch.arange(start, start + ids.shape[1], device=ids.device)
        x: Tensor = self.drop(self.wte(ids) + self.wpe(positions))
        for block in self.h:
            x = block(x, tap, cache)
        if cache is not None:
            cache.length += ids.shape[1]
        return x

    def unembed(self, resid: Float[Tensor, "*batch d_model"]) -> Float[Tensor, "*batch vocab"]:
        """Final norm, then one logit per token: LN_f(x) U."""
        return F.linear(self.ln_f(resid), self.unembedding)

    @property
    def unembedding(self) -> Float[Tensor, "vocab d_model"]:
        """U: the token embeddings themselves when tied, else `lm_head`."""
        return self.wte.weight if self.config.tied_unembedding else self.lm_head.weight

    def forward(
        self, ids: Int[Tensor, "batch pos"], tap: Tap = NO_TAP, cache: KVCache | None = None
    ) -> Float[Tensor, "batch pos vocab"]:
        """Logits of the next token at every position."""
        return self.unembed(self.residual(ids, tap, cache))

    @torch.no_grad()
    def initialise(self, seed: int) -> None:
        """Fresh weights as GPT-2's: N(0, init_std), projections into the stream scaled by 1/sqrt(2L).

        Positions alone start elsewhere, as sinusoids: a step back is then one and the same
        rotation everywhere, so heads that look at neighbours form within a small budget.
        """
        generator = torch.Generator().manual_seed(seed)
        into_stream = self.config.init_std / math.sqrt(2 * self.config.n_layer)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                std = into_stream if name.endswith("c_proj.weight") else self.config.init_std
                parameter.normal_(0.0, std, generator=generator)
        self.wpe.weight.copy_(_START_OF_POSITIONS * sinusoids(*self.wpe.weight.shape))
