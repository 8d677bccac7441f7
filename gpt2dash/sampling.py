"""From logits to one token: temperature, then top-k, then top-p, then one draw.

Every stage is a distribution over the full vocabulary, so that the page can show each candidate
before and after each of them. Order is by logit; equal logits are ordered by id, lower first.
Top-p is nucleus sampling (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration").
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from gpt2dash.errors import UnusableCheckpoint
from gpt2dash.sampling_settings import SamplingSettings

N_LEADING = 20
"""The most likely tokens that are put in order at every step."""


@dataclass(frozen=True)
class Stages:
    """The distribution of the next token after each stage; each sums to 1.

    Attributes:
        logits: what the model gave.
        order: the most likely ids, most likely first: at least 20 of them, or the whole vocabulary.
        raw: softmax of the logits.
        tempered: after temperature.
        top_k: after top-k, renormalised.
        top_p: after top-p, renormalised; the token is drawn from this one.
        n_kept_k: tokens with a probability above 0 after top-k.
        n_kept_p: the same after top-p.
        dropped_k: tempered probability that top-k took away, 0 to 1.
        dropped_p: top-k probability that top-p took away, 0 to 1.
        k_cut: smallest tempered probability that top-k kept; None when it is off.
        p_cut: smallest top-k probability that top-p kept; None when it is off.
    """

    logits: Float[Tensor, " vocab"]
    order: Int[Tensor, " n"]
    raw: Float[Tensor, " vocab"]
    tempered: Float[Tensor, " vocab"]
    top_k: Float[Tensor, " vocab"]
    top_p: Float[Tensor, " vocab"]
    n_kept_k: int
    n_kept_p: int
    dropped_k: float
    dropped_p: float
    k_cut: float | None
    p_cut: float | None


@dataclass(frozen=True)
class _Cut:
    """One distribution after some of its tokens were dropped."""

    probabilities: Tensor
    n_kept: int
    dropped: float = 0.0
    smallest: float | None = None


def stages(logits: Float[Tensor, " vocab"], settings: SamplingSettings) -> Stages:
    """Temperature, then top-k, then top-p, over the whole vocabulary.

    Temperature 0 gives all mass to the highest logit. A logit of -inf is a token that cannot come.

    Raises:
        UnusableCheckpoint: the logits hold NaN or +inf, or none is finite.
    """
    raw = logits.softmax(dim=-1)
    if raw[0].isnan():  # one NaN or +inf among the logits makes every probability NaN
        raise UnusableCheckpoint(
            "This model's output is not a number; its weights are damaged or overflow. Choose another model."
        )
    order = leading(logits, max(settings.top_k, N_LEADING))
    tempered = _temper(logits, order, raw, settings.temperature)
    by_k = _keep_k(order, tempered, settings.top_k)
    by_p = _keep_p(logits, order, by_k, settings.top_p)
    return Stages(
        logits=logits,
        order=order,
        raw=raw,
        tempered=tempered,
        top_k=by_k.probabilities,
        top_p=by_p.probabilities,
        n_kept_k=by_k.n_kept,
        n_kept_p=by_p.n_kept,
        dropped_k=by_k.dropped,
        dropped_p=by_p.dropped,
        k_cut=by_k.smallest,
        p_cut=by_p.smallest,
    )


def leading(logits: Float[Tensor, " vocab"], n: int) -> Int[Tensor, " n"]:
    """Ids of the `n` highest logits (all if there are fewer), highest first, equal ones by lower id."""
    border = logits.topk(min(n, len(logits))).values[-1]
    ids = (logits >= border).nonzero().squeeze(-1)
    order = logits[ids].sort(descending=True, stable=True).indices
    return ids[order[:n]]


def _temper(logits: Tensor, order: Tensor, raw: Tensor, temperature: float) -> Tensor:
    if temperature == 0:
        return torch.zeros_like(raw).index_fill_(0, order[:1], 1.0)
    if temperature == 1:
        return raw
    # The subtraction first, and the floor, so that no tiny temperature makes inf - inf or 0 / 0.
    floor = torch.finfo(logits.dtype).tiny
    return ((logits - logits[order[0]]) / max(temperature, floor)).softmax(dim=-1)


def _keep_k(order: Tensor, tempered: Tensor, k: int) -> _Cut:
    if k == 0:
        return _Cut(tempered, n_kept=int(tempered.count_nonzero()))
    return _keep(tempered, order[:k])


def _keep_p(logits: Tensor, order: Tensor, by_k: _Cut, p: float) -> _Cut:
    """The smallest prefix of the tokens in order whose mass reaches p: at least one token."""
    if p == 1:
        return _Cut(by_k.probabilities, by_k.n_kept)
    for n in (len(order), 1_024, by_k.n_kept):  # the whole vocabulary is put in order only if it must be
        ids = order[:n] if n <= len(order) else leading(logits, min(n, by_k.n_kept))
        mass = by_k.probabilities[ids].cumsum(dim=0, dtype=torch.float64)
        if mass[-1] >= p:
            break
    return _keep(by_k.probabilities, ids[: int(torch.searchsorted(mass, p)) + 1])


def _keep(probabilities: Tensor, ids: Tensor) -> _Cut:
    """Renormalise what `ids` hold; everything else becomes 0."""
    kept = probabilities[ids]
    mass = kept.sum(dtype=torch.float64)
    result = torch.zeros_like(probabilities)
    result[ids] = (kept / mass).to(probabilities.dtype)
    possible = kept[kept > 0]
    return _Cut(result, len(possible), max(0.0, 1.0 - float(mass)), float(possible.min()))


def uniform(seed: int, pos: int) -> float:
    """A number in [0, 1) that depends on the seed and the position in the text alone.

    Philox (Salmon et al. 2011) computes it from a counter, so there is no generator to share or
    to rewind: going back to a position and on again draws the same numbers.
    """
    return float(np.random.Generator(np.random.Philox(key=seed, counter=pos)).random())


def draw(probabilities: Float[Tensor, " vocab"], u: float) -> int:
    """The id at which the cumulative sum, in id order, first exceeds `u` (0 to 1) of the total.

    An id of probability 0 is never drawn, not even at u = 0 or u = 1.
    """
    cumulative = probabilities.cumsum(dim=0, dtype=torch.float64)
    total = cumulative[-1]
    last_possible = torch.searchsorted(cumulative, total)
    return int(torch.minimum(torch.searchsorted(cumulative, u * total, right=True), last_possible))


@dataclass(frozen=True)
class Candidate:
    """One token's probability at each stage (0 once it is cut) and its rank by logit, 1 = highest."""

    id: int
    raw: float
    tempered: float
    top_k: float
    top_p: float
    rank: int


def candidates(stages: Stages, n: int, include: int | None = None) -> list[Candidate]:
    """The `n` most likely tokens before all stages, most likely first; `include` last if not among them."""
    ids = stages.order[:n] if n <= len(stages.order) else leading(stages.logits, n)
    among = stages.logits[ids]
    ranks = (1 + (among > among.unsqueeze(-1)).sum(dim=-1)).tolist()
    if include is not None and include not in ids.tolist():
        ids = torch.cat([ids, ids.new_tensor([include])])
        ranks.append(rank(stages.logits, include))
    columns = (part[ids].tolist() for part in (stages.raw, stages.tempered, stages.top_k, stages.top_p))
    return [Candidate(*row) for row in zip(ids.tolist(), *columns, ranks, strict=True)]


def entropy(probabilities: Float[Tensor, " vocab"]) -> float:
    """Sum of p ln(1/p) in nats, with 0 ln(1/0) = 0."""
    tiny = torch.finfo(probabilities.dtype).tiny
    return float(probabilities.dot(probabilities.clamp_min(tiny).reciprocal().log()))


def rank(logits: Float[Tensor, " vocab"], token: int) -> int:
    """1 + the number of logits strictly greater than the token's."""
    return 1 + int((logits > logits[token]).count_nonzero())
