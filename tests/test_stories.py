import json
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import chain, combinations, product
from pathlib import Path
from random import Random

import pytest

from stories import heldout
from stories.agreement import PAIRS, plural
from stories.cases import Case, case_lines, cases
from stories.documents import SEPARATOR, text
from stories.giving import FRAMES as GIVING_FRAMES
from stories.invented import held_invented, invented
from stories.sequences import ORDERS
from stories.wording import Dice, article, capital
from stories.words import COMPARATIVES, FEMALE, FOODS, GIVEN, MALE, OPPOSITES, PLACES, THINGS

ROOT = Path(__file__).parents[1]
MEGABYTE = 1_000_000
NAMES = frozenset(FEMALE + MALE)
HELD_NAMES = frozenset(heldout.HELD_FEMALE + heldout.HELD_MALE)
BEHAVIOURS = ("giving", "pronoun", "invented name", "sequence", "agreement", "closing", "opposite")
ALL_CASES = tuple(cases())


@pytest.fixture(scope="module")
def megabyte() -> str:
    return "".join(text(0, MEGABYTE))


@pytest.fixture(scope="module")
def documents(megabyte: str) -> list[str]:
    return megabyte.split(f"\n{SEPARATOR}\n")[:-1]


def as_pattern(frame: str) -> re.Pattern[str]:
    """The frame with anything short in its slots."""
    parts = re.split(r"\{\w+\}", frame)
    return re.compile(r"[^.\n]{1,60}?".join(map(re.escape, parts)) + r"(?!\w)")


def sentences(prompt: str) -> list[str]:
    return re.split(r"(?<=[.?!]) |(?<=[.?!]\") ", prompt)


def of(behaviour: str) -> list[Case]:
    return [case for case in ALL_CASES if case.behaviour == behaviour]


def test_the_same_seed_writes_the_same_text_in_another_process() -> None:
    command = [sys.executable, "-m", "stories", "--megabytes", "0.1", "--seed", "3"]
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout == "".join(text(3, 100_000))


def test_another_seed_writes_another_text() -> None:
    assert "".join(text(0, 20_000)) != "".join(text(1, 20_000))


def test_a_shorter_text_is_the_beginning_of_a_longer_one(megabyte: str) -> None:
    assert megabyte.startswith("".join(text(0, 30_000)))


def test_the_size_is_kept_to_within_a_document(megabyte: str) -> None:
    assert MEGABYTE - 5_000 < len(megabyte.encode()) <= MEGABYTE
    assert megabyte.isascii()
    assert megabyte.endswith(f"\n{SEPARATOR}\n")


def test_documents_have_60_to_600_words(documents: list[str]) -> None:
    lengths = sorted(len(document.split()) for document in documents)
    assert lengths[0] >= 60
    assert lengths[len(lengths) // 20] > 100
    assert lengths[-len(lengths) // 20] < 400
    assert lengths[-1] < 600


def test_quotes_and_brackets_are_balanced(documents: list[str]) -> None:
    for document in documents:
        assert document.count('"') % 2 == 0
        assert re.sub(r"[^()]", "", document).replace("()", "") == ""


def test_spaces_are_single_and_slots_filled(documents: list[str]) -> None:
    for document in documents:
        assert not re.search(r"  | \n|\n |[{}\[\]|]| [.,?!]", document)


def test_a_and_an_are_right(documents: list[str]) -> None:
    for document in documents:
        assert not re.findall(r"\b[Aa] [aeio]\w\w+", document)
        assert not re.findall(r"\b[Aa]n [^aeiou\W](?!our\b)\w+", document)


def test_sentences_start_with_a_capital(documents: list[str]) -> None:
    lists = re.compile(r"^(- |\d+\. ).*$", re.MULTILINE)
    lowercase_letter = r"[a-z](?=, | )"  # the alphabet may be read out in lower case
    for document in documents:
        prose = lists.sub("", document)
        assert not re.findall(rf"(?<=\w\. )(?!{lowercase_letter})[a-z]\w*", prose)
        assert not re.findall(rf"^\"?(?!{lowercase_letter})[a-z]", prose, re.MULTILINE)


@pytest.mark.parametrize(("phrase", "expected"), [("key", "a key"), ("apple", "an apple"), ("use", "a use")])
def test_article(phrase: str, expected: str) -> None:
    assert article(phrase) == expected


def test_stories_differ(documents: list[str]) -> None:
    openings = Counter(document[:80] for document in documents)
    assert max(openings.values()) <= 2


def test_a_third_of_the_documents_say_an_invented_name_again(documents: list[str]) -> None:
    def again(document: str) -> bool:
        words = Counter(re.findall(r"\b[A-Za-z]{6,}\b", document))
        return any(count > 2 and word.lower() not in common for word, count in words.items())

    seen = Counter(chain.from_iterable(set(re.findall(r"[a-z]{6,}", each.lower())) for each in documents))
    common = {word for word, count in seen.items() if count > 2}
    assert sum(map(again, documents)) > len(documents) / 3


def test_every_giving_frame_names_both_and_is_one_of_many() -> None:
    assert len(GIVING_FRAMES) >= 25
    assert all("{s}" in frame and "{o}" in frame for frame in GIVING_FRAMES)


def test_dice_write_choices_and_slots() -> None:
    written = {Dice(seed).write(("[the|a] {x} is here.",), x="cat") for seed in range(20)}
    assert written == {"The cat is here.", "A cat is here."}


def test_dice_draw_every_whole_number() -> None:
    dice = Dice(0)
    assert {dice.whole(2, 4) for _ in range(50)} == {2, 3, 4}
    assert sorted(dice.some("abc", 3)) == ["a", "b", "c"]


def test_held_names_are_an_eighth_and_never_written(megabyte: str) -> None:
    assert not NAMES & HELD_NAMES
    assert 0.1 < len(HELD_NAMES) / len(NAMES | HELD_NAMES) < 0.15
    assert not HELD_NAMES & set(re.findall(r"\w+", megabyte))


def test_held_pairs_never_share_a_document(documents: list[str]) -> None:
    for document in documents:
        found = sorted(NAMES & set(re.findall(r"\w+", document)))
        assert not [pair for pair in combinations(found, 2) if heldout.is_held_pair(*pair)]


def test_held_inventions_are_never_drawn() -> None:
    dice = Dice(0)
    assert not any(heldout.is_held_invention(invented(dice)) for _ in range(500))
    assert all(heldout.is_held_invention(held_invented(dice)) for _ in range(100))


@pytest.mark.parametrize(
    "frame",
    [
        *heldout.GIVING_FRAMES,
        *heldout.PRONOUN_FRAMES,
        *heldout.INVENTED_FRAMES,
        *heldout.AGREEMENT_FRAMES[1:],
        *heldout.CLOSING_QUOTE_FRAMES,
        *heldout.CLOSING_BRACKET_FRAMES,
        *heldout.COMPARISON_FRAMES,
        *(frame for frames in heldout.SEQUENCE_FRAMES.values() for frame in frames),
    ],
)
def test_held_frames_are_never_written(frame: str, megabyte: str) -> None:
    assert not as_pattern(frame).search(megabyte)


def test_held_opposites_are_written_but_not_in_the_held_frames(megabyte: str) -> None:
    for frame, pair in product(heldout.OPPOSITE_FRAMES, heldout.HELD_OPPOSITES):
        for word in pair:
            assert frame.format(x=word) not in megabyte
    for x, y in heldout.HELD_OPPOSITES:
        assert (x, y) in OPPOSITES
        assert f"not {x} but {y}" in megabyte or f"not {y} but {x}" in megabyte
    assert "The opposite of soft is hard" in megabyte


def test_held_gifts_places_lines_and_asides_are_never_written(megabyte: str) -> None:
    nouns = {gift.split(" ", 1)[1] for gift in heldout.GIVING_GIFTS}
    assert not nouns & {*THINGS, *FOODS, *GIVEN}
    assert not set(heldout.GIVING_PLACES) & {place.split(" ", 1)[1] for place in PLACES}
    for phrase in (*heldout.SPOKEN_LINES, *(f"({aside}" for aside in heldout.BRACKETED)):
        assert phrase not in megabyte


def test_held_nouns_never_agree_across_each_other(megabyte: str) -> None:
    written = {(head, attractor) for head, _, attractor in PAIRS}
    for one, many, prep, other, others in heldout.AGREEMENT_PAIRS:
        assert (one, other) not in written
        assert not re.search(rf"\b({one}|{many}) {prep} the (\w+ )?({other}|{others})\b", megabyte)


@pytest.mark.parametrize(("one", "many"), [("key", "keys"), ("box", "boxes"), ("leaf", "leaves")])
def test_plural(one: str, many: str) -> None:
    assert plural(one) == many


@pytest.mark.parametrize("kind", ["day", "month", "number word", "digit", "letter"])
def test_no_run_starts_where_the_cases_start(kind: str, megabyte: str) -> None:
    order = ORDERS[kind]
    for start in heldout.HELD_STARTS[kind]:
        run = ", ".join(order[(start + step) % len(order)] for step in range(3))
        before = order[start - 1]
        assert not re.search(rf"(?<!\b{before}, )(?<!\w){run}\b", megabyte, re.IGNORECASE)


def test_the_committed_cases_are_those_written_now() -> None:
    path = ROOT / "gpt2dash" / "training" / "behaviours.jsonl"
    assert path.read_text(encoding="utf-8") == "".join(case_lines())


def test_each_behaviour_has_sixty_cases() -> None:
    counted = Counter(case.behaviour for case in ALL_CASES)
    assert set(counted) == set(BEHAVIOURS)
    assert min(counted.values()) >= 60


def test_cases_are_well_formed_and_different() -> None:
    for case in map(json.loads, case_lines()):
        assert list(case) == ["behaviour", "prompt", "right", "wrong"]
        assert case["prompt"] == case["prompt"].strip()
        assert case["right"]
        assert not set(case["right"]) & set(case["wrong"])
        starts = "" if case["behaviour"] == "closing" else " "
        assert all(each.startswith(starts) for each in case["right"] + case["wrong"])
    assert len({case.prompt for case in ALL_CASES}) == len(ALL_CASES)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_no_sentence_of_a_case_is_in_the_text(behaviour: str, megabyte: str) -> None:
    for case in of(behaviour):
        assert not [each for each in sentences(case.prompt) if len(each.split()) > 3 and each in megabyte]


def test_the_receiver_is_named_first_as_often_as_second() -> None:
    first = [case.prompt.index(case.right[0]) < case.prompt.index(case.wrong[0]) for case in giving_padded()]
    assert first.count(True) == first.count(False)


def giving_padded() -> list[Case]:
    return [Case("giving", f" {case.prompt}", case.right, case.wrong) for case in of("giving")]


def test_each_kind_of_run_has_fifteen_cases() -> None:
    for kind, frames in heldout.SEQUENCE_FRAMES.items():
        starts = tuple(frame.partition("{")[0] for frame in frames)
        assert sum(case.prompt.startswith(starts) for case in of("sequence")) >= 15, kind


def test_heads_are_singular_as_often_as_plural() -> None:
    singular = [case.right[0] in (" is", " was", " has") for case in of("agreement")]
    assert singular.count(True) == singular.count(False)
    assert {case.right[0] for case in of("agreement")} == {" is", " are", " was", " were", " has", " have"}


def test_comparisons_are_right_for_either_name() -> None:
    compared = [case for case in of("opposite") if "one is" in case.prompt]
    first = [f" {case.prompt}".count(case.right[0] + " is ") for case in compared]
    assert len(compared) >= 35
    assert len(of("opposite")) - len(compared) >= 35
    assert abs(sum(first) / len(first) - 0.5) < 0.1


def test_comparatives_are_all_different() -> None:
    assert len(set(chain.from_iterable(COMPARATIVES))) == 2 * len(COMPARATIVES)


def test_invented_names_are_said_twice_before_they_are_asked_for() -> None:
    for case in of("invented name"):
        name = case.right[0].strip()
        assert len(re.findall(rf"\b{name}\b", case.prompt)) == 2
        assert name == capital(name.lower())


def test_dice_do_not_touch_the_random_numbers_of_others() -> None:
    before = Random(0).random()
    Dice(0).pick("ab")
    assert Random(0).random() == before
