"""More plots: a trouble shared, a trade, a strange find, a secret, a meal."""

from stories.plots import Plot

_HELP = Plot(
    ("{a} in Trouble", "{b} Helps {a}", "The {T} in the Tree"),
    (
        (
            "{a} was playing {at} with {thing.a}.",
            "{time2}, {a} took {a.his} {thing.full} to {place}.",
            "{a} wanted to show {a.his} {thing.full} to {b}, so {a.he} went to {place}.",
        ),
        (
            "But the wind took the {thing} and carried it into a tall tree. {a} could not reach it.",
            "But the {thing} fell into the water. {a} could not swim.",
            "But {a} dropped the {thing} into a deep hole. {a.He} could not get it out by {a.himself}.",
        ),
        (
            '{a} called for help. "Help! Help!" {a.he} called.',
            '{a} sat down and cried. "My {thing}, my {thing}!" {a.he} said.',
            "{a} tried once, twice, three times. It was no use.",
        ),
        (
            "{b} was {at2} and heard {a}. {b.He} ran as fast as {b.he} could.",
            'Just then {b} came by. "I can see it," said {b}. "Do not cry, {a}."',
        ),
        (
            "{b} was taller than {a}. {a} was shorter than {b}. So {b} got the {thing} and gave it to {a}.",
            "{b} had a long stick. With the stick {b.he} got the {thing} and handed it to {a}.",
            "{b} was strong and {b.he} was not afraid. {b.He} got the {thing} and brought it to {a}.",
        ),
        (
            '"You are braver than I am, {b}," said {a}.',
            '"How can I thank you?" asked {a}. "With {g1}," said {b}. So {a} gave {g1} to {b}.',
            "The {thing} was wet and dirty, but {a} was happy. {a.He} thanked {b}.",
        ),
    ),
    (
        ("Who was in trouble?", "{a} was in trouble."),
        ("Who helped?", "{b} helped."),
        ("Who got the {thing} back?", "{a} got the {thing} back."),
        ("What was {a} carrying?", "{a} was carrying {thing.a}."),
    ),
)
_TRADE = Plot(
    ("A Fair Trade", "The {T} and the Cake", "{a} and {b} at the Market"),
    (
        (
            "{a} had {thing.a}, but {a.he} wanted {g1}. {b} had {g1}, but {b.he} wanted {thing.a}.",
            "{a} had {thing.a} and {b} had {g1}. Neither of them was happy.",
        ),
        (
            "They met {at}. {weather}",
            "{time2}, {a} saw {b} {at}.",
        ),
        (
            '"Will you give me that?" asked {a}. "Yes," said {b}, "if you give me your {thing}."',
            '"I will give you my {thing}," said {a}. "Good," said {b}. "Here you are."',
        ),
        (
            "So {a} gave the {thing} to {b}, and {b} gave {g1} to {a}.",
            "So {b} gave {g1} to {a}, and {a} gave the {thing} to {b}.",
        ),
        (
            "Now {b} had the {thing}, and {a} had what {a.he} wanted.",
            "{a} had given away the {thing}. Now it belonged to {b}.",
        ),
        (
            '"Are you happy, {a}?" asked {b}. "I am. Are you happy, {b}?" asked {a}. "Yes," said {b}.',
            "{a} [ate|looked at|smelled] what {b} had given {a.him}. {b} played with what {a} had given "
            "{b.him}.",
        ),
    ),
    (
        ("Who had the {thing} first?", "{a} had the {thing} first."),
        ("Who has the {thing} now?", "{b} has the {thing} now."),
        ("Where did they meet?", "They met {at}."),
    ),
)
_FIND = Plot(
    ("The Strange Thing", "{a} Finds Something", "What {b} Knew"),
    (
        (
            "{time2}, {a} found a strange thing {hidden}. It was {thing.adjective}, and it made a noise.",
            "{a} was walking {at}. There, {hidden}, lay something that {a.he} had never seen.",
        ),
        (
            '{a} asked {b} about it. "That is a {new}," said {b}.',
            '"What is it?" asked {a}. "I think it is a {new}," said {b}.',
            'On one side stood a single word: {new}. "So it is a {new}," said {a}.',
        ),
        (
            '"A {new}!" said {a}. "What can a {new} do?" "A {new} can [sing|fly|tell the time]," said {b}.',
            "{a} had never heard of a {new}. {a.He} said the word again and again: {new}, {new}, {new}.",
        ),
        (
            "{a} took the {new} home and put it beside {a.his} {thing}.",
            "{a} washed the {new} and gave it some water.",
            "They carried the {new} to {place}. The {new} was heavier than {thing.one}.",
        ),
        (
            "In the night the {new} began to sing. {a} listened to the {new} till the morning.",
            'But the {new} was not happy. "It wants to go home," said {b}.',
            "All the people in {town} came to see the {new}.",
        ),
        (
            "{time2}, the {new} was gone. {a} never saw a {new} again.",
            "So {a} gave the {new} to {b}, and {b} took the {new} back to the place where it came from.",
            "{a} kept the {new} for many years. It is the only {new} in {town}.",
        ),
    ),
    (
        ("What did {a} find?", "{a} found a {new}."),
        ("Where was the {new}?", "The {new} was {hidden}."),
        ("Who knew the name of the thing?", "{b} said it was a {new}."),
    ),
)
_SECRET = Plot(
    ("The Secret", "The Word", "{a} and the Secret Door"),
    (
        (
            "{a} found a small door {hidden}. It was {thing.adjective}, and it was closed.",
            "There was an old door {at}. Nobody had ever opened it.",
        ),
        (
            '"You need a secret word," said {b}. "The word is {new}."',
            '{b} knew the secret word. It was {new}. {b.He} told it to {a}: "{new}."',
        ),
        (
            '{a} stood before the door. "{new}," said {a}. Nothing happened. "{new}!" {a.he} said again.',
            "{a} wrote the word on {a.his} hand: {new}. Then {a.he} went to the door and read it: {new}.",
        ),
        (
            "The door opened. Behind it was {thing.a}.",
            "Slowly the door opened, and {a} saw {thing.a}.",
        ),
        (
            "{a} took the {thing} and showed it to {b}.",
            '{a} brought the {thing.full} to {b}. "This was behind the door," said {a}.',
        ),
        (
            '"Never forget the word," said {b}. "I will not," said {a}. "It is {new}."',
            "The door closed again. Only {a} and {b} know the word {new}.",
        ),
    ),
    (
        ("What was the secret word?", "The secret word was {new}."),
        ("Who knew the word first?", "{b} knew the word first."),
        ("What was behind the door?", "Behind the door was {thing.a}."),
    ),
)
_MEAL = Plot(
    ("Supper", "{a} Cooks", "The {T} on the Table"),
    (
        (
            "{a} wanted to cook for {b}. {a.He} needed {g1} and {g2}.",
            "{b} was coming to supper. {a} was {mood}, for {a.he} could not cook.",
        ),
        (
            "{a} went to {place} and bought {g1}. {a.He} paid with [two|three|four|five] coins.",
            "First {a} looked {at}. There {a.he} found {g1}.",
        ),
        (
            "At six there was a knock at the door. It was {b}. {b} had brought {thing.a}.",
            'Soon {b} came in. "I have {thing.a} for you," said {b}, and {b.he} gave the {thing} to {a}.',
        ),
        (
            '"What is for supper?" asked {b}. "There is {g1} and {g2}," said {a}.',
            "{a} gave {g1} to {b}. {b} ate it and asked for more.",
        ),
        (
            "They ate and talked. The {thing.full} lay on the table between them.",
            "After supper {a} and {b} washed the plates. {a} washed, and {b} dried.",
        ),
    ),
    (
        ("Who cooked?", "{a} cooked."),
        ("Who came to supper?", "{b} came to supper."),
        ("What did {b} bring?", "{b} brought {thing.a}."),
    ),
)
MORE_PLOTS = (_HELP, _TRADE, _FIND, _FIND, _SECRET, _MEAL)
