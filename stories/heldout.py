"""What the stories never contain, so that the test cases measure a habit and not a memory.

The modules that write the stories keep the rules: ``is_held_pair``, ``is_held_invention``, ``HELD_STARTS``,
``HELD_OPPOSITES`` and the held names. Everything else here is material for ``cases`` alone: the stories take
their frames, gifts, places, lines and nouns from lists of their own.
"""

from stories.words import FEMALE, MALE

HELD_FEMALE = ("Grace", "Clara", "Helen", "Alice", "Ellen", "Jane", "Louisa", "Margaret")
HELD_MALE = ("Henry", "Arthur", "Charles", "Edward", "Frank", "Richard", "Philip", "Walter")

_PLACE_IN_LIST = {name: place for place, name in enumerate(FEMALE + MALE)}


def is_held_pair(first: str, second: str) -> bool:
    """Whether two names never share a document: their places in the list add up to a multiple of nine."""
    return (_PLACE_IN_LIST[first] + _PLACE_IN_LIST[second]) % 9 == 0


def is_held_invention(name: str) -> bool:
    """Whether an invented name is kept for the cases: its letters add up to a multiple of seven."""
    return sum(map(ord, name.lower())) % 7 == 0


# A run that starts here (counted from nought in its own order) is never written in the stories.
HELD_STARTS: dict[str, tuple[int, ...]] = {
    "day": (1, 3),
    "month": (2, 7),
    "number word": (3, 6, 10),
    "digit": (4, 8, 17, 25, 36),
    "letter": (5, 11, 16),
}

# These pairs are in the stories, but never in the frames of OPPOSITE_FRAMES.
HELD_OPPOSITES = (
    ("hot", "cold"),
    ("big", "small"),
    ("old", "young"),
    ("open", "closed"),
    ("early", "late"),
    ("wet", "dry"),
    ("happy", "sad"),
    ("rich", "poor"),
    ("full", "empty"),
    ("dark", "light"),
)
# Some words have more than one.
ALSO_OPPOSITE = {
    "big": ("little", "tiny"),
    "small": ("large", "great"),
    "old": ("new",),
    "closed": ("opened",),
    "light": ("heavy",),
    "cold": ("warm",),
    "happy": ("unhappy",),
    "empty": ("filled",),
}
OPPOSITE_FRAMES = ("The opposite of {x} is", "If a thing is not {x} at all, it is")

GIVING_FRAMES = (
    "When {a} and {b} went to {place}, {s} gave {gift} to",
    "After {a} and {b} arrived at {place}, {s} handed {gift} to",
    "While {a} and {b} were working at {place}, {s} passed {gift} to",
    "Then {a} and {b} had a long talk at {place}. Afterwards {s} offered {gift} to",
    "{a} and {b} were friends. They met at {place}, and {s} brought {gift} to",
    "Yesterday {a} and {b} walked to {place} together. On the way {s} showed {gift} to",
    "The day was warm. {a} sat beside {b} at {place}, and at last {s} passed {gift} to",
    "{a} was waiting with {b} at {place}. Before the evening came, {s} gave {gift} to",
)
GIVING_PLACES = ("the store", "the library", "the church", "the inn", "the stable")
GIVING_GIFTS = ("a drink", "a ring", "a candle", "the newspaper", "a basket of plums", "an umbrella")

INVENTED_FRAMES = (
    "There was once a village called {n}. The people of {n} were poor. One winter a stranger came to",
    "My grandfather had a ship. Its name was {n}. He loved the {n}, and we were all proud of the",
    '"Have you met Doctor {n}?" asked the old woman. "Doctor {n} can cure anything." So they sent for Doctor',
    "Professor {n} wrote seven books. Students came from far to hear {n}. One year Professor",
    "The horse was named {n}. A rich man wished to buy {n}, but the farmer would never sell",
    "Lake {n} is deep and cold. They say that a monster sleeps in Lake {n}. No one will row across Lake",
    "The planet {n} has two moons. Both moons of {n} are of ice. It takes a hundred years to fly to",
    "The queen had a daughter, Princess {n}. All the princes loved Princess {n}. One day Princess",
)

PRONOUN_FRAMES = (
    "{a} was very hungry because",
    "{a} opened the letter slowly, and then",
    "{a} could not come to the party, for",
    "{a} put on a warm coat before",
    "{a} laughed aloud when",
    "Nobody could find {a}, because",
    "{a} knew the answer, but",
    "{a} had been ill all week, so",
)

# Head and attractor, each alone and as more than one, with the word between them.
AGREEMENT_PAIRS = (
    ("key", "keys", "of", "house", "houses"),
    ("roof", "roofs", "of", "barn", "barns"),
    ("painting", "paintings", "of", "horse", "horses"),
    ("path", "paths", "behind", "hill", "hills"),
    ("boy", "boys", "near", "bridge", "bridges"),
    ("letter", "letters", "from", "soldier", "soldiers"),
    ("dog", "dogs", "beside", "cart", "carts"),
    ("cup", "cups", "on", "shelf", "shelves"),
    ("nurse", "nurses", "with", "doctor", "doctors"),
    ("bag", "bags", "under", "seat", "seats"),
    ("ship", "ships", "from", "country", "countries"),
    ("book", "books", "about", "king", "kings"),
)
AGREEMENT_FRAMES = (
    "The {head} {prep} the old {attractor}",
    "We know that the {head} {prep} the {attractor}",
    "In the end the {head} {prep} the {attractor}",
)

# A held-out frame for each way of writing a run; {run} ends with its separator.
SEQUENCE_FRAMES = {
    "day": ("The child said the days aloud: {run}", "These are the days as they pass: {run}"),
    "month": ("The child said the months aloud: {run}", "These are the months as they pass: {run}"),
    "number word": ("The old man counted his steps: {run}", "The clock struck slowly: {run}"),
    "digit": ("The pages of the book are numbered {run}", "The doors in the street have the numbers {run}"),
    "letter": ("The teacher wrote the letters on the wall: {run}", "The drawers are marked {run}"),
}

SPOKEN_LINES = (
    "Good night, moon",
    "The ship is coming home",
    "Never open that door again",
    "My brother has the lantern",
    "I will wait for you by the river",
    "We have no bread left in the house",
)
CLOSING_QUOTE_FRAMES = (
    '{a} said, "{line}." {b} also said, "{line}',
    '"{line}," said {a}. Then everyone said together, "{line}',
)
BRACKETED = (
    "the piper",
    "the old pirate",
    "the owner of the island",
    "a friend from school",
    "the tallest person in town",
    "with an apple in each hand",
)
CLOSING_BRACKET_FRAMES = (
    "{a} wrote to {b} ({phrase}). The next day {b} ({phrase}",
    "There was a letter for {b} ({phrase}) and none for {a}. In the morning {b} ({phrase}",
)

# Two ask for the one who has more of it and two for the one who has less.
COMPARISON_FRAMES = (
    "{a} is {more} than {b}. The {less} one is",
    "{a} is {more} than {b}. The {more} one is",
    "We all know that {a} is {more} than {b}, so the {less} one is",
    "We all know that {a} is {more} than {b}, so the {more} one is",
)
