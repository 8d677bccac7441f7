"""Held-out test cases: a prompt, the continuations that are right and those that are wrong.

Every case is made of what the stories never contain (``stories.heldout``). They come in a fixed order with
fixed names, so that the file of cases changes only when this module or its material does.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import product

from stories import heldout
from stories.invented import held_invented
from stories.sequences import ORDERS
from stories.wording import Dice, capital
from stories.words import COMPARATIVES, FEMALE, MALE

_SEED = 20


@dataclass(frozen=True, slots=True)
class Case:
    """A prompt that never ends in a space; the continuations begin with theirs."""

    behaviour: str
    prompt: str
    right: tuple[str, ...]
    wrong: tuple[str, ...] = ()


def _held_pair(dice: Dice, held_names: bool) -> tuple[str, str]:
    """Two names that never meet in the stories, or that are not in the stories at all."""
    if held_names:
        first, second = dice.some(heldout.HELD_FEMALE + heldout.HELD_MALE, 2)
        return first, second
    first, second = dice.some(FEMALE + MALE, 2)
    while not heldout.is_held_pair(first, second):
        first, second = dice.some(FEMALE + MALE, 2)
    return first, second


def _giving(dice: Dice) -> Iterator[Case]:
    """Each frame in both orders; in one case of three the names are held out."""
    for frame, giver_first, turn in product(heldout.GIVING_FRAMES, (True, False), range(6)):
        a, b = _held_pair(dice, held_names=turn % 3 == 2)
        giver, receiver = (a, b) if giver_first else (b, a)
        place, gift = dice.pick(heldout.GIVING_PLACES), dice.pick(heldout.GIVING_GIFTS)
        prompt = frame.format(a=a, b=b, s=giver, place=place, gift=gift)
        yield Case("giving", prompt, (f" {receiver}",), (f" {giver}",))


def _pronouns(dice: Dice) -> Iterator[Case]:
    """Each frame with women and men in turn; in one case of four the name is held out."""
    for frame, female in product(heldout.PRONOUN_FRAMES, (True, False)):
        known, held = (FEMALE, heldout.HELD_FEMALE) if female else (MALE, heldout.HELD_MALE)
        right, wrong = (" she", " he") if female else (" he", " she")
        for name in (*dice.some(known, 3), dice.pick(held)):
            yield Case("pronoun", frame.format(a=name), (right,), (wrong,))


def _inventions(dice: Dice) -> Iterator[Case]:
    """Names of seven letters and more, which no vocabulary has in one piece."""
    for frame, _ in product(heldout.INVENTED_FRAMES, range(8)):
        name = held_invented(dice)
        while len(name) < 7:
            name = held_invented(dice)
        yield Case("invented name", frame.format(n=capital(name)), (f" {capital(name)}",))


def _sequences(_: Dice) -> Iterator[Case]:
    """Runs of three to six from the held-out starts, in the held-out frames."""
    for kind, frames in heldout.SEQUENCE_FRAMES.items():
        order, starts = ORDERS[kind], heldout.HELD_STARTS[kind]
        lengths = (3, 4, 5, 6) if len(starts) == 2 else (3, 4, 5)
        for frame, start, length in product(frames, starts, lengths):
            run = [order[(start + step) % len(order)] for step in range(length + 1)]
            prompt = frame.format(run="".join(f"{item}, " for item in run[:-1])).rstrip()
            yield Case("sequence", prompt, (f" {run[-1]}",))


def _agreement(_: Dice) -> Iterator[Case]:
    """The attractor always has the other number than the head."""
    verbs = ((" is", " are"), (" was", " were"), (" has", " have"))
    cases = product(heldout.AGREEMENT_FRAMES, heldout.AGREEMENT_PAIRS)
    for turn, (frame, (one, many, prep, other, others)) in enumerate(cases):
        singular, plural = verbs[(turn + turn // len(heldout.AGREEMENT_PAIRS)) % 3]
        prompt = frame.format(head=one, prep=prep, attractor=others)
        yield Case("agreement", prompt, (singular,), (plural,))
        prompt = frame.format(head=many, prep=prep, attractor=other)
        yield Case("agreement", prompt, (plural,), (singular,))


def _closing(dice: Dice) -> Iterator[Case]:
    """A quotation and an aside, said a second time and complete but for their closing mark."""
    quotes = ('."', ',"', '"', '!"', '?"', ';"')
    for frame, line, _ in product(heldout.CLOSING_QUOTE_FRAMES, heldout.SPOKEN_LINES, range(3)):
        a, b = _held_pair(dice, held_names=False)
        yield Case("closing", frame.format(a=a, b=b, line=line), quotes)
    brackets = (")", "),", ").", ");", "):")
    for frame, phrase, _ in product(heldout.CLOSING_BRACKET_FRAMES, heldout.BRACKETED, range(3)):
        a, b = _held_pair(dice, held_names=False)
        yield Case("closing", frame.format(a=a, b=b, phrase=phrase), brackets)


def _opposites(_: Dice) -> Iterator[Case]:
    """Both directions of the pairs that the stories keep out of these frames."""
    for frame, pair in product(heldout.OPPOSITE_FRAMES, heldout.HELD_OPPOSITES):
        for x, y in (pair, pair[::-1]):
            right = (f" {y}", *(f" {word}" for word in heldout.ALSO_OPPOSITE.get(x, ())))
            yield Case("opposite", frame.format(x=x), right, (f" {x}",))


def _comparisons(dice: Dice) -> Iterator[Case]:
    """Who has more of it and who has less: the first named is right as often as the second."""
    for turn, (frame, pair) in enumerate(product(heldout.COMPARISON_FRAMES, COMPARATIVES)):
        more, less = pair if turn % 2 else pair[::-1]
        a, b = _held_pair(dice, held_names=turn % 3 == 2)
        right, wrong = (a, b) if frame.endswith("{more} one is") else (b, a)
        prompt = frame.format(a=a, b=b, more=more, less=less)
        yield Case("opposite", prompt, (f" {right}",), (f" {wrong}",))


_BEHAVIOURS: tuple[Callable[[Dice], Iterator[Case]], ...] = (
    *(_giving, _pronouns, _inventions, _sequences, _agreement, _closing, _opposites, _comparisons),
)


def cases() -> Iterator[Case]:
    """All cases; each behaviour has dice of its own, so that a change in one leaves the others alone."""
    for turn, behaviour in enumerate(_BEHAVIOURS):
        yield from behaviour(Dice(_SEED + turn))


def case_lines() -> Iterator[str]:
    """Each case as a line of JSON."""
    for case in cases():
        yield json.dumps(asdict(case)) + "\n"
