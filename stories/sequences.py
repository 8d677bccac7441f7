"""Days, months, numbers and letters in their order, begun anywhere and of any length."""

from string import ascii_lowercase, ascii_uppercase

from stories.heldout import HELD_STARTS
from stories.wording import Dice
from stories.world import Scene

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")
NUMBER_WORDS = _UNITS + _TEENS
DIGITS = tuple(str(number) for number in range(1, 101))

ORDERS: dict[str, tuple[str, ...]] = {
    "day": DAYS,
    "month": MONTHS,
    "number word": NUMBER_WORDS,
    "digit": DIGITS,
    "letter": tuple(ascii_uppercase),
}
FRAMES: dict[str, tuple[str, ...]] = {
    "day": (
        "The days are {run}.",
        "{a} [named|wrote down|sang] the days: {run}.",
        "It rained on {run}.",
        "The shop is open on {run}.",
        '"{run}," said {a}.',
        "{a} worked on these days: {run}.",
        "Say the days of the week with me. {run}.",
    ),
    "month": (
        "The months are {run}.",
        "{a} [named|wrote down|sang] the months: {run}.",
        '"{run}," said {a}.',
        "{a} was away in {run}.",
        "Say the months of the year with me. {run}.",
        "The months came and went: {run}.",
    ),
    "number word": (
        "{a} counted: {run}.",
        "{a} counted the {things}: {run}.",
        "Count with me: {run}.",
        "The numbers are {run}.",
        "{a} and {b} counted together: {run}.",
    ),
    "digit": (
        "{a} wrote the numbers {run}.",
        "The numbers are {run}.",
        "Count with me: {run}.",
        "On the [wall|door|paper|card] {a} saw {run}.",
        "{run}. {a} could count very well.",
        "The houses have the numbers {run}.",
    ),
    "letter": (
        "The letters are {run}.",
        "{a} wrote the letters {run}.",
        "{a} sang the alphabet: {run}.",
        "Say the letters with me: {run}.",
        '"{run}," read {a}.',
        "On the [wall|door|paper|card] {a} saw {run}.",
    ),
}
_NUMBER_STARTS = (
    '"{run}," counted {a}.',
    '"{run}!" cried {a}.',
    "{a} and {b} counted together. {run}.",
    "{a} looked at the {things}. {run}. Then {a.he} stopped.",
    "{run}. {a} stopped counting.",
)
_HOW_MANY = (
    '"{run}!" said {a}. "There are {last} {things}."',
    "{a} looked at the {things}. {run}. There were {last} of them.",
    '"{run}. There are {last} {things}," said {a} to {b}.',
)
AFTER = (
    "The {unit} after {x} is {y}.",
    "The {unit} before {y} is {x}.",
    "After {x} comes {y}.",
    "Before {y} comes {x}.",
    "What comes after {x}? {y}.",
    "Question: What comes after {x}? Answer: {y}.",
    '"What comes after {x}?" asked {a}. "{y}," said {b}.',
)
AGES = (
    "{a} is {x}. Next year {a.he} will be {y}.",
    "{a} is {x} years old. {a.He} will be {y} next year.",
    "Last year {a} was {x}. Now {a.he} is {y}.",
    "{a} was {x} years old, and then {a.he} was {y}.",
)
THINGS = ("apples", "eggs", "birds", "sheep", "boats", "steps", "stones", "stars", "buttons", "books", "cups")
_UNIT = {"day": "day", "month": "month", "number word": "number", "digit": "number", "letter": "letter"}


def run(dice: Dice, kind: str) -> list[str]:
    """Three or more items in their order; numbers are sometimes counted down."""
    order = ORDERS[kind]
    round_and_round = kind in ("day", "month")
    start = dice.whole(0, len(order) - (1 if round_and_round else 3))
    while start in HELD_STARTS[kind]:
        start = dice.whole(0, len(order) - (1 if round_and_round else 3))
    length = dice.whole(3, 9) if round_and_round else min(dice.whole(3, 11), len(order) - start)
    items = [order[(start + step) % len(order)] for step in range(length)]
    if kind in ("number word", "digit") and dice.chance(0.2):
        items.reverse()
    if kind == "letter" and dice.chance(0.4):
        items = [ascii_lowercase[ascii_uppercase.index(item)] for item in items]
    return items


def sequence(scene: Scene) -> str:
    """One run in one of its frames."""
    dice = scene.dice
    a, b = scene.two()
    kind = dice.pick(tuple(FRAMES))
    items = run(dice, kind)
    separator = dice.pick((", ", ", ", ", ", " ")) if kind in ("letter", "digit") else ", "
    text = separator.join(items)
    if kind in ("day", "month") and dice.chance(0.3):
        text = f"{', '.join(items[:-1])} and {items[-1]}"
    frames = FRAMES[kind]
    if kind == "number word" and dice.chance(0.5):
        text = text.capitalize()
        frames = _HOW_MANY if items[0] == "one" else _NUMBER_STARTS
    things = dice.pick(THINGS)
    return dice.write(frames, a=a, b=b, run=text, last=items[-1], things=things)


def next_one(scene: Scene) -> str:
    """What comes after one item."""
    dice = scene.dice
    a, b = scene.two()
    if dice.chance(0.25):
        age = dice.whole(2, 18)
        return dice.write(AGES, a=a, x=NUMBER_WORDS[age], y=NUMBER_WORDS[age + 1])
    kind = dice.pick(tuple(ORDERS))
    order = ORDERS[kind]
    at = dice.whole(0, len(order) - 2)
    return dice.write(AFTER, a=a, b=b, x=order[at], y=order[at + 1], unit=_UNIT[kind])


def sequences_section(scene: Scene) -> str:
    """A few runs and neighbours."""
    dice = scene.dice
    lines = [(sequence if dice.chance(0.65) else next_one)(scene) for _ in range(dice.whole(2, 5))]
    return dice.pick((" ", "\n", "\n")).join(lines)
