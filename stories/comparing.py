"""Comparisons between people, and opposites."""

from stories.heldout import HELD_OPPOSITES
from stories.wording import Dice
from stories.words import COMPARATIVES, OPPOSITES, OTHER_OPPOSITES
from stories.world import Person, Scene

# {a} is {more} than {b}, so {b} is {less} than {a}.
FRAMES = (
    "{a} is {more} than {b}. {b} is {less} than {a}.",
    "{a} is {more} than {b}, so {b} is {less} than {a}.",
    "{b} is {less} than {a}, so {a} is {more} than {b}.",
    "{a} is {more} than {b}, so the {more} of the two is {a}.",
    "{a} is {more} than {b}, so the {less} of the two is {b}.",
    "{b} is {less} than {a}, so the {more} of the two is {a}.",
    "Of {a} and {b}, the {more} is {a} and the {less} is {b}.",
    "Of {b} and {a}, the {more} is {a} and the {less} is {b}.",
    "{a} is {more} than {b}. Who is {more}? {a} is {more}. Who is {less}? {b} is {less}.",
    "{a} is {more} than {b}. Who is {less}? {b} is {less}. Who is {more}? {a} is {more}.",
    "{b} is {less} than {a}. Question: Who is {more}? Answer: {a}.",
    "{a} is {more} than {b}. Question: Who is {less}? Answer: {b}.",
    "{a} is {more} than {b}. Question: Who is {more}? Answer: {a}.",
    '"Which of us is {less}?" asked {b}. "You are {less}, and I am {more}," said {a}.',
    "[Look at|Think of|Here are] {a} and {b}. {a} is the {more} one, and {b} is the {less} one.",
    "{a} was {more} than {b}. The {less} of them, {b}, did not mind.",
    "{a} was {more} than {b}. The {more} of them, {a}, was proud.",
    "{b} was not {more} than {a}. {b} was {less}.",
    "Between {a} and {b}, it is {a} who is {more} and {b} who is {less}.",
    "One of them is {more}. It is {a}. The other is {less}. It is {b}.",
    "People say {a} is {more} than {b}. That is true: {b} is {less}.",
)
AMONG_THREE = (
    "{a} is {more} than {b}, and {b} is {more} than {c}. So {a} is {more} than {c}.",
    "{a} is {more} than {b}. {b} is {more} than {c}. {c} is {less} than {a}.",
    "{c} is {less} than {b}, and {b} is {less} than {a}. So {c} is {less} than {a}.",
)
AGES = (
    "{a} is {x} years old and {b} is {y}. {a} is older than {b}.",
    "{b} is {y} years old and {a} is {x}. {b} is younger than {a}.",
    "{a} is {x}. {b} is {y}. So the older is {a} and the younger is {b}.",
)

# The frames from which the held-out pairs are kept, and those that take every pair.
OPPOSITE_OF = (
    "The opposite of {x} is {y}.",
    "The opposite of {x} is {y}, and the opposite of {y} is {x}.",
    "If a thing is not {x} at all, it is {y}.",
    'What is the opposite of "{x}"? It is "{y}".',
    "Question: What is the opposite of {x}? Answer: {y}.",
    '"What is the opposite of {x}?" asked the teacher. "It is {y}," said {a}.',
)
ANY_OPPOSITE = (
    "It was not {x} but {y}.",
    "The words {x} and {y} are opposites.",
    "One was {x} and the other was {y}.",
    "Is it {x}? No, it is {y}.",
    "{a} said {x}, but {b} said {y}.",
    "{a} asked for the word that means not {x}. {b} said: {y}.",
    "Not {x}, but {y}. Not {y}, but {x}.",
    "{x} is one thing and {y} is another.",
    "From {x} to {y}, and from {y} to {x}.",
    "Some say {x}, and some say {y}.",
    "What is not {x} may be {y}.",
    "If it is {x}, it is not {y}.",
    '"Is it {x} or {y}?" asked {a}. "It is not {x}, so it must be {y}," said {b}.',
)
ANY_WORDS = (
    "The opposite of {x} is {y}.",
    'What is the opposite of "{x}"? It is "{y}".',
    "Question: What is the opposite of {x}? Answer: {y}.",
    "The words {x} and {y} are opposites.",
    "{a} said {x}, but {b} said {y}.",
    "Not {x}, but {y}. Not {y}, but {x}.",
    "{x} is one thing and {y} is another.",
)
_HELD = frozenset(HELD_OPPOSITES)


def opposite(dice: Dice, a: Person, b: Person) -> str:
    """A sentence with a pair of opposites, in either order."""
    if dice.chance(0.15):
        x, y = dice.some(dice.pick(OTHER_OPPOSITES), 2)
        return dice.write(ANY_WORDS, x=x, y=y, a=a, b=b)
    pair = dice.pick(OPPOSITES)
    x, y = pair if dice.chance(0.5) else pair[::-1]
    allowed = pair not in _HELD and dice.chance(0.55)
    return dice.write(OPPOSITE_OF if allowed else ANY_OPPOSITE, x=x, y=y, a=a, b=b)


def opposites_section(scene: Scene) -> str:
    """A few pairs of opposites."""
    dice = scene.dice
    lines = [opposite(dice, *scene.two()) for _ in range(dice.whole(3, 6))]
    return dice.pick((" ", "\n")).join(lines)


def comparison(dice: Dice, a: Person, b: Person, pair: tuple[str, str]) -> str:
    """One comparison; ``a`` has more of it than ``b``."""
    more, less = pair
    if more == "older" and dice.chance(0.4):
        return dice.write(AGES, a=a, b=b, x=a.age, y=b.age)
    return dice.write(FRAMES, a=a, b=b, more=more, less=less)


def comparisons_section(scene: Scene) -> str:
    """Comparisons in a few qualities, each quality between one pair or three people."""
    dice = scene.dice
    fresh = [pair for pair in COMPARATIVES if pair[0] not in scene.compared]
    lines = []
    for pair in dice.some(fresh, min(len(fresh), dice.whole(2, 4))):
        scene.compared.add(pair[0])
        lines.append(_compared(scene, pair))
    return dice.pick((" ", "\n")).join(lines) or giving_nothing(scene)


def _compared(scene: Scene, pair: tuple[str, str]) -> str:
    dice = scene.dice
    people = dice.some(scene.people, len(scene.people))
    if pair[0] == "older":
        people.sort(key=lambda person: -person.age)
    elif dice.chance(0.5):
        pair = pair[::-1]
    if len(people) > 2 and dice.chance(0.2):
        a, b, c = people[:3]
        return dice.write(AMONG_THREE, a=a, b=b, c=c, more=pair[0], less=pair[1])
    return comparison(dice, people[0], people[1], pair)


def giving_nothing(scene: Scene) -> str:
    """What is said when every quality has been compared."""
    a, b = scene.two()
    return f"In other things {a} and {b} are alike."
