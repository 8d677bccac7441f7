"""Why this token: the table of what could have come, and writing on from something else."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.app_page import AppPage

if TYPE_CHECKING:
    from gpt2dash.generation import Step
    from gpt2dash.language_model import LanguageModel

PROMPT = "When Mary and John went to the"
SAMPLING: dict[str, float] = {"temperature": 0.7, "top_k": 12, "top_p": 0.9, "seed": 4, "max_new_tokens": 10}


def _steps(bundled: "LanguageModel") -> "list[Step]":
    from gpt2dash.generation import Step

    return [step for step in bundled.generate(PROMPT, **SAMPLING) if isinstance(step, Step)]


def _number(cell: str) -> float:
    return 0.0 if cell == "cut" else float(cell)


def test_the_page_writes_what_python_writes(tab: AppPage, bundled: "LanguageModel") -> None:
    tab.run(PROMPT, **SAMPLING)
    assert tab.ids()[tab.n_prompt() :] == [step.id for step in _steps(bundled)]


@pytest.mark.parametrize("index", [0, 6])
def test_every_stage_has_python_s_probabilities(tab: AppPage, bundled: "LanguageModel", index: int) -> None:
    tab.run(PROMPT, **SAMPLING)
    step = _steps(bundled)[index]
    tab.select(step.pos)
    shown = {int(row[2]): [_number(cell) for cell in row[4:8]] for row in tab.candidate_values()}
    wanted = {c.id: pytest.approx([c.raw, c.tempered, c.top_k, c.top_p], rel=1e-3) for c in step.candidates}
    assert shown == wanted


def test_ranks_and_the_token_that_came_are_marked(tab: AppPage, bundled: "LanguageModel") -> None:
    tab.run(PROMPT, **SAMPLING)
    step = _steps(bundled)[3]
    tab.select(step.pos)
    marked = [(int(row[2]), int(row[3])) for row in tab.candidate_values() if row[0]]
    assert marked == [(step.id, step.rank)]


def test_a_cut_is_told_in_words(tab: AppPage) -> None:
    tab.run(PROMPT, **SAMPLING)
    expect(tab.page.locator("#generation-candidates-a .cuts")).to_contain_text("Top-k kept 12 of")


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_another_candidate_is_put_there_and_the_text_goes_on(tab: AppPage, by: str) -> None:
    tab.run(PROMPT, max_new_tokens=10, seed=4)
    before = tab.ids()
    pos = tab.n_prompt() + 4
    tab.select(pos)
    row = tab.candidates().filter(has=tab.page.get_by_role("button", name="use")).nth(2)
    other = int(row.locator("td").nth(2).inner_text())
    button = row.get_by_role("button", name="use")
    button.click() if by == "mouse" else button.press("Enter")
    expect(tab.page.locator(f"#token-table-a tr[data-pos='{pos}'] td").nth(2)).to_have_text(str(other))
    tab.settled("a")
    after = tab.ids()
    assert after[:pos] == before[:pos]
    assert after[pos] == other
    assert len(after) == len(before)


def test_given_tokens_cannot_be_exchanged(tab: AppPage) -> None:
    tab.run(PROMPT, max_new_tokens=4)
    tab.select(2)
    expect(tab.candidates().first).to_be_visible()
    expect(tab.candidates().get_by_role("button", name="use")).to_have_count(0)


def test_the_first_token_says_why_it_has_no_candidates(tab: AppPage) -> None:
    tab.tokens().first.click()
    expect(tab.page.locator("#generation-candidates-a")).to_contain_text(
        "Nothing stands before the first token"
    )
