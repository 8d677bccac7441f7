"""Chance and sentence frames: everything random in a text comes through here."""

import re
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import TypeVar

T = TypeVar("T")

_CHOICE = re.compile(r"\[([^\]]*)\]")


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a text, which has commas between them."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(","))


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs of words of a text, which has commas between them."""
    return tuple((first, second) for first, second in map(words, text.split(",")))


@cache
def _parts(frame: str) -> tuple[tuple[str, ...], ...]:
    """The pieces of a frame in order; each is a tuple of the ways in which it can be written."""
    pieces = _CHOICE.split(frame)
    return tuple(tuple(piece.split("|")) if index % 2 else (piece,) for index, piece in enumerate(pieces))


@cache
def article(noun_phrase: str) -> str:
    """The phrase with its article: ``a key``, ``an apple``."""
    silent = noun_phrase.startswith(("hour", "honest"))
    sounds_like_you = noun_phrase.startswith(("uni", "use", "one"))
    vowel = (noun_phrase[0].lower() in "aeiou" and not sounds_like_you) or silent
    return ("an " if vowel else "a ") + noun_phrase


def capital(text: str) -> str:
    """The text with its first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str]) -> str:
    """Items as prose: ``a cup, a map and a rope``."""
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else items[0]


class Dice:
    """A seeded source of choices, the same in every process."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random
        self._used: set[str] = set()

    def forget(self) -> None:
        """Let every frame be used again: a new document begins."""
        self._used.clear()

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self._random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[int(self._random() * len(options))]

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """``count`` different options in random order."""
        rest = list(options)
        return [rest.pop(int(self._random() * len(rest))) for _ in range(count)]

    def write(self, frames: Sequence[str], **slots: object) -> str:
        """One of the frames, its ``[this|that]`` chosen and its ``{slots}`` filled.

        A frame that the document already has is drawn again, at most three times.
        """
        frame = self.pick(frames)
        for _ in range(3):
            if frame in self._used:
                frame = self.pick(frames)
        self._used.add(frame)
        parts = _parts(frame)
        chosen = "".join(ways[0] if len(ways) == 1 else self.pick(ways) for ways in parts)
        return capital(chosen.format(**slots))
