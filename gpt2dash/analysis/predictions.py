"""How the model's predictions met the text: surprisal, entropy, rank of every token."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from gpt2dash.model.gpt2 import GPT2
from gpt2dash.quantity import Quantity
from gpt2dash.trace import Trace

_CHUNK = 128
"""Positions unembedded at once: logits of 1,024 positions would take 200 MB."""


@dataclass(frozen=True)
class Predictions:
    """One value per position that has a token before it (the first token is never predicted).

    Attributes:
        surprisal: -log2 p(token | what came before), in bits.
        entropy: of the distribution the token was drawn from, in bits, full vocabulary.
        rank: 1 + the number of tokens the model found strictly more likely.
    """

    surprisal: Float[Tensor, " pos"]
    entropy: Float[Tensor, " pos"]
    rank: Int[Tensor, " pos"]


@torch.inference_mode()
def predictions(model: GPT2, resid: Float[Tensor, "pos d_model"], ids: Sequence[int]) -> Predictions:
    """Compare each token with what the stream before it predicted.

    Args:
        model: gives the final norm and the unembedding.
        resid: the residual stream after the last block, one row per token of `ids`.
        ids: the text.
    """
    targets = torch.tensor(ids[1:])
    parts = [
        _chunk(model.unembed(resid[start : start + _CHUNK]), targets[start : start + _CHUNK])
        for start in range(0, len(targets), _CHUNK)
    ]
    if not parts:
        empty = torch.empty(0)
        return Predictions(empty, empty, torch.empty(0, dtype=torch.int64))
    surprisal, entropy, rank = (torch.cat(column) for column in zip(*parts, strict=True))
    return Predictions(surprisal, entropy, rank)


def predictions_in(trace: Trace) -> Predictions:
    """The same for the text of a trace."""
    return predictions(trace.model, trace.resid_pre(trace.config.n_layer), trace.token_ids)


PREDICTIONS = Quantity(Predictions, predictions_in)
"""Surprisal, entropy and rank of every token of a run."""


def _chunk(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    logits = logits[: len(targets)]
    log_p = logits.log_softmax(dim=-1)
    hit = targets[:, None]
    surprisal = -log_p.gather(1, hit)[:, 0] / math.log(2)
    entropy = torch.special.entr(log_p.exp()).sum(dim=-1) / math.log(2)
    rank = 1 + (logits > logits.gather(1, hit)).sum(dim=-1)
    return surprisal, entropy, rank
