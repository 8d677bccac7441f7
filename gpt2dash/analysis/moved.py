"""What heads move: a weight says how much of a value is taken, not how long the value is.

Kobayashi et al. 2020, "Attention is Not Only a Weight": the length of A v W_O. For every token at
once, `analysis.overview` tells how much each head moves to it and from it.
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
    return written_length(trace.v(layer), written_products(trace.model, layer))


def written_products(model: GPT2, layer: int) -> Float[Tensor, "head d_head d_head"]:
    """W_O W_O^T of each head: all that lengths of what it writes depend on."""
    w_o = model.get_parameter(f"h.{layer}.attn.c_proj.weight").view(
        model.config.n_head, model.config.d_head, -1
    )
    return w_o @ w_o.transpose(1, 2)


def written_length(
    vectors: Float[Tensor, "head pos d_head"], products: Float[Tensor, "head d_head d_head"]
) -> Float[Tensor, "head pos"]:
    """||x W_O|| by x (W_O W_O^T) x^T: no d_model is ever spread out."""
    return ((vectors @ products) * vectors).sum(dim=-1).clamp_min(0).sqrt()
