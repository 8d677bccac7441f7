"""A story: a plot with its people and things, and small scenes between its beats."""

from stories.invented import invented
from stories.more_plots import MORE_PLOTS
from stories.other_plots import OTHER_PLOTS
from stories.plots import ENDINGS, OPENINGS, PLOTS
from stories.pronouns import about_one
from stories.sequences import DAYS, sequence
from stories.speech import exchange
from stories.wording import Dice, article, capital
from stories.words import FOODS, HIDDEN, LATER, MOODS, TIMES, WEATHER
from stories.world import Person, Scene, being, different_places, thing

_ALL_PLOTS = PLOTS + MORE_PLOTS + OTHER_PLOTS
_SETTINGS = ("Question: {q} Answer: {answer}", '"{q}" asked the teacher. "{answer}"', "{q} {answer}")


def _slots(scene: Scene, a: Person, b: Person) -> dict[str, object]:
    dice = scene.dice
    item, first, second = thing(dice), *different_places(dice)
    foods = dice.some(FOODS, 2)
    title_noun = " ".join(word.capitalize() for word in item.full.split())
    return {
        "a": a,
        "b": b,
        "thing": item,
        "T": title_noun,
        "at": first.at,
        "place": first,
        "at2": second.at,
        "place2": second,
        "hidden": dice.pick(HIDDEN),
        "day": dice.pick(DAYS),
        "mood": dice.pick(MOODS),
        "g1": article(foods[0]),
        "g2": article(foods[1]),
        "town": scene.town,
        "kind": article(a.kind),
        "town2": capital(invented(dice)),
        "new": invented(dice),
    }


def _between(scene: Scene, a: Person) -> str:
    """A small scene that leaves the plot alone."""
    dice = scene.dice
    turn = dice.whole(0, 9)
    if turn < 3:
        return about_one(scene, a)
    if turn < 5:
        return exchange(scene)
    if turn < 6:
        return sequence(scene)
    return dice.pick(WEATHER)


def _heroes(scene: Scene) -> tuple[Person, Person]:
    a, b = scene.two()
    turn = scene.dice.whole(0, 9)
    if turn < 2:
        a = being(scene.dice)
    elif turn < 3:
        b = being(scene.dice)
    return a, b


def story_sections(scene: Scene) -> list[str]:
    """The paragraphs of a story: title, beats and an end; the scene remembers what can be asked."""
    dice = scene.dice
    a, b = _heroes(scene)
    plot = dice.pick(_ALL_PLOTS)
    slots = _slots(scene, a, b)
    scene.facts = [(q.format(**slots), answer.format(**slots)) for q, answer in plot.facts]
    paragraphs = [dice.write(plot.titles, **slots)] if dice.chance(0.3) else []
    paragraph: list[str] = []
    for beat in (OPENINGS, *plot.beats, ENDINGS):
        slots |= {
            "weather": dice.pick(WEATHER),
            "time": dice.pick(TIMES),
            "time2": dice.pick(TIMES + LATER[-4:]),
        }
        paragraph.append(dice.write(beat, **slots))
        if dice.chance(0.15):
            paragraph.append(_between(scene, a))
        if dice.chance(0.35):
            paragraphs.append(" ".join(paragraph))
            paragraph = []
    return [*paragraphs, *([" ".join(paragraph)] if paragraph else [])]


def questions_section(scene: Scene) -> str:
    """Questions about the story just told, with their answers."""
    dice: Dice = scene.dice
    facts = dice.some(scene.facts, dice.whole(1, len(scene.facts)))
    setting = dice.pick(_SETTINGS)
    return dice.pick((" ", "\n", "\n")).join(
        capital(setting.format(q=q, answer=answer)) for q, answer in facts
    )
