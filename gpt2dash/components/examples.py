"""Texts in which something is to be seen, and links to where it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass(frozen=True)
class Example:
    """A text, what should follow it, and a head that finds it there.

    Attributes:
        name: of the example.
        prompt: the text up to the place that is looked at.
        answer: what should come next.
        say: what is to be seen, in one sentence that is true of any model that can do it.
        target: the token that the head looks at from the last one; empty where no head is known.
        heads: by the model's name, layer and head. Those of the bundled model were measured
            (tests/test_examples.py); those of GPT-2 are of Wang et al. 2022 (name movers) and Olsson et al.
            2022 (induction heads).
    """

    name: str
    prompt: str
    answer: str
    say: str
    target: str = ""
    heads: Mapping[str, tuple[int, int]] = field(default_factory=dict)


EXAMPLES = (
    Example(
        "Two people",
        "When Mary and John went to the store, John gave a drink to",
        " Mary",
        "Who gives does not receive: the next word is the other name.",
        " Mary",
        {"bundled": (5, 3), "gpt2": (9, 9)},
    ),
    Example(
        "A name that nobody knows",
        "The little robot was called Zorbin. Everyone in the town liked Zorbin. One day Z",
        "orb",
        "The name was never heard before this text, and its beginning is enough to go on with it.",
        "orb",
        {"bundled": (1, 2), "gpt2": (5, 5)},
    ),
    Example(
        "Days",
        "Monday, Tuesday, Wednesday,",
        " Thursday",
        "The next day follows, whatever the day is.",
        " Wednesday",
        {"bundled": (0, 2)},
    ),
    Example(
        "A pronoun",
        "Lucy was very hungry because",
        " she",
        "The next word depends on who is spoken of.",
        "Lucy",
        {"bundled": (4, 2)},
    ),
    Example(
        "One or many",
        "The colours of the boat",
        " are",
        "The verb follows the colours, not the boat that stands nearer.",
        " colours",
        {"bundled": (4, 1)},
    ),
    Example(
        "A bracket to close",
        "Tom (the baker) met Anna (the farmer). In the evening Anna (the farmer",
        ")",
        "What was opened is closed.",
        " (",
        {"bundled": (5, 2)},
    ),
    Example(
        "An opposite",
        "The opposite of hot is",
        " cold",
        "The answer depends on one word of the text.",
        " hot",
        {"bundled": (2, 3)},
    ),
)

TEXTS = {example.name: example.prompt for example in EXAMPLES} | {
    "A sentence comes back": "The bell rang in the tower. The bird sat on the roof. The bell rang in the",
    "A story begins": "Once upon a time there was a girl named Lucy. One day",
    "A list with a pattern": "one two three four five one two three four",
    "The same word thrice": "the the the",
    "Line breaks and tabs": "Dear Sir,\n\n\tI have the honour to be,\n",
    "Emoji and other scripts": "I love 🍕 and 日本語 and العربية",
    "Looks like HTML": "<b>bold</b> & <script>alert('hi')</script>",
}
"""For the picker beside each prompt: the examples' texts, and texts that are odd."""

FIRST_VISIT = TEXTS["A story begins"]


def link(example: Example, model: str) -> str:
    """Where to see it: the head's row of the last token, or the candidates for the answer.

    The last token of a text is the selected one where a link names none.
    """
    head = example.heads.get(model)
    if head is None:
        return f"/#{urlencode({'a': example.prompt + example.answer, 'am': model})}"
    selection = f"a..query.{head[0]}.{head[1]}"
    return f"/attention#{urlencode({'a': example.prompt, 'am': model, 'sel': selection})}"


def in_words(example: Example, model: str) -> str:
    """What is to be seen there, in a sentence or two."""
    head = example.heads.get(model)
    if head is None:
        return example.say
    layer, number = head
    return (
        f"{example.say} Layer {layer} head {number} looks from the last token at “{example.target.strip()}”."
    )
