"""The benchmarks on a tiny model: they run and their numbers are numbers. How large is not tested here."""

from functools import partial
from math import isfinite
from pathlib import Path

import pytest

from benchmarks.__main__ import MEASURES
from benchmarks.clicking import spread
from benchmarks.measurement import Measurement, Target
from benchmarks.report import summary, table
from benchmarks.subject import Subject, text_of
from benchmarks.timing import interleaved
from gpt2dash.language_model import load
from gpt2dash.model.tokens import Tokenizer

IN_THE_BROWSER = {"page", "write", "click", "clicks"}
HALF_AS_LONG = Measurement("a", 1.0, "ms", 2.0, "b", Target("ratio", 0.5))


@pytest.fixture(scope="module")
def tiny_subject(tiny_folder: Path) -> Subject:
    return Subject(tiny_folder, load(str(tiny_folder)), lengths=(8, 16), n_prompt=4, n_new=6, rounds=1)


@pytest.mark.parametrize("name", sorted(MEASURES.keys() - IN_THE_BROWSER))
def test_every_measure_runs(name: str, tiny_subject: Subject) -> None:
    found = MEASURES[name](tiny_subject)
    assert found
    assert all(isfinite(m.value) and isfinite(m.ratio or 0) and m.value >= 0 for m in found)


def test_greedy_tokens_are_those_of_transformers(tiny_subject: Subject) -> None:
    _, same = MEASURES["generate"](tiny_subject)
    assert (same.value, same.other) == (6, 6)


def test_medians_leave_the_first_round_out_and_alternate_the_order() -> None:
    order: list[str] = []
    values = {"a": iter([100.0, 1.0, 2.0, 6.0]), "b": iter([0.0, 0.0, 0.0, 0.0])}

    def task(name: str) -> float:
        order.append(name)
        return next(values[name])

    assert interleaved({name: partial(task, name) for name in "ab"}, 3) == {"a": 2.0, "b": 0.0}
    assert "".join(order) == "baabbaab"


@pytest.mark.parametrize(
    ("target", "reached"),
    [
        (Target("ratio", 0.5), True),
        (Target("ratio", 0.49), False),
        (Target("ratio", 0.5, at_least=True), True),
        (Target("ratio", 0.51, at_least=True), False),
        (Target("value", 1.0), True),
        (Target("value", 0.9), False),
        (None, None),
    ],
)
def test_a_target_limits_the_ratio_or_the_value(target: Target | None, reached: bool | None) -> None:
    assert Measurement("a", 1.0, "ms", 2.0, "b", target).is_reached is reached


def test_the_table_says_value_ratio_target_and_verdict() -> None:
    row = table([HALF_AS_LONG]).splitlines()[-1]
    assert [cell.strip() for cell in row.split("|")[1:-1]] == [
        "a",
        "1 ms",
        "2 ms b",
        "0.50",
        "≤ 0.50",
        "reached",
    ]


def test_the_summary_names_what_was_missed() -> None:
    missed = Measurement("c", 3.0, "ms", target=Target("value", 2.0))
    assert summary([HALF_AS_LONG, missed]) == "1 of 2 targets reached. Not reached: c."


@pytest.mark.parametrize("n_tokens", [1, 7, 64])
def test_texts_have_the_exact_length(n_tokens: int, tiny_tokenizer: Tokenizer) -> None:
    assert len(tiny_tokenizer.encode(text_of(tiny_tokenizer, n_tokens))) == n_tokens


@pytest.mark.parametrize(("n_tokens", "n"), [(2, 22), (64, 22), (1_024, 22)])
def test_clicks_fall_on_different_tokens_of_the_text(n_tokens: int, n: int) -> None:
    places = spread(n_tokens, n)
    assert len(set(places)) == len(places) == min(n, n_tokens - 1)
    assert 0 < min(places) <= max(places) < n_tokens
