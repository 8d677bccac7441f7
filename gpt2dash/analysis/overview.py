"""All heads at a glance: one pass over their patterns, of which small maps and measures stay."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.analysis.attention import pooled
from gpt2dash.analysis.measures import MEASURES
from gpt2dash.model.gpt2 import causal_mask
from gpt2dash.trace import Trace


@dataclass(frozen=True)
class Overview:
    """Every head of one text.

    Attributes:
        maps: each pattern in few cells.
        measures: in the order of `MEASURES`; NaN where a text has nothing to measure.
        log_sums: log of the sum that softmax divides by, of every row; any weight follows from it.
    """

    maps: Float[Tensor, "layer head cell cell"]
    measures: Float[Tensor, "measure layer head"]
    log_sums: Float[Tensor, "layer head query"]


@torch.inference_mode()
def overview(trace: Trace, n_cell: int) -> Overview:
    """Look at every head once.

    Args:
        trace: of the text.
        n_cell: cells on each side of a map, at most.
    """
    ids = torch.tensor(trace.token_ids)
    future = ~causal_mask(len(ids), len(ids), ids.device)
    maps, measures, log_sums = [], [], []
    for layer in range(trace.config.n_layer):
        scores = (trace.q(layer) * trace.config.score_scale(layer)) @ trace.k(layer).transpose(1, 2)
        scores.masked_fill_(future, -torch.inf)
        log_sum = scores.logsumexp(dim=-1)
        pattern = scores.sub_(log_sum[..., None]).exp_()
        maps.append(pooled(pattern, n_cell)[0])
        measures.append(torch.stack([measure.of(pattern, ids) for measure in MEASURES]))
        log_sums.append(log_sum)
    return Overview(torch.stack(maps), torch.stack(measures, dim=1), torch.stack(log_sums))
