"""Giving and receiving: two people named in either order, one of them gives, the other receives."""

from stories.wording import Dice
from stories.words import LATER, TIMES, WEATHER
from stories.world import Person, Scene, gift, place

# {a} and {b} are the two in the order of their naming, {s} gives and {o} receives.
FRAMES = (
    "When {a} and {b} [came to|were at|got to|left] {place}, {s} {gave} {gift} to {o}.",
    "{time}, {a} and {b} went to {place}. {s} {gave} {gift} to {o}.",
    "{time}, {a} and {b} were {at}, and {s} {gave} {gift} to {o}.",
    "{a} and {b} were playing {at}. [Then|Soon|At last] {s} {gave} {gift} to {o}.",
    "{a} met {b} {at}. {s} {gave} {gift} to {o}.",
    "{time}, {a} met {b} {at}, and {s} {gave} {gift} to {o}.",
    "{a} and {b} were [tired|hungry|cold|happy|bored]. {s} {gave} {gift} to {o}.",
    "{a} and {b} ate [lunch|dinner|breakfast] {at}. After the meal {s} {gave} {gift} to {o}.",
    "As {a} and {b} were walking to {place}, {s} {gave} {gift} to {o}.",
    "Because {a} and {b} were good friends, {s} {gave} {gift} to {o}.",
    "{a} came to see {b}. {weather} {s} {gave} {gift} to {o}.",
    "{a} and {b} stood {at}. {weather} {later}, {s} {gave} {gift} to {o}.",
    "It was a [good|long|quiet|busy] day for {a} and {b}. {s} {gave} {gift} to {o}, and they both smiled.",
    "{a} found {b} {at}. {later}, {s} {gave} {gift} to {o}.",
    "Once {a} and {b} had finished their work, {s} {gave} {gift} to {o}.",
    "{a} went to {place} with {b}. There {s} {gave} {gift} to {o}.",
    "{a} lived next to {b}. {time}, {s} {gave} {gift} to {o}.",
    "{a} and {b} said goodbye {at}. But first {s} {gave} {gift} to {o}.",
    "{a} and {b} had a little quarrel {at}. {later}, {s} {gave} {gift} to {o}.",
    "{a} and {b} were sitting {at} when {s} {gave} {gift} to {o}.",
    "{weather} {a} and {b} were both {at}. {s} {gave} {gift} to {o}.",
    "{a} saw {b} {at}. They talked for a while, and {s} {gave} {gift} to {o}.",
    "Everyone knew {a} and {b}. {time}, {s} {gave} {gift} to {o} {at}.",
    "{a} helped {b} {at}. When the work was done, {s} {gave} {gift} to {o}.",
    "At the party {a} danced with {b}. Later {s} {gave} {gift} to {o}.",
    "{a} had a birthday, and so did {b}. {s} {gave} {gift} to {o}.",
    "{a} and {b} were [neighbours|cousins|old friends]. {time}, {s} {gave} {gift} to {o}.",
    "{a} waited for {b} {at}. In the end {b} came, and {s} {gave} {gift} to {o}.",
    "There were two people {at}: {a} and {b}. {s} {gave} {gift} to {o}.",
    "{s} had {gift}, and {o} had nothing. So {s} gave it to {o}.",
    "{o} wanted {gift}. {s} had it {at}. So {s} {gave} it to {o}.",
    "{time}, {a} and {b} were {at}. {s} {gave} {o} {gift}.",
    "{a} and {b} went to {place}, and {s} {gave} {o} {gift}.",
    "When {a} met {b} {at}, {s} {gave} {o} {gift}.",
    "{a} sat with {b} {at}. {s} {gave} {gift} to {o}, and then {o} {gave2} {gift2} to {s}.",
    "{a} and {b} [shared everything|never fought|liked each other]. {s} {gave} {gift} to {o}. "
    "{later}, {o} {gave2} {gift2} to {s}.",
)
VERBS = ("gave", "gave", "gave", "handed", "offered", "passed", "lent", "sent", "showed", "threw", "brought")
AFTERWARDS = (
    '"Thank you, {s}," said {o}.',
    '"Thank you!" said {o}. "You are welcome," said {s}.',
    "{o} thanked {s} and [smiled|laughed|went home|was happy].",
    "{s} was glad, and {o} was glad too.",
    '"Here you are, {o}," said {s}.',
    "{o} liked it very much.",
)
# Only after a verb with which the thing changes hands.
KEPT = (
    "{o} put it [away|in a bag|on the table|in a safe place].",
    "Now {o} has it, and {s} does not.",
    "Question: Who gave {gift}? Answer: {s}. Who got it? {o}.",
    "Question: Who got {gift}? Answer: {o} got it from {s}.",
    "So {o} had {gift} from {s}.",
    "It was {s} who gave it, and it was {o} who got it.",
)


def _verb_and_gift(dice: Dice) -> tuple[str, str]:
    verb = dice.pick(VERBS)
    item = gift(dice)
    while verb == "threw" and " of " in item:
        item = gift(dice)
    return verb, item


def giving(dice: Dice, giver: Person, receiver: Person) -> str:
    """A sentence or two in which one of two people gives something to the other."""
    a, b = (giver, receiver) if dice.chance(0.5) else (receiver, giver)
    where, (gave, item), (gave2, item2) = place(dice), _verb_and_gift(dice), _verb_and_gift(dice)
    slots: dict[str, object] = {"a": a, "b": b, "s": giver, "o": receiver, "gift": item, "gave": gave}
    slots |= {"place": where, "at": where.at, "gave2": gave2, "gift2": item2, "weather": dice.pick(WEATHER)}
    text = dice.write(FRAMES, time=dice.pick(TIMES), later=dice.pick(LATER), **slots)
    if item2 in text or dice.chance(0.65):
        return text
    afterwards = AFTERWARDS if gave in ("showed", "offered", "threw", "lent") else AFTERWARDS + KEPT
    return f"{text} {dice.write(afterwards, **slots)}"


def giving_section(scene: Scene) -> str:
    """Several acts of giving among the people of a document."""
    lines = [giving(scene.dice, *scene.two()) for _ in range(scene.dice.whole(2, 4))]
    return scene.dice.pick((" ", " ", "\n")).join(lines)
