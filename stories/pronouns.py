"""Sentences in which a pronoun stands for the one person named before it."""

from stories.wording import Dice
from stories.words import MOODS, TIMES, WEATHER
from stories.world import Person, Scene, place, thing

FRAMES = (
    "{a} was {mood}, so {a.he} [went home|went to bed|sat down|took a walk|sang a song|said nothing].",
    "{a} was [sad|angry] because {a.he} had [lost|broken|forgotten] {a.his} {thing}.",
    "{a} was [happy|glad] because {a.he} had [found|mended|finished] {a.his} {thing}.",
    "{a} was {at}, and there {a.he} [met a friend|saw a fox|fell asleep|bought some bread|found a coin].",
    "{time}, {a} woke up early. {a.He} washed {a.his} face, and then {a.he} [ate an egg|went out|fed "
    "the cat].",
    "{a} looked at {a.himself} in the mirror. {a.He} liked {a.his} new {thing}.",
    "{a} made the {thing} by {a.himself}. {a.He} was proud of it.",
    "{a} lost {a.his} {thing}, but {a.he} [found it again|did not cry|soon got a new one].",
    "When {a} saw the {thing}, {a.he} [smiled|laughed|ran away|called {a.his} mother|took it home].",
    "{a} has {thing.a}. {a.He} takes it with {a.him} everywhere.",
    "{a} lives {at}. {a.He} has lived there since {a.he} was {n}.",
    "If {a} is {mood}, {a.he} sits {at}.",
    "Everybody likes {a}. {a.He} is always kind, and {a.he} never [lies|shouts|forgets a friend].",
    "{a} cut {a.himself} with a knife. {a.His} mother gave {a.him} a cloth.",
    "As soon as {a} came home, {a.he} [took off {a.his} shoes|made some tea|lit the lamp|fed the dog].",
    "{a} said that {a.he} would come. But {a.he} did not come, and nobody saw {a.him}.",
    "{a} told us that {a.he} was {mood}.",
    "{a} never plays {at} because {a.he} is afraid of the [dark|water|dogs|noise].",
    "{a} thought for a while. Then {a.he} [stood up|wrote it down|shook {a.his} head|answered].",
    "While {a} was {at}, {a.he} [heard a bell|read a book|saw a bird|ate {a.his} lunch].",
    "{a} tried to sleep, but {a.he} could not. {a.He} thought about {a.his} {thing}.",
    "{weather} {a} had no coat, and {a.he} was cold.",
    "{a} and {a.his} dog were {at}. {a.He} was {mood} that day.",
    "{a} worked hard. In the evening {a.he} was tired, but {a.he} was happy.",
    "I know {a} well. I saw {a.him} {at}, and {a.he} told me about {a.his} {thing}.",
    "Is {a} {mood}? Yes, {a.he} is. But {a.he} has {a.his} {thing}, and that is good for {a.him}.",
    "{a} wants to be a [doctor|teacher|sailor|singer] when {a.he} is older.",
    "{a} ran all the way, and still {a.he} was late.",
    "{a} forgot {a.his} {thing} {at}, so {a.he} went back for it.",
    "Since {a} was alone, {a.he} talked to {a.himself}.",
    "{a} did it, although {a.he} was {mood}.",
)
TWO = (
    "{a} called {b}, and {b.he} came at once. {a.He} showed {b.him} the {thing}.",
    "{b} was {mood}, so {a} helped {b.him}. {b.He} thanked {a.him}.",
    "{a} asked {b} for {b.his} {thing}. {b.He} gave it to {a.him}.",
    "{a} and {b} sat {at}. {a.He} sang, and {b.he} listened to {a.him}.",
    "The {thing} of {a} is old, but {a.he} loves it. The {thing} of {b} is new, and {b.he} is proud of it.",
)
THEY = (
    "{a} and {b} were {mood}, so they rested {at}. They stayed there all day, and nobody saw them.",
    "{a} and {b} built a house for themselves {at}. Their house was small, but they liked it.",
    "When {a} and {b} were {at}, they [sat down|looked around|sang a song|were {mood}].",
    "{a} and {b} lost their way. They were {mood}, but they helped each other.",
)


def about_one(scene: Scene, a: Person) -> str:
    """A sentence or two about one person."""
    return _written(scene, FRAMES, a, a)


def _written(scene: Scene, frames: tuple[str, ...], a: Person, b: Person) -> str:
    dice: Dice = scene.dice
    slots: dict[str, object] = {"a": a, "b": b, "mood": dice.pick(MOODS), "thing": thing(dice)}
    slots |= {"at": place(dice).at, "time": dice.pick(TIMES), "weather": dice.pick(WEATHER)}
    return dice.write(frames, n=dice.pick(("two", "three", "four", "five", "six")), **slots)


def about_two(scene: Scene) -> str:
    """A sentence or two about two people, told apart by their pronouns when they can be."""
    a, b = scene.two()
    return _written(scene, TWO if a.he != b.he else THEY, a, b)


def pronouns_section(scene: Scene) -> str:
    """A few small accounts of people."""
    dice = scene.dice
    lines = [
        about_one(scene, scene.one()) if dice.chance(0.7) else about_two(scene)
        for _ in range(dice.whole(2, 5))
    ]
    return dice.pick((" ", "\n")).join(lines)
