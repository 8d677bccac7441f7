"""What heads move: a weight says how much of a value is taken, not how long the value is.

Kobayashi et al. 2020, "Attention is Not Only a Weight": the length of A v W_O.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.model.gpt2 import GPT2
from gpt2dash.trace import Trace


@torch.inference_mode()
def value_norms(trace: Trace, layer: int) -> Float[Tensor, "head key"]:
    """||v|| of every head and token of a layer."""
    norms: Tensor = trace.v(layer).norm(dim=-1)
    return norms


@torch.inference_mode()
def write_norms(trace: Trace, layer: int) -> Float[Tensor, "head key"]:
    """||v W_O||: how long what a head writes for each token is, at weight 1."""
    return _written_length(trace.v(layer), trace.model, layer)


@torch.inference_mode()
def moved_to(trace: Trace, pos: int) -> Float[Tensor, "layer head"]:
    """||sum_k A[pos, k] v_k W_O||: how long what each head adds at a token is."""
    layers = []
    for layer in range(trace.config.n_layer):
        z = torch.einsum("hk,hkd->hd", row(trace, layer, pos), trace.v(layer)[:, : pos + 1])
        layers.append(_written_length(z[:, None], trace.model, layer)[:, 0])
    return torch.stack(layers)


@torch.inference_mode()
def moved_from(
    trace: Trace, pos: int, log_sums: Float[Tensor, "layer head query"]
) -> Float[Tensor, "layer head"]:
    """Mean over later tokens of A[q, pos] ||v W_O||: how much each head takes from a token.

    Args:
        trace: of the text.
        pos: the token; of the last one nothing is taken, so the answer is 0.
        log_sums: log of the sum that softmax divides by, of every row.
    """
    layers = []
    for layer in range(trace.config.n_layer):
        weights = column(trace, layer, pos, log_sums[layer])[:, 1:]
        taken = weights.mean(dim=-1) if weights.shape[-1] else torch.zeros(trace.config.n_head)
        layers.append(taken * write_norms(trace, layer)[:, pos])
    return torch.stack(layers)


@torch.inference_mode()
def row(trace: Trace, layer: int, pos: int) -> Float[Tensor, "head key"]:
    """Attention of one query in every head of a layer, keys up to itself."""
    q, k = trace.q(layer)[:, pos], trace.k(layer)[:, : pos + 1]
    return (torch.einsum("hd,hkd->hk", q, k) * trace.config.score_scale(layer)).softmax(dim=-1)


@torch.inference_mode()
def column(
    trace: Trace, layer: int, pos: int, log_sums: Float[Tensor, "head query"]
) -> Float[Tensor, "head later"]:
    """Attention to one key in every head of a layer, from itself and every later query."""
    q, k = trace.q(layer)[:, pos:], trace.k(layer)[:, pos]
    scores = torch.einsum("hqd,hd->hq", q, k) * trace.config.score_scale(layer)
    return (scores - log_sums[:, pos:]).exp()


def _written_length(
    vectors: Float[Tensor, "head pos d_head"], model: GPT2, layer: int
) -> Float[Tensor, "head pos"]:
    """||x W_O|| of each head's own rows of W_O, by x (W_O W_O^T) x^T: no d_model is ever spread out."""
    n_head, _, d_head = vectors.shape
    w_o = model.get_parameter(f"h.{layer}.attn.c_proj.weight").view(n_head, d_head, -1)
    squares = torch.einsum("hpd,hde,hpe->hp", vectors, w_o @ w_o.transpose(1, 2), vectors)
    return squares.clamp_min(0).sqrt()
