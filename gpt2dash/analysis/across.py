"""How positions are mixed layer by layer, the input of rollout and flow."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.analysis.moved import write_norms
from gpt2dash.analysis.rollout import norm_weighted, rollout
from gpt2dash.quantity import Quantity
from gpt2dash.trace import Trace

MOST_FOR_FLOW = 192
"""Tokens up to which flow is computed: the time grows with their square, to 1.5 s in 12 layers."""


@dataclass(frozen=True)
class Rollouts:
    """What of each input token reaches each position after the last layer; rows sum to 1.

    Attributes:
        plain: heads averaged.
        weighted: every weight times the length of what its head writes.
    """

    plain: Float[Tensor, "query key"]
    weighted: Float[Tensor, "query key"]


def rollouts(trace: Trace) -> Rollouts:
    """Rollout by weights alone, and by the lengths of what is moved."""
    return Rollouts(*(rollout(mixed)[-1] for mixed in mixing(trace)))


ROLLOUTS = Quantity(Rollouts, rollouts)
"""What reaches each position of a run through all layers."""


@torch.inference_mode()
def mixing(trace: Trace) -> tuple[Float[Tensor, "layer query key"], Float[Tensor, "layer query key"]]:
    """Each layer's mean pattern over its heads; the same, weighted by the length of what each writes.

    A head whose z is edited looks where its pattern says, but carries nothing from there.
    """
    plain, weighted = [], []
    for layer in range(trace.config.n_layer):
        patterns = torch.stack([trace.pattern(layer, head) for head in range(trace.config.n_head)])
        carried = patterns * trace.gathers(layer)[..., None]
        plain.append(carried.mean(dim=0))
        weighted.append(norm_weighted(carried, write_norms(trace, layer)))
    return torch.stack(plain), torch.stack(weighted)
