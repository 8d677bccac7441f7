"""The plots: beats in order, several ways to write each, and what can be asked afterwards."""

from dataclasses import dataclass

Beat = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A little plot: {a} is the hero, {b} the other; the things and places stay the same throughout."""

    titles: Beat
    beats: tuple[Beat, ...]
    facts: tuple[tuple[str, str], ...]


OPENINGS: Beat = (
    "Once upon a time there was {a.intro}. {a} lived [in {town}|near {town}|{at}].",
    "{time}, {a.intro} was {at}.",
    "There was once {a.intro}. [Everyone in {town} knew {a}|Few people in {town} knew {a}|{a} was a "
    "friend of {b}].",
    "In the town of {town} lived {a.intro}. {a} had a friend, and the name of the friend was {b}.",
    "This is a story about {a}. {a} was {kind}, and {a.he} lived in {town}.",
    "Long ago, in a place called {town}, there lived {a.intro} and {b.intro}.",
    "{weather} In {town}, {a.intro} looked out of the window.",
    "{a} and {b} lived in {town}. {a} was {kind}.",
    "Have you heard of {a}? {a} was {kind} who lived not far from {town}.",
)
ENDINGS: Beat = (
    "So {a} was [happy|glad|content] again, and {b} was [happy|glad|content] too.",
    "{a} and {b} went back to {town} together. [It had been a good day.|They talked all the way.|They "
    "were tired.]",
    "That night {a} slept well. {a.He} dreamed of the {thing.full}.",
    "And that is the end of the story of {a} and the {thing.full}.",
    "From that day on, {a} and {b} were the best of friends.",
    "{a} told everyone in {town} about it, and everyone laughed.",
    "Since then, {a} has never [forgotten|doubted] {b}.",
    "People in {town} still [talk about|tell the story of] {a} and {b}.",
    "{b} smiled at {a}. {a} smiled back. The {thing} was safe, and the day was over.",
    "In the end {a} learned [something|a lesson]: [a friend is better than gold|it is good to ask for help].",
)

_LOST = Plot(
    ("The Lost {T}", "{a} and the {T}", "Where Is the {T}?"),
    (
        (
            "{a} had {thing.a}. {a.He} loved the {thing} [very much|more than anything] and took it "
            "everywhere.",
            "The best thing {a} had was {thing.a}. It was a present from {a.his} [uncle|aunt|grandmother].",
            "{a} always carried {thing.a} with {a.him}.",
        ),
        (
            "{time2}, {a} could not find the {thing}. {a.He} looked in every corner, but it was not there.",
            "But then the {thing.full} was gone. {a} [looked for it everywhere|was very sad|began to "
            "look for it].",
            'Then {a} lost the {thing}. "Where is my {thing}?" {a.he} cried.',
            "When {a} came home, {a.his} {thing} was missing. {a.He} was {mood}.",
        ),
        (
            '{a} went to {b} and asked, "Have you seen my {thing}?" "No," said {b}, "but I will help you."',
            '{a} met {b} {at}. "I lost my {thing}," said {a}. "It is {thing.adjective}."',
            '{b} saw that {a} was sad. "What is the matter?" asked {b}. "My {thing} is lost," said {a}.',
            '{a} told {b} about the {thing}. {b} said, "Let us look for it together."',
        ),
        (
            "They looked {at}, but they did not find it there.",
            "First they went to {place2}. They found nothing.",
            "{a} looked on the left and {b} looked on the right.",
            "They asked [the baker|an old man|a woman|two children], but nobody had seen {thing.a}.",
            'They walked and walked. "We will find it," said {b}.',
        ),
        (
            "At last {b} found the {thing} {hidden}. {b.He} gave the {thing} back to {a}.",
            "Then {b} saw something {thing.adjective} {hidden}. It was the {thing}! {b} handed the "
            "{thing} to {a}.",
            "The {thing} was {hidden}. {b} found it there and brought it to {a}.",
            '"Look!" cried {b}. There, {hidden}, was the {thing.full}. {b} passed it to {a}.',
        ),
        (
            '"Thank you, {b}," said {a}. "You found my {thing}."',
            '{a} held the {thing} in {a.his} hands. "You are a good friend, {b}," {a.he} said.',
            "{a} thanked {b} and put the {thing} away.",
        ),
    ),
    (
        ("Who lost the {thing}?", "{a} lost the {thing}."),
        ("Who found the {thing}?", "{b} found the {thing}."),
        ("Where was the {thing}?", "The {thing} was {hidden}."),
        ("To whom did {b} give the {thing}?", "{b} gave the {thing} to {a}."),
    ),
)
_MADE = Plot(
    ("The {T}", "What {a} Made", "A Present for {b}"),
    (
        (
            '{time2}, {a} wanted to make something for {b}. "I will make {thing.a}," {a.he} said to '
            "{a.himself}.",
            "It was the birthday of {b}. {a} had no money, so {a.he} made {thing.a} by {a.himself}.",
            '{b} had no {thing}. So {a} thought: "I will make one for {b}."',
        ),
        (
            "{a} worked {at} for [three|four|five|six] days. It was not easy.",
            "All day {a} sat {at} and worked. {a.He} cut, and {a.he} measured, and {a.he} painted.",
            "{a} made it out of old things. It was [not big but small|not old but new|not heavy but light].",
            "The first {thing} was too big. The second {thing} was too small. The third {thing} was "
            "just right.",
        ),
        (
            "At last the {thing} was ready. It was {thing.adjective}, and it was beautiful.",
            "When it was ready, {a} put the {thing.full} in a box.",
            'Then {a} looked at the {thing}. "It is very good," {a.he} said.',
        ),
        (
            "{a} took the {thing} and walked to the house of {b}. {weather}",
            'On the way {a} met [a dog|a cow|a tall man|an old woman]. "Is that {thing.a}?" it seemed '
            "to ask.",
            "{a} carried the {thing} all the way to {b}.",
            '{b} was waiting {at2}. "What have you got there?" asked {b}.',
        ),
        (
            '{a} gave the {thing} to {b}. "I made it myself," said {a}.',
            '"This is for you," said {a}, and {a.he} handed the {thing} to {b}.',
            '{a} put the {thing} into the hands of {b}. "Happy birthday, {b}," said {a}.',
        ),
        (
            '{b} could not believe it. "{thing.A}!" cried {b}. "Thank you, {a}!"',
            "{b} was so happy that {b.he} danced. {b.He} thanked {a} [again and again|three times|with "
            "all {b.his} heart].",
            "{b} liked the {thing}. {b.He} showed it to everybody {at2}.",
        ),
    ),
    (
        ("Who made the {thing}?", "{a} made the {thing}."),
        ("For whom did {a} make the {thing}?", "{a} made it for {b}."),
        ("Who has the {thing} now?", "{b} has the {thing} now."),
        ("What colour or kind was the {thing}?", "It was {thing.a}."),
    ),
)
_TRIP = Plot(
    ("A Visit to {town2}", "The Road to {town2}", "{a} Goes to {town2}"),
    (
        (
            '{a} had never been to {town2}. "I want to see {town2}," {a.he} said.',
            '{time2}, {a} got a letter from {town2}. {b} had written it. "Come to {town2}," it said.',
            "Everyone spoke of {town2}. So {a} wanted to go to {town2} too.",
        ),
        (
            "{a} packed {g1}, {g2} and {thing.a}.",
            "{a} put {thing.a} in {a.his} bag and locked the door.",
            "{a} took only {thing.a} with {a.him}.",
        ),
        (
            "{a.He} walked [one, two, three|two, three, four] days. Then {a.he} came to {place}.",
            "The way to {town2} was long. {weather} {a} rested {at}.",
            '{a} asked the way to {town2}. "Go past {place}," said a man, "and then you will see {town2}."',
        ),
        (
            'There {a} met {b}. "Where are you going?" asked {b}. "I am going to {town2}," said {a}.',
            '{b} was on the road as well. "Are you going to {town2}?" {b.he} asked. "Yes," said {a}.',
            "{a} heard steps. It was {b}. {b} knew the way to {town2}.",
        ),
        (
            "{b} was {mood}, so {a} gave {g1} to {b}. Then they went on to {town2} together.",
            "{b} had nothing to eat. {a} gave {g1} to {b}, and {b} gave {g2} to {a}.",
            "They sat down {at2}. {a} offered {g1} to {b}.",
        ),
        (
            "At last they saw {town2}. [The houses of {town2} were white.|The bells of {town2} were "
            "ringing.] "
            "{a} showed the {thing} to the people there.",
            'So they came to {town2}. "This is {town2}," said {b}. {a} looked around. It was very '
            "[big|small|quiet].",
            "{town2} was not big but small. {a} left the {thing.full} in {town2} and went home without it.",
        ),
    ),
    (
        ("Where did {a} go?", "{a} went to {town2}."),
        ("Whom did {a} meet?", "{a} met {b}."),
        ("To whom did {a} give something?", "{a} gave something to {b}."),
    ),
)
_LENT = Plot(
    ("The Borrowed {T}", "{b} Keeps a Promise", "The {T} for a Day"),
    (
        (
            "{b} needed {thing.a}, and {a} had one.",
            "{a} had {thing.a}. {b} had no {thing}, but {b.he} needed one.",
            '"Do you have {thing.one}?" asked {b}. "Yes," said {a}, "I have {thing.a}."',
        ),
        (
            '{a} lent the {thing} to {b}. "Bring it back on {day}," said {a}.',
            'So {a} handed the {thing.full} to {b}. "I will bring it back on {day}," said {b}.',
        ),
        (
            "{b} took the {thing} to {place}. {weather}",
            "{b} used it {at} all day.",
            "{b} was careful with the {thing}. {b.He} carried it to {place}.",
        ),
        (
            "But {at} the {thing} fell and broke. {b} was {mood}.",
            "But then {b} left the {thing} {hidden} and forgot it.",
            "But when {b} looked up, the {thing} was gone. Someone had put it {hidden}.",
        ),
        (
            '{b} thought of {a}. "I made a promise to {a}," {b.he} said to {b.himself}.',
            '{b} sat down and thought. "What will {a} say?" {b.he} asked {b.himself}.',
        ),
        (
            "{b} went back and [worked|looked|searched] all night. In the morning everything was right "
            "again.",
            "{b} asked for help, and soon the {thing} was as good as before.",
        ),
        (
            'On {day} {b} came to {a} and gave the {thing} back to {a}. "Thank you for the {thing}," '
            "said {b}.",
            "When {day} came, {b} brought the {thing.full} to {a}. {a} was surprised and glad.",
        ),
    ),
    (
        ("Whose {thing} was it?", "It was the {thing} of {a}."),
        ("Who borrowed the {thing}?", "{b} borrowed the {thing}."),
        ("When did {b} bring it back?", "{b} brought it back on {day}."),
        ("Where did {b} take the {thing}?", "{b} took it to {place}."),
    ),
)
PLOTS = (_LOST, _MADE, _TRIP, _LENT)
