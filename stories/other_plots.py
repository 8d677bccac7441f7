"""The last plots: a race, a friend who is ill, someone new in town, a quarrel."""

from stories.plots import Plot

_RACE = Plot(
    ("The Race", "Who Is Faster?", "{a} and {b} Run"),
    (
        (
            '"I am faster than you," said {a} to {b}. "No," said {b}, "I am faster than you."',
            "{a} and {b} could not agree. Each of them wanted to be the faster one.",
            "On {day} there was a race. {a} wanted to win it, and so did {b}.",
        ),
        (
            "They began {at} and had to run to {place2}. The prize was {thing.a}.",
            '"We will run to {place2}," said {b}. "The winner gets {thing.a}."',
        ),
        (
            '"One, two, three!" {weather} {a} and {b} began to run.',
            '"Three, two, one, go!" called a boy. {a} and {b} ran as fast as they could.',
        ),
        (
            "At first {a} was in front. Then {a} fell and hurt {a.himself}.",
            "{a} ran and ran, but {a.he} lost a shoe.",
            "{a} stopped to look at [a bird|the sky|a cat], because {a.he} was sure to win.",
        ),
        (
            "{b} did not stop. {b.He} came to {place2} first. So {b} was the faster one and {a} was the "
            "slower one.",
            "So {b} was faster than {a}, and {a} was slower than {b}. {b} won the race.",
        ),
        (
            "{b} got the {thing}. But {b.he} gave the {thing} to {a}, because {a} was {mood}.",
            '"You have won the {thing}," said {a}. "Take it," said {b}, and {b.he} handed the {thing} '
            "to {a}.",
            "{b} took the {thing} home. {a} went home without it.",
        ),
    ),
    (
        ("Who won the race?", "{b} won the race."),
        ("Who lost the race?", "{a} lost the race."),
        ("Who was faster?", "{b} was faster than {a}."),
        ("What was the prize?", "The prize was {thing.a}."),
    ),
)
_ILL = Plot(
    ("{b} Is Ill", "A Visit", "A Present for {b}"),
    (
        (
            "{time2}, {b} was ill and stayed in bed. {a} heard about it and was sad.",
            '{b} did not come to school on {day}. "{b} is ill," said the teacher to {a}.',
            "{a} waited for {b} {at}, but {b} did not come. {b.He} was ill.",
        ),
        (
            "{a} bought {g1} and {g2} for {b}.",
            "{a} put {g1} and {thing.a} in a basket and went to see {b}.",
            '"What can I bring to {b}?" {a} asked {a.himself}. {a.He} took {g1}.',
        ),
        (
            '"How are you?" asked {a}. "Not well," said {b}. "I have been in bed for [two|three|four] days."',
            "{b} was [pale|tired|cold], but {b.he} smiled when {b.he} saw {a}.",
        ),
        (
            "{a} gave {g1} to {b}. {b} ate a little of it.",
            "{a} sat down by the bed and handed {g1} to {b}.",
        ),
        (
            "Then {a} told {b} a story about a [fox|bear|king|ship] named {town2}. {town2} was not "
            "[good|big|old] but "
            "[bad|small|young]. {b} liked {town2} very much.",
            '{a} sang a song: "{town2}, {town2}, where is {town2}?" And {b} sang it too: "{town2}, {town2}, '
            'where is {town2}?"',
            '{a} read to {b} from a book. The name of the book was {town2}. "I love {town2}," said {b}.',
        ),
        (
            "The next week {b} was well again. The first thing that {b.he} did was to bring {thing.a} "
            "to {a}.",
            'Soon {b} could get up. "It was {a} who made me well," {b.he} said.',
        ),
    ),
    (
        ("Who was ill?", "{b} was ill."),
        ("Who came to see {b}?", "{a} came to see {b}."),
        ("Is {b} still ill?", "No, {b} is well again."),
    ),
)
_NEW = Plot(
    ("Someone New", "{b} Comes to {town}", "The New Neighbour"),
    (
        (
            "{time2}, {b} came to live in {town}. {b.He} came from {town2}. Nobody in {town} knew {b} "
            "or {town2}.",
            'The house next to {a} was empty. Then {b} moved in. "I come from {town2}," said {b}.',
        ),
        (
            "{a} saw {b} {at}. {b.He} was alone. {a} was shy, so {a.he} said nothing.",
            '"Is it far to {town2}?" asked {a}. "Yes," said {b}. "{town2} is far away, and I miss {town2}."',
        ),
        (
            '{a} thought: "{b} needs a friend." So {a.he} took {a.his} {thing.full} and went to {b}.',
            "The next day {a} knocked at the door of {b}. {a.He} had {thing.a} with {a.him}.",
        ),
        (
            '"This is for you," said {a}, and {a.he} gave the {thing} to {b}.',
            '{a} showed the {thing} to {b}. "We have one like that in {town2}," said {b}.',
        ),
        (
            '{b} laughed. {b.He} gave {g1} to {a}. "We eat this in {town2}," {b.he} said.',
            "Then they went to {place2} together and talked about {town} and {town2}.",
        ),
        (
            "Now {b} likes {town} as much as {town2}.",
            "{a} wants to see {town2} one day, and {b} will show {town2} to {a}.",
        ),
    ),
    (
        ("Where did {b} come from?", "{b} came from {town2}."),
        ("Who went to see {b}?", "{a} went to see {b}."),
        ("Where does {a} live?", "{a} lives in {town}."),
    ),
)
_QUARREL = Plot(
    ("The Quarrel", "Whose {T}?", "{a} Is Sorry"),
    (
        (
            '{a} and {b} both wanted the {thing.full}. "It is mine," said {a}. "No, it is mine," said {b}.',
            "{b} had {thing.a}. {a} took it and did not ask. {b} was angry.",
        ),
        (
            "They did not speak on [Monday, Tuesday and Wednesday|Friday, Saturday and Sunday].",
            '"Go away," said {b}. "You go away," said {a}. So they both went away.',
            "{a} sat {at}, and {b} sat {at2}. Both of them were sad.",
        ),
        (
            '{a} thought about it. "I was wrong and {b} was right," {a.he} said to {a.himself}.',
            "That night {a} could not sleep, because {a.he} was sorry.",
        ),
        (
            '{a} wrote a letter.\n"Dear {b},\nI am sorry. The {thing} is yours.\nYour friend,\n{a}"',
            '{a} went to {b}. "I am sorry, {b}," {a.he} said. "I am sorry too, {a}," said {b}.',
        ),
        (
            "Then {a} gave the {thing} to {b}. Now it was the {thing} of {b}.",
            "{a} brought the {thing} to {b}, and {b} thanked {a.him}.",
        ),
        (
            '"We can share it," said {b}. "You can have it on {day}."',
            "They were not enemies but friends. They never had a quarrel again.",
        ),
    ),
    (
        ("Who was sorry first?", "{a} was sorry first."),
        ("Who has the {thing} now?", "{b} has the {thing} now."),
        ("What did they both want?", "They both wanted the {thing}."),
    ),
)
OTHER_PLOTS = (_RACE, _ILL, _NEW, _QUARREL)
