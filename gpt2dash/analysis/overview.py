"""All heads at a glance: one fused pass over their patterns, of which small maps and numbers stay.

A pattern is never whole here: some queries at a time meet the keys before them, so that what they
attend to stays in the processor's cache, and the future is not computed. `measures.MEASURES` says
what the numbers are; a test holds this pass to those definitions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from gpt2dash.analysis.attention import groups
from gpt2dash.analysis.heads import dealt_deviation
from gpt2dash.analysis.measures import MEASURES
from gpt2dash.analysis.moved import written_length, written_products
from gpt2dash.analysis.targets import Targets
from gpt2dash.edit import edited
from gpt2dash.model.gpt2 import causal_mask
from gpt2dash.model.sites import Site
from gpt2dash.quantity import Quantity
from gpt2dash.trace import Trace

CELLS = 32
"""Cells on each side of a map."""

_QUERIES = 128
_NEVER = -1e30
"""The score of a key in the future: as good as -inf, but 0 times it is 0."""


@dataclass(frozen=True)
class Overview:
    """Every head of one text.

    Attributes:
        maps: each pattern in few cells.
        measures: in the order of `MEASURES`; NaN where a text has nothing to measure.
        deviations: of the same under the null of `heads.dealt_deviation`; NaN for measures of shape.
        chance: of the same, for a head that looks everywhere alike.
        moved_to: ||z_q W_O|| with z_q = sum_k A[q, k] v_k, how long what each head adds at each token is.
        moved_from: mean over later tokens q of A[q, k] ||v_k W_O||, how much each head takes from
            each token; 0 for the last, and nothing is taken where z is edited.
    """

    maps: Float[Tensor, "layer head cell cell"]
    measures: Float[Tensor, "measure layer head"]
    deviations: Float[Tensor, "measure layer head"]
    chance: Float[Tensor, " measure"]
    moved_to: Float[Tensor, "layer head query"]
    moved_from: Float[Tensor, "layer head key"]


@dataclass(frozen=True)
class _Rows:
    """What stays of the rows of a layer's patterns.

    Attributes:
        entropy: in nats.
        distance: mean distance to the keys, in tokens.
        square: sum of the squared weights.
        on_target: weight on the keys of each set of targets.
        cells: weight in each group of keys.
        gathered: the values, weighted and summed.
        looked_at: weight on each key by later queries that gather from it, summed; one row for all of these.
    """

    entropy: Float[Tensor, "head query"]
    distance: Float[Tensor, "head query"]
    square: Float[Tensor, "head query"]
    on_target: Float[Tensor, "head query target"]
    cells: Float[Tensor, "head query cell"]
    gathered: Float[Tensor, "head query d_head"]
    looked_at: Float[Tensor, "head part key"]


@torch.inference_mode()
def overview(trace: Trace, n_cell: int = CELLS) -> Overview:
    """Look at every head once.

    Args:
        trace: of the text.
        n_cell: cells on each side of a map, at most.
    """
    ids = torch.tensor(trace.token_ids)
    wanted = [measure.targets(ids) if measure.targets else None for measure in MEASURES]
    targets = [where for where in wanted if where is not None]
    rows, columns, _ = groups(len(ids), len(ids), n_cell)
    layers = [_layer(trace, layer, columns, targets) for layer in range(trace.config.n_layer)]
    mean_rows = (rows / rows.sum(dim=0)).T
    return Overview(
        torch.stack([mean_rows @ layer.cells for layer in layers]),
        torch.stack([_measures(layer, targets) for layer in layers], dim=1),
        torch.stack([_deviations(layer, wanted) for layer in layers], dim=1),
        torch.tensor([measure.chance(ids) for measure in MEASURES]),
        *_moved(trace, layers),
    )


OVERVIEW = Quantity(Overview, overview)
"""Maps and measures of every head on a run."""


def _measures(rows: _Rows, targets: Sequence[Targets]) -> Float[Tensor, "measure head"]:
    """Shapes first, shares after them, as in `MEASURES`."""
    has_target = torch.stack([where.any(dim=-1) for where in targets]).sum(dim=-1)
    shares = rows.on_target.sum(dim=1).T / has_target[:, None]
    entropy, span = rows.entropy.mean(dim=-1) / math.log(2), rows.entropy.exp().mean(dim=-1)
    return torch.stack([entropy, span, rows.distance.mean(dim=-1), *shares])


def _deviations(rows: _Rows, wanted: Sequence[Targets | None]) -> Float[Tensor, "measure head"]:
    unknown = torch.full(rows.square.shape[:1], torch.nan)
    return torch.stack(
        [unknown if where is None else dealt_deviation(rows.square, where) for where in wanted]
    )


def _moved(
    trace: Trace, layers: Sequence[_Rows]
) -> tuple[Float[Tensor, "layer head query"], Float[Tensor, "layer head key"]]:
    """Lengths that each head adds at each token, and takes from each on average."""
    to, taken = [], []
    for layer, rows in enumerate(layers):
        products = written_products(trace.model, layer)
        looked_at = rows.looked_at.sum(dim=1)
        n_later = torch.arange(looked_at.shape[-1] - 1, -1, -1)
        to.append(written_length(edited(trace.edits, Site.Z, layer, rows.gathered), products))
        taken.append(looked_at / n_later.clamp_min(1) * written_length(trace.v(layer), products))
    return torch.stack(to), torch.stack(taken)


def _layer(trace: Trace, layer: int, columns: Float[Tensor, "key cell"], targets: Sequence[Targets]) -> _Rows:
    q, k = trace.q(layer) * trace.config.score_scale(layer), trace.k(layer).transpose(1, 2)
    sums_over = torch.cat([columns, torch.arange(len(columns)).float()[:, None]], dim=1)
    sums_over = torch.cat([sums_over.expand(len(q), -1, -1), trace.v(layer)], dim=2)
    gathers = trace.gathers(layer)
    blocks = []
    for start in range(0, len(columns), _QUERIES):
        stop = min(start + _QUERIES, len(columns))
        scores = q[:, start:stop] @ k[:, :, :stop]
        future = ~causal_mask(stop - start, stop - start, scores.device)
        scores[:, :, start:].masked_fill_(future, _NEVER)
        there = [where[start:stop] for where in targets]
        blocks.append(_block(scores, sums_over, columns.shape[1], there, gathers[:, start:stop]))
    parts = ([getattr(block, field.name) for block in blocks] for field in fields(_Rows))
    return _Rows(*(torch.cat(part, dim=1) for part in parts))


def _block(
    scores: Float[Tensor, "head query key"],
    sums_over: Float[Tensor, "head all_keys sum"],
    n_cell: int,
    targets: Sequence[Bool[Tensor, "query all_keys"]],
    gathers: Float[Tensor, "head query"],
) -> _Rows:
    """Rows of some queries, the last keys being their own; overwrites the scores.

    With e = exp(s - max): total = sum e, entropy = log total - (sum e (s - max)) / total. The sums
    over keys are one product: with the groups of keys, their positions, and the values.
    """
    _, n_query, n_key = scores.shape
    first_query = n_key - n_query
    exps = scores.sub_(scores.amax(dim=-1, keepdim=True)).exp()
    sums = exps @ sums_over[:, :n_key]
    total = sums[..., :n_cell].sum(dim=-1, keepdim=True)
    cells, far, gathered = (sums / total).tensor_split((n_cell, n_cell + 1), dim=-1)
    on_target = torch.stack([_on(exps, where.nonzero(as_tuple=True)) for where in targets], dim=-1) / total
    entropy = total.log()[..., 0] - scores.mul_(exps).sum(dim=-1) / total[..., 0]
    square = torch.linalg.vector_norm(exps, dim=-1).square() / total[..., 0].square()
    exps.diagonal(first_query, 1, 2).zero_()  # from here on, later queries only
    looked_at = (gathers[..., None] / total).transpose(1, 2) @ exps
    return _Rows(
        entropy=entropy,
        distance=first_query + torch.arange(n_query) - far[..., 0],
        square=square,
        on_target=on_target,
        cells=cells,
        gathered=gathered,
        looked_at=torch.nn.functional.pad(looked_at, (0, sums_over.shape[1] - n_key)),
    )


def _on(
    exps: Float[Tensor, "head query key"], places: tuple[Int[Tensor, " pair"], ...]
) -> Float[Tensor, "head query"]:
    """Each row's sum over its targets."""
    query, key = places
    return torch.zeros(exps.shape[:2]).index_add_(1, query, exps[:, query, key])
