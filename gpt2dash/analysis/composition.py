"""Which heads read what another head writes.

Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits", section "Composition": the
Frobenius norm of the product of two heads' matrices, over the product of their norms. 0: the later
head does not see what the earlier one writes. Layer norm between them is left out, as there.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.model.gpt2 import GPT2


@dataclass(frozen=True)
class HeadWeights:
    """A layer's matrices, head by head, for row vectors: q = x W_Q, what is written = x W_V W_O."""

    w_q: Float[Tensor, "head d_model d_head"]
    w_k: Float[Tensor, "head d_model d_head"]
    w_v: Float[Tensor, "head d_model d_head"]
    w_o: Float[Tensor, "head d_head d_model"]


def head_weights(model: GPT2, layer: int) -> HeadWeights:
    """The layer's weights cut into its heads' own."""
    n_head, d_head = model.config.n_head, model.config.d_head
    joint = model.get_parameter(f"h.{layer}.attn.c_attn.weight")
    w_q, w_k, w_v = (part.reshape(-1, n_head, d_head).transpose(0, 1) for part in joint.chunk(3, dim=1))
    w_o = model.get_parameter(f"h.{layer}.attn.c_proj.weight").view(n_head, d_head, -1)
    return HeadWeights(w_q, w_k, w_v, w_o)


@torch.inference_mode()
def key_composition(model: GPT2) -> Float[Tensor, "layer head earlier_layer earlier_head"]:
    """How much of what each earlier head writes goes into each head's keys, 0 to 1; 0 for heads not earlier.

    ||W_V W_O W_K W_Q^T|| / (||W_V W_O|| ||W_K W_Q^T||). With thin factors every norm is a trace of
    d_head x d_head matrices.
    """
    n_layer, n_head = model.config.n_layer, model.config.n_head
    layers = [head_weights(model, layer) for layer in range(n_layer)]
    found = torch.zeros(n_layer, n_head, n_layer, n_head)
    for layer, later in enumerate(layers):
        for before, earlier in enumerate(layers[:layer]):
            found[layer, :, before] = _between(earlier, later)
    return found


def _between(earlier: HeadWeights, later: HeadWeights) -> Float[Tensor, "head earlier_head"]:
    values, writes = _gram(earlier.w_v), earlier.w_o @ earlier.w_o.transpose(1, 2)
    queries, keys = _gram(later.w_q), _gram(later.w_k)
    meet = torch.einsum("eam,lmb->leab", earlier.w_o, later.w_k)  # W_O W_K of every pair
    product = torch.einsum("eac,lecd,ldb,leab->le", values, meet, queries, meet)
    written, read = torch.einsum("eab,eba->e", values, writes), torch.einsum("lab,lba->l", keys, queries)
    return (product / (read[:, None] * written)).clamp_min(0).sqrt()


def _gram(factor: Float[Tensor, "head d_model d_head"]) -> Float[Tensor, "head d_head d_head"]:
    return factor.transpose(1, 2) @ factor
