"""Generation: read the prompt, then one step per new token, each with the reasons for its choice."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt2dash.errors import Cancelled, InvalidInput
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2, KVCache
from gpt2dash.model.sites import Site, Tap
from gpt2dash.sampling import (
    N_LEADING,
    Candidate,
    candidates,
    draw,
    entropy,
    stages,
    uniform,
)
from gpt2dash.sampling_settings import SamplingSettings

CHUNK = 128
"""Prompt positions read between two reports of progress."""


@dataclass(frozen=True)
class Progress:
    """How many of the prompt's positions have been read."""

    done: int
    total: int


@dataclass(frozen=True)
class Step:
    """One new token and what it was chosen from.

    Attributes:
        pos: the new token's position in the text, 0 for the text's first token.
        id: the new token.
        raw: its probability before temperature and cuts.
        final: its probability in the distribution it was drawn from.
        rank: 1 + the number of tokens the model found more likely.
        entropy: of the distribution before temperature and cuts, in nats.
        final_entropy: of the distribution the token was drawn from, in nats.
        k_cut: smallest probability that top-k kept (after temperature); None when it is off.
        p_cut: smallest probability that top-p kept (after top-k); None when it is off.
        n_kept_k: tokens that could still come after top-k.
        n_kept_p: tokens that could still come after top-p.
        candidates: the 20 most likely tokens, and the chosen one if it is not among them.
    """

    pos: int
    id: int
    raw: float
    final: float
    rank: int
    entropy: float
    final_entropy: float
    k_cut: float | None
    p_cut: float | None
    n_kept_k: int
    n_kept_p: int
    candidates: tuple[Candidate, ...]


def never() -> bool:
    """Nobody cancels."""
    return False


def generate(
    model: GPT2,
    ids: Sequence[int],
    settings: SamplingSettings,
    *,
    is_cancelled: Callable[[], bool] = never,
) -> Iterator[Progress | Step]:
    """Continue `ids` token by token.

    Yields a `Progress` after each chunk of the prompt, then one `Step` per new token. The draw at
    a position depends on the seed and the position alone, so a text cut anywhere and continued
    with the same settings goes on as before.

    Raises:
        InvalidInput: at the call, before any work: no ids, an id outside the vocabulary, or more
            positions than the model reads.
        Cancelled: while iterating, at the next layer after `is_cancelled` turns true.
    """
    _refuse(model.config, ids, settings.max_new_tokens)
    return _run(model, list(ids), settings, _cancelling(is_cancelled))


def _refuse(config: GPT2Config, ids: Sequence[int], n_new: int) -> None:
    if len(ids) == 0:
        raise InvalidInput("The prompt is empty: type at least one character.")
    outside = next((token for token in ids if not 0 <= token < config.n_vocab), None)
    if outside is not None:
        raise InvalidInput(f"Token id {outside:,} is not one of this model's, 0 to {config.n_vocab - 1:,}.")
    if len(ids) + n_new > config.n_ctx:
        raise InvalidInput(_too_long(len(ids), n_new, config.n_ctx))


def _too_long(n_prompt: int, n_new: int, n_ctx: int) -> str:
    """What was asked for, the limit, and the ways to stay within it."""
    surplus, room = n_prompt + n_new - n_ctx, n_ctx - n_prompt
    ways = []
    if surplus < n_prompt:
        ways.append(f"shorten the prompt by {_tokens(surplus)}")
    if room > 0:
        ways.append(f"ask for at most {room:,} new ones")
    if not ways:
        ways.append(f"shorten the prompt to less than {_tokens(n_ctx)} and ask for fewer new ones")
    remedy = " or ".join(ways)
    more = f" and {n_new:,} more {'was' if n_new == 1 else 'were'} asked for" if n_new else ""
    return (
        f"The prompt has {_tokens(n_prompt)}{more}; this model reads at most {n_ctx:,}"
        f"{' together' if n_new else ''}. {remedy[0].upper()}{remedy[1:]}."
    )


def _tokens(n: int) -> str:
    return f"{n:,} token" if n == 1 else f"{n:,} tokens"


def _cancelling(is_cancelled: Callable[[], bool]) -> Tap:
    """A tap that asks at the entry of every layer, so that a large model stops within one layer."""

    def ask(_site: Site, _layer: int, activation: Tensor) -> Tensor:
        if is_cancelled():
            raise Cancelled
        return activation

    return Tap(frozenset({Site.RESID_PRE}), ask)


def _run(model: GPT2, ids: list[int], settings: SamplingSettings, tap: Tap) -> Iterator[Progress | Step]:
    n_prompt, end = len(ids), len(ids) + settings.max_new_tokens
    eot_id = model.config.eot_id if settings.stop_at_eot else None
    cache = KVCache(end)
    for start in range(0, n_prompt, CHUNK):
        resid = _read(model, ids[start : start + CHUNK], tap, cache)
        yield Progress(cache.length, n_prompt)
    for pos in range(n_prompt, end):
        step = _choose(model, resid, settings, pos)
        yield step
        if step.id == eot_id or pos + 1 == end:
            return
        resid = _read(model, [step.id], tap, cache)


@torch.inference_mode()
def _read(model: GPT2, ids: list[int], tap: Tap, cache: KVCache) -> Tensor:
    """The last position's residual stream, after the cached positions and `ids`."""
    device = model.unembedding.device
    return model.residual(torch.tensor([ids], device=device), tap, cache)[0, -1]


@torch.inference_mode()
def _choose(model: GPT2, resid: Tensor, settings: SamplingSettings, pos: int) -> Step:
    chances = stages(model.unembed(resid), settings)
    token = draw(chances.top_p, uniform(settings.seed, pos))
    known = candidates(chances, N_LEADING, token)
    chosen = next(candidate for candidate in known if candidate.id == token)
    return Step(
        pos=pos,
        id=token,
        raw=chosen.raw,
        final=chosen.top_p,
        rank=chosen.rank,
        entropy=entropy(chances.raw),
        final_entropy=entropy(chances.top_p),
        k_cut=chances.k_cut,
        p_cut=chances.p_cut,
        n_kept_k=chances.n_kept_k,
        n_kept_p=chances.n_kept_p,
        candidates=tuple(known),
    )
