"""What reaches a token through all layers: attention rollout (Abnar & Zuidema 2020, section 3)."""

import torch
from jaxtyping import Float
from torch import Tensor


def rollout(mixing: Float[Tensor, "layer query key"]) -> Float[Tensor, "layer query key"]:
    """R_l = norm(A_l / 2 + I / 2) R_(l-1), the identity standing for the residual connection.

    Args:
        mixing: how each layer mixes positions, heads averaged; rows are scaled to sum to 1.

    Returns:
        For each layer, the share of every input token in every position after it. Rows sum to 1.
    """
    reached = torch.eye(mixing.shape[-1], dtype=mixing.dtype)
    layers = []
    for mixed in with_residual(mixing):
        reached = mixed @ reached
        layers.append(reached)
    return torch.stack(layers)


def with_residual(mixing: Float[Tensor, "layer query key"]) -> Float[Tensor, "layer query key"]:
    """Half of what each layer mixes, half of what stays: norm(A_l / 2 + I / 2)."""
    identity = torch.eye(mixing.shape[-1], dtype=mixing.dtype)
    return row_normalised((row_normalised(mixing) + identity) / 2)


def row_normalised(weights: Float[Tensor, "*head query key"]) -> Float[Tensor, "*head query key"]:
    """Rows scaled to sum to 1; a row of zeros stays."""
    total = weights.sum(dim=-1, keepdim=True)
    return weights / torch.where(total > 0, total, 1.0)


def norm_weighted(
    pattern: Float[Tensor, "head query key"], norms: Float[Tensor, "head key"]
) -> Float[Tensor, "query key"]:
    """How a layer mixes positions when each weight counts by the length of what it moves.

    Kobayashi et al. 2020, "Attention is Not Only a Weight": sum over heads of A ||v W_O||, rows
    scaled to sum to 1.
    """
    return row_normalised(torch.einsum("hqk,hk->qk", pattern, norms))
