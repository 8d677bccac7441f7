"""Both sides at once: their views, and which tokens of A and B stand for one another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpt2dash.analysis.alignment import Pairs, aligned
from gpt2dash.callbacks.side_view import SideView, side_view

_PAIR = 2

BothData = Mapping[str, Any] | None
"""What the browser publishes of both sides: each one's view as `a` and `b`, the pinned pairs as `pins`."""


@dataclass(frozen=True)
class BothViews:
    """A's view, B's, and their tokens that stand for one another."""

    a: SideView
    b: SideView
    pairs: Pairs


def both_views(data: BothData) -> BothViews | None:
    """Read what the browser sent; None with one side alone."""
    given = data or {}
    a, b = side_view(given.get("a"), "a"), side_view(given.get("b"), "b")
    return None if a is None or b is None else BothViews(a, b, _alignment(a, b, given.get("pins")))


def paired(data: BothData) -> Pairs:
    """Which tokens of A and B stand for one another; none with one side alone."""
    both = both_views(data)
    return both.pairs if both else []


def _alignment(a: SideView, b: SideView, pins: object) -> Pairs:
    """The same bytes, whatever their ids in the two models, and what a person has paired."""
    texts = [[view.lm.tokenizer.token_bytes(i) for i in view.run.ids] for view in (a, b)]
    numbers = {data: number for number, data in enumerate(sorted({*texts[0], *texts[1]}))}
    ids = [[numbers[data] for data in text] for text in texts]
    return aligned(ids[0], ids[1], _pinned(pins))


def _pinned(pins: object) -> Pairs:
    """Pairs of positions from the browser; whatever is no pair is left out."""
    found = [tuple(pin) for pin in pins if isinstance(pin, list)] if isinstance(pins, list) else []
    return [
        (pin[0], pin[1]) for pin in found if len(pin) == _PAIR and all(isinstance(pos, int) for pos in pin)
    ]
