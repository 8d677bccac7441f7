"""What cannot be done is said in one sentence, and what was there before stays."""

import re

import pytest
from playwright.sync_api import expect

from browser.app_page import AppPage

REFUSED = "status of 4"

REFUSALS = {
    "empty": ("", {}, "The prompt is empty: type at least one character."),
    "too long": ("the cat " * 600, {}, r"at most 512.* [Ss]horten"),
    "too many new": ("the cat", {"max_new_tokens": 100_000}, r"at most 512 .*[Aa]sk for at most"),
    "words for a number": ("the cat", {"temperature": "warm"}, "Temperature must be a number from 0 to 10"),
    "top-p 2": ("the cat", {"top_p": 2}, "Top-p must be a number above 0 and at most 1"),
    "seed": ("the cat", {"seed": "-1"}, "Seed must be a whole number"),
    "nothing": ("the cat", {"top_k": ""}, "Top-k must be a whole number.*nothing"),
}


@pytest.mark.parametrize(("prompt", "sampling", "sentence"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_a_sentence_and_changes_nothing(
    tab: AppPage, prompt: str, sampling: dict[str, object], sentence: str
) -> None:
    tab.expect_problem(REFUSED)
    before, link = tab.ids(), tab.page.url
    tab.start(prompt, **sampling)
    expect(tab.notice()).to_contain_text(re.compile(sentence))
    expect(tab.notice()).to_be_in_viewport(ratio=1)
    tab.settled("a")
    assert tab.ids() == before
    assert tab.page.url == link


def test_after_a_refusal_the_former_text_can_be_clicked_and_linked(tab: AppPage) -> None:
    tab.expect_problem(REFUSED)
    tab.start("the cat", temperature="warm")
    expect(tab.notice()).to_contain_text("Temperature")
    tab.select(4)
    tab.page.reload()
    tab.settled("a")
    expect(tab.sentence).to_contain_text("token 4 ")
    expect(tab.notice()).to_have_count(0)


def test_the_next_good_run_takes_the_notice_away(tab: AppPage) -> None:
    tab.expect_problem(REFUSED)
    tab.start("the cat", top_p=2)
    expect(tab.notice()).to_be_visible()
    tab.run("the cat", top_p=0.9, max_new_tokens=2)
    expect(tab.notice()).to_have_count(0)


def test_a_shorter_text_moves_the_selection_without_a_notice(tab: AppPage) -> None:
    tab.run("the cat sat on the mat", max_new_tokens=8)
    tab.run("the", max_new_tokens=2)
    expect(tab.sentence).to_contain_text("token 2 ")
    expect(tab.notice()).to_have_count(0)


def test_a_notice_can_be_dismissed_with_the_keyboard(tab: AppPage) -> None:
    tab.expect_problem(REFUSED)
    tab.start("")
    tab.notice().get_by_role("button", name="close").press("Enter")
    expect(tab.notice()).to_have_count(0)


DAMAGED = {
    "junk": "junk",
    "token -1": "a=the+cat&sel=a.-1.query.0.0",
    "selection": "a=the+cat&sel=c.1.query.0.0",
    "temperature": "a=the+cat&t=warm",
    "generated": "a=the+cat&ag=1.x.3",
    "300 kB": "a=" + "x" * 300_000,
    "percent": "a=%E0%A4%A&sel=%",
}


@pytest.mark.parametrize("fragment", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_link_gives_the_default_view_and_one_notice(app: AppPage, fragment: str) -> None:
    app.open(fragment=fragment)
    expect(app.notice()).to_have_count(1)
    expect(app.notice()).to_contain_text("This link is damaged")
    expect(app.prompt()).to_have_value(re.compile("Once upon a time"))


BEYOND = {
    "layer 99": ("a=the+cat&sel=a.1.query.99.0", "layer 99"),
    "head 99": ("a=the+cat&sel=a.1.query.0.99", "head 99"),
    "token 99": ("a=the+cat&sel=a.99.query.0.0", "token 99"),
}


@pytest.mark.parametrize(("fragment", "missing"), BEYOND.values(), ids=BEYOND.keys())
def test_a_link_beyond_the_text_selects_the_nearest(app: AppPage, fragment: str, missing: str) -> None:
    app.open("/attention", fragment)
    expect(app.notice()).to_contain_text(f"There is no {missing} here")
    expect(app.page.locator("#attention-reading-a")).to_contain_text("In layer ")


REFUSED_LINKS = {
    "model": ("a=the+cat&am=%2Fetc%2Fpasswd", "offers no model '/etc/passwd'"),
    "token id": ("a=the+cat&ag=999999", "vocabulary"),
    "temperature": ("a=the+cat&t=99", "Temperature must be"),
}


@pytest.mark.parametrize(("fragment", "sentence"), REFUSED_LINKS.values(), ids=REFUSED_LINKS.keys())
def test_a_link_that_the_server_refuses_says_why(app: AppPage, fragment: str, sentence: str) -> None:
    app.expect_problem(REFUSED)
    app.page.goto(f"{app.server.url}/#{fragment}")
    expect(app.notice()).to_contain_text(sentence)
    app.run("the cat", max_new_tokens=2, temperature=0.8)


def test_a_stopped_server_is_said_in_a_sentence(tab: AppPage) -> None:
    before = tab.ids()
    tab.expect_problem("ERR_FAILED|/api/run")
    tab.page.route("**/api/run", lambda route: route.abort())
    tab.start("the cat")
    expect(tab.notice()).to_contain_text("server cannot be reached")
    assert tab.ids() == before
