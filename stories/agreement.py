"""Subjects and verbs that agree across the words between them."""

from stories.wording import Dice, pairs, phrases, words
from stories.world import Scene

_PAIRS_OF = phrases(
    """
    window house, door room, leaf tree, page book, wheel cart, leg table, wall garden, handle door,
    branch tree, colour boat, name river, price ticket, owner shop, end story, side road, song bird,
    sound drum, smell flower, lid pot, corner street, cover book, tail horse, nest bird, seat boat,
    voice child, friend teacher, sister farmer, son miller, daughter king, picture lake, shape cloud,
    size stone, taste apple, light star
    """
)
_PAIRS_AT = phrases(
    """
    man near gate, woman beside horse, girl with kite, child behind tree, cat under table, bird above
    roof, tree by lake, book on chair, plate on table, lamp beside bed, boat near island, farmer with
    cow, teacher beside pupil, flower in vase, fish in pond, sheep behind wall, mouse under floor, coin
    in purse, house beside mill, shop across street, toy in box, stone under bridge, chair beside
    window, shoe under bench, sailor on ship, duck on pond, road between village, hat on hook, garden
    behind house, clock above door
    """
)
_IRREGULAR = dict(
    pairs("""
        leaf leaves, man men, woman women, child children, fish fish, sheep sheep, mouse mice, box boxes,
        match matches, branch branches, story stories, country countries, bench benches, wolf wolves, knife
        knives
        """)
)
# Words that do not show their number would teach nothing.
_SAME = ("fish", "sheep", "smell", "taste", "light")


def plural(noun: str) -> str:
    """More than one of it."""
    return _IRREGULAR.get(noun) or noun + "s"


def _entries() -> tuple[tuple[str, str, str], ...]:
    of = [(head, "of", attractor) for head, attractor in (pair.split() for pair in _PAIRS_OF)]
    at = [(head, prep, attractor) for head, prep, attractor in (pair.split() for pair in _PAIRS_AT)]
    return tuple(entry for entry in of + at if entry[0] not in _SAME)


PAIRS = _entries()
_PEOPLE = words(
    """
    man woman girl child farmer teacher sailor friend sister son daughter owner cat bird mouse duck
    """
)
_ABSTRACT = words("colour name price end side song sound corner voice shape size")
FRAMES = (
    "The {subject} {verb}.",
    "The {subject} {verb}.",
    "[Today|This year|In the evening|In the morning|As always,] the {subject} {verb}.",
    "[I think|You can see|They say|{a} says|{a} thinks|It is true] that the {subject} {verb}.",
    "{a} told {b} that the {subject} {verb}.",
    '"The {subject} {verb}," said {a}.',
    "Why {be} the {subject} so [important|dear to us|strange]? Nobody knows.",
    'When {a} came home, {b} asked, "Why {be} the {subject} so [important|dear to you|strange]?"',
    "The {subject} {verb}, but the {other} {verb2}.",
    "The {subject} {verb}, and so {be} the {other}.",
)
_PREDICATES = {
    "person": phrases(
        """
        tired, happy, here, very old, asleep, not at home, in a hurry, well known in the town, hungry, kind
        """
    ),
    "thing": phrases(
        """
        old, new, clean, very small, not for sale, in the way, still here, quite large, worth seeing
        """
    ),
    "abstract": phrases(
        """
        strange, well known, important, not what we thought, always the same, different today, the best
        """
    ),
}
_HAVES = {
    "person": phrases(
        """
        no time, a long way to go, work to do, seen the king, gone home, been away, come back, lost the way
        """
    ),
    "thing": phrases(
        """
        been sold, been here for years, no marks, been cleaned, a strange shape, a blue spot, no name
        """
    ),
    "abstract": phrases(
        """
        changed, been forgotten, been written down, surprised us all, stayed the same, no meaning
        """
    ),
}
_ADJECTIVES = ("", "", "", "old ", "little ", "big ", "other ")


def _kind(head: str) -> str:
    return "person" if head in _PEOPLE else "abstract" if head in _ABSTRACT else "thing"


def _phrase(dice: Dice, like: str = "") -> tuple[str, str, bool]:
    """A subject with a phrase after it, the kind of its head, and whether the head is plural."""
    head, prep, attractor = dice.pick(PAIRS)
    while like and _kind(head) != like:
        head, prep, attractor = dice.pick(PAIRS)
    many, others = dice.chance(0.5), dice.chance(0.5)
    kind = _kind(head)
    adjective = dice.pick(_ADJECTIVES) if kind != "abstract" else ""
    words = plural(head) if many else head
    after = plural(attractor) if others or prep == "between" else attractor
    return f"{adjective}{words} {prep} the {dice.pick(_ADJECTIVES)}{after}", kind, many


def _verb(dice: Dice, kind: str, many: bool) -> str:
    turn = dice.whole(0, 9)
    if turn < 4:
        return f"{'are' if many else 'is'} {dice.pick(_PREDICATES[kind])}"
    if turn < 7:
        return f"{'were' if many else 'was'} {dice.pick(_PREDICATES[kind])}"
    return f"{'have' if many else 'has'} {dice.pick(_HAVES[kind])}"


def agreement(scene: Scene) -> str:
    """A sentence whose verb agrees with a noun some words before it."""
    dice = scene.dice
    a, b = scene.two()
    subject, kind, many = _phrase(dice)
    other, kind2, many2 = _phrase(dice, like=kind)
    frame = dice.pick(FRAMES)
    verb = _verb(dice, kind, many)
    be = "are" if many else "is"
    if "{be}" in frame:
        be = be if "Why" in frame else "are" if many2 else "is"
        verb = f"{'are' if many else 'is'} {dice.pick(_PREDICATES[kind][:3])}"
    verb2 = _verb(dice, kind2, many2)
    return dice.write((frame,), a=a, b=b, subject=subject, verb=verb, other=other, verb2=verb2, be=be)


def agreement_section(scene: Scene) -> str:
    """A few such sentences."""
    lines = [agreement(scene) for _ in range(scene.dice.whole(3, 6))]
    return scene.dice.pick((" ", " ", "\n")).join(lines)
