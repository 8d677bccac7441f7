"""Who and what a document is about: people, things and places, and the scene that holds them."""

from dataclasses import dataclass, field

from stories.heldout import is_held_pair
from stories.invented import invented
from stories.wording import Dice, article, capital
from stories.words import (
    BEING_KINDS,
    BEINGS,
    COLOURS,
    FEMALE,
    FOODS,
    GIVEN,
    JOBS,
    MALE,
    PLACES,
    SIZES,
    THINGS,
    WOMEN_ARE_NOT,
)

_FEMALE = frozenset(FEMALE)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with a name and the pronouns that go with it."""

    name: str
    kind: str
    age: int
    he: str
    him: str
    his: str

    def __str__(self) -> str:
        return self.name

    @property
    def He(self) -> str:  # noqa: N802 - the frames write the capital where the sentence has it
        """The pronoun at the start of a sentence."""
        return capital(self.he)

    @property
    def His(self) -> str:  # noqa: N802
        """The possessive at the start of a sentence."""
        return capital(self.his)

    @property
    def himself(self) -> str:
        """The reflexive pronoun."""
        return f"{self.his if self.he == 'she' else self.him}self"

    @property
    def intro(self) -> str:
        """How the person is first named: ``a baker named Tom``."""
        return f"{article(self.kind)} named {self.name}"

    @property
    def job(self) -> str:
        """What the person is, without adjectives: ``baker``, ``boy``."""
        return self.kind.rpartition(" ")[2]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something one can hold, with the adjective it keeps for the whole document."""

    noun: str
    adjective: str

    def __str__(self) -> str:
        return self.noun

    @property
    def full(self) -> str:
        """Adjective and noun: ``red key``."""
        return f"{self.adjective} {self.noun}"

    @property
    def A(self) -> str:  # noqa: N802
        """With its article, at the start of a sentence."""
        return capital(self.a)

    @property
    def one(self) -> str:
        """The noun with its article: ``a key``."""
        return article(self.noun)

    @property
    def a(self) -> str:
        """With its article: ``a red key``."""
        return article(self.full)


@dataclass(frozen=True, slots=True)
class Place:
    """A place with the word that goes before it."""

    at: str

    def __str__(self) -> str:
        return self.at.partition(" ")[2]


@dataclass(slots=True)
class Scene:
    """What one document knows: its people, and whatever its sections have said so far."""

    dice: Dice
    people: list[Person]
    town: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    compared: set[str] = field(default_factory=set)

    def two(self) -> list[Person]:
        """Two of the people, in random order."""
        return self.dice.some(self.people, 2)

    def one(self) -> Person:
        """One of the people."""
        return self.two()[0]


def person_named(dice: Dice, name: str) -> Person:
    """A person of this name, a child or a grown-up with a job."""
    female = name in _FEMALE
    pronouns = ("she", "her", "her") if female else ("he", "him", "his")
    if dice.chance(0.45):
        size = dice.pick(("little ", "young ", "", ""))
        return Person(name, size + ("girl" if female else "boy"), dice.whole(5, 12), *pronouns)
    job = dice.pick(JOBS)
    while female and job in WOMEN_ARE_NOT:
        job = dice.pick(JOBS)
    return Person(name, dice.pick(("young ", "", "", "")) + job, dice.whole(20, 60), *pronouns)


def being(dice: Dice, older_than: int = 2) -> Person:
    """Someone with an invented name: a robot, a dragon, a fox."""
    kind = f"{dice.pick(BEING_KINDS)} {dice.pick(BEINGS)}"
    return Person(capital(invented(dice)), kind, dice.whole(older_than + 1, 99), "it", "it", "its")


def cast(dice: Dice, count: int) -> list[Person]:
    """People of different names and ages, no two of whom are a held-out pair; at times a being among them."""
    people: list[Person] = []
    while len(people) < count:
        name = dice.pick(FEMALE if dice.chance(0.5) else MALE)
        if any(name == other.name or is_held_pair(name, other.name) for other in people):
            continue
        person = person_named(dice, name)
        if all(person.age != other.age for other in people):
            people.append(person)
    if dice.chance(0.3):
        people.append(being(dice, older_than=max(person.age for person in people)))
    return people


def thing(dice: Dice) -> Thing:
    """A thing that is lost, found or made."""
    return Thing(dice.pick(THINGS), dice.pick(COLOURS if dice.chance(0.7) else SIZES))


def gift(dice: Dice) -> str:
    """Something to give, with its article."""
    noun = dice.pick(dice.pick((THINGS, FOODS, GIVEN)))
    if " " not in noun and dice.chance(0.2):
        return article(f"{dice.pick(SIZES)} {noun}")
    return article(noun) if dice.chance(0.85) else f"the {noun}"


def place(dice: Dice) -> Place:
    """A place to go to."""
    return Place(dice.pick(PLACES))


def different_places(dice: Dice) -> tuple[Place, Place]:
    """Two places."""
    first, second = dice.some(PLACES, 2)
    return Place(first), Place(second)
