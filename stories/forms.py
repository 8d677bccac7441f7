"""Lists, recipes, letters and accounts of invented things."""

from stories.giving import giving
from stories.invented import invented
from stories.pronouns import about_one
from stories.wording import article, capital, listed
from stories.words import COLOURS, FOODS, MOODS, SIZES, THINGS, WEATHER
from stories.world import Scene, being, place, thing

_SHOPPING = (
    "bread",
    "milk",
    "eggs",
    "butter",
    "cheese",
    "tea",
    "salt",
    "sugar",
    "apples",
    "flour",
    "rice",
    "soap",
)
_RECIPE = (
    "Take {x} and {y}. [Mix|Stir] them well in a [bowl|pot|pan]. [Add|Put in] {z}. "
    "Cook it for {n} minutes. [Serve it warm.|Let it cool.|Eat it with {y}.]",
    "First wash {x}. Then cut {y}. Then add {z}. Wait {n} minutes. Last of all, taste it.",
    "You need {x}, {y} and {z}. Put {x} in a pot. Put {y} on top. Add {z} at the end. Bake it for {n} "
    "minutes.",
)
_LETTERS = (
    "[Thank you for|I got] your letter. {weather} {about} [Please write soon.|Come and see us.|I miss you.]",
    "I have some news. {about} {about2} How are you, {b}?",
    "It is [quiet|nice|lonely] here without you. {about} I will bring you {thing.a} when I come. {weather}",
    "Do you still have my {thing.full}? I need my {thing}. Send the {thing} to me, and I will send you "
    "{gift}.",
)
_CREATURE = (
    "A {name} is a [kind of bird|small animal|strange plant|sort of cake|tool|game|musical box]. Nobody "
    "had seen "
    "a {name} before. {a} [found|saw|drew|bought] a {name} {at}. The {name} was {colour} and {size}.",
    '{a} wanted a {name}. "What is a {name}?" asked {b}. "A {name} is {a_size} {colour} thing," said {a}.',
    "The word {name} means {meaning} in the old language. When {a} says {name}, {a.he} means {meaning}.",
    "The {name} lives {at}. It is {colour}. A young {name} eats {food}, and an old {name} eats nothing "
    "at all.",
    "{a} sold one {name} to {b}. A {name} costs {n} coins. {b} took the {name} home.",
)
_TOWN = (
    "Do you know {Name}? {Name} is a [small|big|quiet|cold] town {at3}. Every year {a} goes to {Name} "
    "for a week. "
    "In {Name} {a.he} meets {b}, who was born in {Name}.",
    '{x}, {intro}, wanted to be [king|queen|rich|a doctor]. "I am {x}," said {x}. "{x} the Great!" '
    "But everybody called {x} only {x}.",
    "There are two roads: one goes to {Name} and one goes to {town}. {a} took the road to {Name}. {b} "
    "took the road "
    "to {town}. In {town} it was raining. In {Name} the sun was shining.",
    "{x} had a brother named {y}. {x} was {colour}, and {y} was {colour2}. When {x} slept, {y} was "
    "awake. When {y} "
    "slept, {x} was awake. So {x} never spoke to {y}.",
    '{a} saw {x} {at}. "Who are you?" asked {a}. "My name is {x}." "{x}? That is a strange name," said {a}. '
    '"Not where I come from," said {x}. "I come from {Name}. In {Name} everyone is called {x}."',
    "{Name} is a town by the sea. In {Name} [it rains every day|the houses are {colour}|no one is {mood}]. "
    "{a} came to {Name} {n} years ago. {a.He} likes {Name}, and {Name} likes {a.him}.",
    "The road to {Name} is long. {a} walked to {Name} in {n} days. When {a.he} came to {Name}, {a.he} "
    "was {mood}.",
    "Where is {Name}? {Name} is behind the hills. {a} was born in {Name}, and {b} wants to see {Name} too.",
    "{x} and {y} came from {Name}. {x} was {size}, and {y} was {mood}. {y} often said to {x}: "
    '"Let us go back to {Name}." So {x} and {y} went home.',
    '{x} is the name of {intro}. {x} can [sing|fly|cook|swim|dance]. "{x}!" called {a}. But {x} was asleep.',
)


def shopping(scene: Scene) -> str:
    """A list, its items a line each or in one sentence."""
    dice = scene.dice
    items = dice.some(_SHOPPING, dice.whole(3, 6)) if dice.chance(0.5) else _things(scene, dice.whole(3, 6))
    person = scene.one()
    opening = dice.write(
        ("{a} [must buy|needs|has to get] these things:", "{a} packed {a.his} bag:", "The list of {a}:"),
        a=person,
    )
    if dice.chance(0.35):
        return f"{opening[:-1]}: {listed(items)}."
    marks = (
        [f"{number}. " for number in range(1, len(items) + 1)] if dice.chance(0.5) else ["- "] * len(items)
    )
    lines = [mark + item for mark, item in zip(marks, items, strict=True)]
    closing = f"{person} had {listed(items)}. Nothing was missing."
    return "\n".join([opening, *lines, *([closing] if dice.chance(0.4) else [])])


def _things(scene: Scene, count: int) -> list[str]:
    return [article(noun) for noun in scene.dice.some(THINGS + FOODS, count)]


def recipe(scene: Scene) -> str:
    """A recipe from three of the shopping words."""
    dice = scene.dice
    x, y, z = dice.some(("flour", "milk", "butter", "sugar", "rice", "honey", "salt", "water", "cheese"), 3)
    title = dice.pick(("How to make soup", "A good cake", "Bread for two", "Sunday pudding", "A simple pie"))
    steps = dice.write(_RECIPE, x=f"the {x}", y=f"the {y}", z=f"the {z}", n=dice.whole(5, 60))
    return f"{title}\n{steps}"


def letter(scene: Scene) -> str:
    """A letter from one of the people to another."""
    dice = scene.dice
    a, b = scene.two()
    present = thing(dice)
    body = dice.write(
        _LETTERS,
        a=a,
        b=b,
        weather=dice.pick(WEATHER),
        thing=present,
        gift=thing(dice).a,
        about=about_one(scene, scene.one()),
        about2=giving(dice, *scene.two()),
    )
    end = dice.pick(("Yours", "With love", "Your friend", "Best wishes", "Yours truly"))
    return f"Dear {b},\n{body}\n{end},\n{a}"


def strange_section(scene: Scene) -> str:
    """One or two such accounts."""
    return " ".join(strange(scene) for _ in range(scene.dice.whole(1, 2)))


def strange(scene: Scene) -> str:
    """An account of something with an invented name; all start with a consonant, so ``a`` is right."""
    dice = scene.dice
    a, b = scene.two()
    x, y = being(dice), being(dice)
    name, size = invented(dice), dice.pick(SIZES)
    return dice.write(
        _CREATURE if dice.chance(0.5) else _TOWN,
        a=a,
        b=b,
        x=x,
        y=y,
        intro=article(x.kind),
        Name=capital(name),
        n=dice.whole(2, 20),
        name=name,
        mood=dice.pick(MOODS),
        colour=dice.pick(COLOURS),
        size=size,
        at=place(dice).at,
        meaning=article(dice.pick(THINGS)),
        food=article(dice.pick(FOODS)),
        colour2=dice.pick(COLOURS),
        town=scene.town,
        a_size=article(size),
        at3=dice.pick(("by the sea", "on a hill", "far away")),
    )
