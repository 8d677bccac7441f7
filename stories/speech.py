"""What people say, what stands in brackets, songs and words said again."""

from stories.invented import invented
from stories.sequences import DAYS
from stories.wording import Dice, capital
from stories.words import HIDDEN, JOBS, MOODS, THINGS, WEATHER
from stories.world import Scene, place, thing

LINES = [
    "Good night",
    "Good morning",
    "I am so tired",
    "I am very hungry",
    "I know where you are going",
    "Come with me",
    "It is time to go home",
    "I do not know",
    "I am glad to see you",
    "Look at the sky",
    "The water is cold",
    "Please close the door",
    "Someone is there",
    "I can hear the sea",
    "We must hurry",
    "Be careful",
    "That is a good idea",
    "I have seen it before",
    "Do not be afraid",
    "It is only the wind",
    "I will help you",
    "Let us sing a song",
    "This is the best day of my life",
    "The train is late",
    "Listen to the birds",
    "My shoes are wet",
    "You are a good friend",
    "I lost my way",
    "There is someone at the gate",
    "The soup is ready",
    "I want to see the mountains",
    "Nobody lives here",
    "We will come back tomorrow",
    "Wait for me",
    "What a strange noise",
    "The road is long",
    "I have a secret",
    "Tell me a story",
    "The stars are out",
    "It is going to rain",
    "I made it myself",
    "That is not mine",
    "You must ask the teacher",
    "The cat is in the tree",
    "The moon is over the hill",
    "Nothing is lost for ever",
    "All is well that ends well",
    "I know the way",
    "My father told me so",
    "The fire is warm",
    "Every door has a key",
    "The night is dark",
    "A friend is worth more than gold",
    "The sea never sleeps",
]
_MADE_LINES = (
    "[The|My|Your|Our] {thing} is [old|new|broken|lost|too small|not here|{hidden}|ready|on the table]",
    "[I saw|There was|I know] a [man|woman|child|bear|fox|horse] {at}",
    "[We|They|The children|My friends] [went home|are late|sang all night|live {at}|lost the {thing}]",
    "[Bring|Show|Give] me the [old|new|big|small] {thing}",
    "[Meet me|Wait for me|I will be|Nobody is|It is quiet|It is cold] {at} [today|tomorrow|tonight|on {day}]",
    "[The doctor|The baker|My mother|The king] [took|sold|broke|wants] the [old|blue|white|big] {thing}",
    "[On {day}|Today|Tomorrow|Next week] [we sail|I will go|the king comes|school begins|the shop is closed]",
    "{day} is [a good day|the best day|a holiday|too late]",
    "[One|Two|Three|Four|Five] [boats|birds|men|horses|stars|boys] [came back|are missing|are enough]",
)
_PHRASES = (
    "the [old|young|tall|good|new|kind|famous] {job}",
    "[a friend|a pupil|the child|the cousin] of the {job}",
    "who [lived|worked|was born|slept|sang] {at}",
    "the one with the [old|new|red|blue|green|white|black] {thing}",
    "[my|our|his old|her old] [friend|neighbour|teacher|guest]",
    "a [guest|friend|visitor] from the [north|south|east|west]",
    "[late|early|tired|alone|happy] as [always|ever]",
)
_SAYS = ("said", "said", "said", "answered", "cried", "whispered", "called", "replied", "shouted")

EXCHANGES = (
    '"{l1}," {says} {a}. "{l2}," {says2} {b}.',
    '"{l1}," {says} {a}.\n"{l2}," {says2} {b}.\n"{l3}," {says} {a}.',
    '{a} said, "{l1}." {b} said, "{l2}."',
    '{a} said, "{l1}," and {b} said it too: "{l1}."',
    '"{l1}," {says} {a}. "{l1}," {says2} {b} as well.',
    '"{l1}!" cried {a}. "{l1}!" cried {b}.',
    '"{l1}." Those were the words of {a}. {b} said them again: "{l1}."',
    '{a} wrote "{l1}" on a paper. {b} read it: "{l1}."',
    '"{l1}," {says} {a}, and after a while: "{l2}."',
    '"Did you say \'{l1}\'?" asked {b}. "Yes," said {a}, "I said \'{l1}\'."',
    '{b} heard a voice. "{l1}," it said, and once more, "{l1}."',
)
BRACKETS = (
    "{a} (the {a.job}) and {b} (the {b.job}) were friends. {weather} One day {b} (the {b.job}) went to "
    "see {a} (the {a.job}).",
    "{a} (the {a.job}) met {b} (the {b.job}) {at}.",
    "There were two people {at}: {a} (the {a.job}) and {b} (the {b.job}). First {a} (the {a.job}) "
    "spoke, then {b} (the {b.job}).",
    "{a} ({x} years old) and {b} ({y} years old) lived near {place}. {a} ({x} years old) was "
    "[happy|busy|ill] there.",
    "{a} (a good {a.job}) found the {thing} (a very old one). The {thing} (a very old one) was dear to {a}.",
    "{b} (called {name} by {b.his} friends) knew {a}. So {a} wrote to {b} (called {name} by {b.his} "
    "friends).",
    'The {thing} (with the words "{line}" on it) was gone. {a} had the {thing} (with the words "{line}" '
    "on it).",
    "{a} (who was the {a.job}) and {b} (who was the {b.job}) [ate|sat|sang] together.",
)
REPEATS = (
    "{w} {weather} {w}",
    'There was a song about {thing.a}. It went like this:\n"{l1},\n{l2},\n{l1},\n{l3}."\n{a} sang it again:\n'
    '"{l1},\n{l2},\n{l1},\n{l3}."',
    "{a} said the word again: {name}. And {b} said it again: {name}.",
    '{a} learned a new word. The word was "{name}". {b} asked for the word, and {a} said "{name}".',
    "The bell rang {at}. {a} [stopped|listened|looked up|stood still]. The bell rang {at}. {b} did not "
    "hear it.",
    'The song has two lines:\n"{l1},\n{l2}."\n{b} sang them twice:\n"{l1},\n{l2}.\n{l1},\n{l2}."',
    '"{l1}," sang {a}.\n"{l2}," sang {b}.\n"{l1}," sang {a}.\n"{l2}," sang {b}.',
    'On the door stood the words "{l1}, {l2}". {a} read them slowly: "{l1}, {l2}."',
    "The [man|woman|child|parrot] could say only one thing: {name}, {name}, {name}.",
)


def line(dice: Dice) -> str:
    """Something to say, without its closing mark."""
    if dice.chance(0.4):
        return dice.pick(LINES)
    slots = {"thing": dice.pick(THINGS), "hidden": dice.pick(HIDDEN), "day": dice.pick(DAYS)}
    return dice.write(_MADE_LINES, at=place(dice).at, **slots)


def _phrase(dice: Dice) -> str:
    """Something to say of a person in brackets."""
    phrase = dice.write(_PHRASES, at=place(dice).at, thing=dice.pick(THINGS), job=dice.pick(JOBS))
    return phrase[0].lower() + phrase[1:]


def exchange(scene: Scene) -> str:
    """Two people say something to each other."""
    dice = scene.dice
    a, b = scene.two()
    l1, l2, l3 = line(dice), line(dice), line(dice)
    return dice.write(EXCHANGES, a=a, b=b, l1=l1, l2=l2, l3=l3, says=dice.pick(_SAYS), says2=dice.pick(_SAYS))


def bracketed(scene: Scene) -> str:
    """People with asides in brackets."""
    dice = scene.dice
    a, b = scene.two()
    frames: tuple[str, ...] = BRACKETS
    if dice.chance(0.4):
        phrase = _phrase(dice)
        frames = (
            f"{{b}} ({phrase}) came to {{a}}. {{a}} did not know {{b}} ({phrase}).",
            f"{{a}} saw {{b}} ({phrase}). Later {{b}} ({phrase}) saw {{a}}.",
            f"{{a}} spoke with {{b}} ({phrase}). {{weather}} {{b}} ({phrase}) was {{mood}}.",
        )
    return dice.write(
        frames,
        a=a,
        b=b,
        x=a.age,
        y=b.age,
        weather=dice.pick(WEATHER),
        place=(where := place(dice)),
        at=where.at,
        thing=thing(dice).noun,
        mood=dice.pick(MOODS),
        name=capital(invented(dice)),
        line=line(dice),
    )


def repeated(scene: Scene) -> str:
    """Words, lines and sentences said again."""
    dice = scene.dice
    a, b = scene.two()
    l1, l2, l3 = line(dice), line(dice), line(dice)
    return dice.write(
        REPEATS,
        a=a,
        b=b,
        l1=l1,
        l2=l2,
        l3=l3,
        thing=thing(dice),
        at=place(dice).at,
        name=invented(dice),
        w=exchange(scene),
        weather=dice.pick(WEATHER),
    )


def speech_section(scene: Scene) -> str:
    """Talk, asides and refrains, mixed."""
    dice = scene.dice
    kinds = (exchange, exchange, bracketed, repeated)
    return dice.pick((" ", "\n")).join(dice.pick(kinds)(scene) for _ in range(dice.whole(2, 4)))
