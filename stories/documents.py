"""Documents: a few sections about the same people, and the stream of documents that is the text."""

from collections.abc import Callable, Iterator

from stories.agreement import agreement_section
from stories.comparing import comparisons_section, opposites_section
from stories.forms import letter, recipe, shopping, strange_section
from stories.giving import giving_section
from stories.invented import invented
from stories.pronouns import pronouns_section
from stories.sequences import sequences_section
from stories.speech import speech_section
from stories.story import questions_section, story_sections
from stories.wording import Dice, capital
from stories.world import Scene, cast

SEPARATOR = "<|endoftext|>"

# Each kind of section and its share of the sections that are not stories.
SECTIONS: tuple[tuple[str, Callable[[Scene], str], int], ...] = (
    ("giving", giving_section, 16),
    ("comparison", comparisons_section, 9),
    ("opposite", opposites_section, 9),
    ("agreement", agreement_section, 15),
    ("sequence", sequences_section, 22),
    ("speech", speech_section, 11),
    ("pronoun", pronouns_section, 9),
    ("strange", strange_section, 15),
    ("letter", letter, 5),
    ("list", shopping, 6),
    ("recipe", recipe, 3),
)
_DRAWN = tuple((kind, write) for kind, write, share in SECTIONS for _ in range(share))


def document(dice: Dice) -> list[tuple[str, str]]:
    """The sections of one document, each with its kind."""
    dice.forget()
    scene = Scene(dice, cast(dice, dice.whole(2, 5)), capital(invented(dice)))
    sections = []
    others = dice.whole(4, 8)
    if dice.chance(0.55):
        sections = [("story", paragraph) for paragraph in story_sections(scene)]
        if dice.chance(0.5):
            sections.append(("question", questions_section(scene)))
        others = dice.whole(0, 3)
    for _ in range(others):
        kind, write = dice.pick(_DRAWN)
        sections.append((kind, write(scene)))
    return sections


def documents(seed: int) -> Iterator[str]:
    """Documents without end; the same seed gives the same ones."""
    dice = Dice(seed)
    while True:
        paragraphs = [text for _, text in document(dice)]
        yield dice.pick(("\n\n", "\n\n", "\n")).join(paragraphs)


def text(seed: int, size: int) -> Iterator[str]:
    """Documents, each with its separator line, until ``size`` bytes of plain ASCII are full."""
    written = 0
    for body in documents(seed):
        piece = f"{body}\n{SEPARATOR}\n"
        if written + len(piece) > size:
            return
        written += len(piece)
        yield piece
