"""What a training step reads: windows of several texts by their shares, some of them made to be copied."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gpt2dash.training.corpus import Ids
from gpt2dash.training.stages import Stage

NOT_COUNTED = -100
"""A target that adds nothing to the loss; PyTorch's cross entropy leaves out this number."""

_SHORTEST_PERIOD = 8
_FLATTENED = 0.5

Targets = npt.NDArray[np.int64]


class Batch(NamedTuple):
    """One step's windows: ids, and the token after each of them or NOT_COUNTED; both (window, pos)."""

    ids: Targets
    targets: Targets


@dataclass(frozen=True)
class Mixture:
    """Texts as ids, and the share of the windows that each gives.

    Attributes:
        texts: each longer than a window.
        shares: one for each text; they add up to 1.
        frequencies: probability of each token id in passages that are made to be copied.
    """

    texts: Sequence[Ids]
    shares: Sequence[float]
    frequencies: npt.NDArray[np.float64]

    def windows(self, n_window: int, length: int, rng: np.random.Generator) -> Ids:
        """Runs of `length` tokens, each from one text."""
        chosen = rng.choice(len(self.texts), size=n_window, p=self.shares)
        starts = rng.random(n_window)
        return np.stack(
            [
                _run(self.texts[text], start, length)
                for text, start in zip(chosen.tolist(), starts.tolist(), strict=True)
            ]
        )


def mix(texts: Sequence[Ids], shares: Sequence[float] | None, n_vocab: int, eot_id: int | None) -> Mixture:
    """Texts by shares, or by their lengths where none are given.

    Args:
        texts: as ids.
        shares: relative to one another.
        n_vocab: token ids there are.
        eot_id: end-of-text, which is never copied.
    """
    weights = np.array([len(ids) for ids in texts] if shares is None else shares, dtype=float)
    parts = weights / weights.sum()
    counts = np.zeros(n_vocab)
    for ids, part in zip(texts, parts, strict=True):
        counts += part * np.bincount(ids, minlength=n_vocab) / len(ids)
    if eot_id is not None:
        counts[eot_id] = 0.0
    flattened = counts**_FLATTENED
    return Mixture(texts, parts.tolist(), flattened / flattened.sum())


def batch_of(mixture: Mixture, stage: Stage, step: int, seed: int) -> Batch:
    """The windows of one step: a function of (seed, step) alone, so that a resumed run repeats it."""
    rng = np.random.default_rng([seed, step])
    ids = mixture.windows(stage.batch, stage.window + 1, rng).astype(np.int64)
    targets = ids[:, 1:].copy()
    for row in np.flatnonzero(rng.random(stage.batch) < stage.copies):
        ids[row], targets[row] = _copied(mixture.frequencies, stage.window, rng)
    return Batch(ids[:, :-1], targets)


def _run(ids: Ids, start: float, length: int) -> Ids:
    first = int(start * (len(ids) - length + 1))
    return ids[first : first + length]


def _copied(
    frequencies: npt.NDArray[np.float64], window: int, rng: np.random.Generator
) -> tuple[Targets, Targets]:
    """A passage of random tokens said to the end of the window, and what of it can be known.

    Rare tokens come more often than in the text (its frequencies to the power of a half): copying is
    worth more, the less can be guessed. Only from the second token of the second time on has the
    passage been heard before; what cannot be known is not counted, or it would teach noise.
    """
    period = int(rng.integers(_SHORTEST_PERIOD, window // 2))
    passage = rng.choice(len(frequencies), size=period, p=frequencies)
    ids = np.resize(passage, window + 1)
    targets = ids[1:].copy()
    targets[:period] = NOT_COUNTED
    return ids, targets
