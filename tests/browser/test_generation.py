"""Writing: start, watch, stop, clear; whose settings made what."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.app_page import AppPage

PROMPT = "When Mary and John went to the"


def test_the_button_runs_the_prompt(tab: AppPage) -> None:
    tab.run(PROMPT, max_new_tokens=6)
    expect(tab.status()).to_contain_text("6 written")


def test_control_enter_runs_the_prompt(tab: AppPage) -> None:
    tab.set_sampling(max_new_tokens=7)
    tab.prompt().fill(PROMPT)
    tab.prompt().press("Control+Enter")
    expect(tab.status()).to_contain_text("7 written")


def test_tokens_come_one_after_another(app: AppPage) -> None:
    app.watch()
    app.open()
    app.choose_model("slow")
    app.run(PROMPT, max_new_tokens=40)
    steps = [n for n in app.growth() if app.n_prompt() < n < app.n_prompt() + 40]
    assert len(steps) >= 2


def test_a_running_text_shows_its_progress(tab: AppPage) -> None:
    tab.choose_model("slow")
    tab.start(PROMPT, max_new_tokens=900)
    expect(tab.status()).to_have_text(re.compile(r"Writing token \d+ of 900"))
    expect(tab.page.get_by_role("progressbar", name="Progress")).to_be_visible()


def test_stop_keeps_the_text_so_far(tab: AppPage) -> None:
    _start_long_text(tab)
    tab.page.locator("#stop-a").click()
    expect(tab.status()).to_contain_text("(stopped")
    tab.select(tab.n_prompt() + 1)
    expect(tab.candidates().first).to_be_visible()


def test_stop_ends_the_computation(tab: AppPage) -> None:
    _start_long_text(tab)
    tab.page.locator("#stop-a").click()
    expect(tab.status()).to_contain_text("(stopped")
    assert _cpu_used_within_half_a_second(tab) < 0.1


def test_closing_the_tab_ends_the_computation(app: AppPage) -> None:
    app.open()
    _start_long_text(app)
    app.page.close()
    time.sleep(0.3)
    assert _cpu_used_within_half_a_second(app) < 0.1


def _start_long_text(app: AppPage) -> None:
    """Hundreds of tokens from a slow model, of which the first few have come."""
    app.choose_model("slow")
    app.start(PROMPT, max_new_tokens=900)
    expect(app.status()).to_have_text(re.compile(r"Writing token ([5-9]|\d\d+) of 900"))


def _cpu_used_within_half_a_second(app: AppPage) -> float:
    before = app.server.cpu_seconds()
    time.sleep(0.5)
    return app.server.cpu_seconds() - before


def test_a_long_text_uses_the_processor_until_it_is_stopped(tab: AppPage) -> None:
    _start_long_text(tab)
    assert _cpu_used_within_half_a_second(tab) > 0.1


def test_clear_leaves_nothing(tab: AppPage) -> None:
    tab.page.locator("#clear-a").click()
    expect(tab.tokens()).to_have_count(0)
    expect(tab.prompt()).to_have_value("")
    expect(tab.prompt()).to_be_focused()
    expect(tab.page).to_have_url(f"{tab.server.url}/")


def test_one_seed_writes_one_text(tab: AppPage) -> None:
    texts = []
    for seed in (5, 5, 6):
        tab.run(PROMPT, seed=seed, max_new_tokens=12)
        texts.append(tab.ids())
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("pos", [None, 3])
def test_the_settings_beside_a_text_are_those_that_made_it(tab: AppPage, pos: int | None) -> None:
    tab.run(PROMPT, temperature=0.5, seed=3, max_new_tokens=6)
    tab.set_sampling(temperature=2, seed=99)
    if pos is not None:
        tab.select(pos)
    made_with = tab.page.locator("#generation-settings-a")
    expect(made_with).to_contain_text("6 tokens written by bundled: temperature 0.5")
    expect(made_with).to_contain_text("seed 3")


def test_a_branch_goes_on_with_the_settings_of_its_text(tab: AppPage) -> None:
    tab.run(PROMPT, temperature=0.5, seed=3, max_new_tokens=6)
    tab.set_sampling(temperature=2, seed=99)
    tab.select(tab.n_prompt() + 2)
    tab.candidates().get_by_role("button", name="use").first.click()
    tab.settled("a")
    expect(tab.page.locator("#generation-settings-a")).to_contain_text("temperature 0.5")


def test_a_second_side_leaves_the_first_as_it_was(tab: AppPage) -> None:
    tab.run(PROMPT, max_new_tokens=6)
    before = tab.ids()
    tab.add_b()
    tab.run("the cat", "b", max_new_tokens=5, seed=2)
    assert tab.ids("a") == before
    assert len(tab.ids("b")) == tab.n_prompt("b") + 5


def test_each_side_has_its_own_model(tab: AppPage, tiny_folder: Path) -> None:
    tab.run("the cat", max_new_tokens=5)
    tab.add_b()
    tab.choose_model(tiny_folder.name, "b")
    tab.run("the cat", "b", max_new_tokens=5)
    expect(tab.page.locator("#generation-settings-a")).to_contain_text("written by bundled")
    expect(tab.page.locator("#generation-settings-b")).to_contain_text(f"written by {tiny_folder.name}:")


def test_each_side_keeps_its_own_settings(tab: AppPage) -> None:
    tab.run(PROMPT, max_new_tokens=6, seed=1)
    tab.add_b()
    tab.run(PROMPT, "b", max_new_tokens=6, seed=2)
    expect(tab.page.locator("#generation-settings-a")).to_contain_text("seed 1,")
    expect(tab.page.locator("#generation-settings-b")).to_contain_text("seed 2,")


def test_one_side_finishes_while_the_other_still_writes(tab: AppPage) -> None:
    _start_long_text(tab)
    tab.add_b()
    tab.run("the cat", "b", max_new_tokens=5)
    expect(tab.status("a")).to_have_text(re.compile("Writing token"))


def test_clear_while_writing_leaves_nothing(tab: AppPage) -> None:
    _start_long_text(tab)
    tab.page.locator("#clear-a").click()
    tab.drawn()
    expect(tab.tokens()).to_have_count(0)
    expect(tab.status()).to_have_text("")


def test_a_new_run_takes_the_place_of_the_one_that_writes(tab: AppPage) -> None:
    _start_long_text(tab)
    tab.choose_model("bundled")
    tab.set_sampling(max_new_tokens=5)
    tab.prompt().fill("the cat")
    tab.prompt().press("Control+Enter")
    tab.settled("a")
    expect(tab.status()).to_contain_text("5 written (number of new tokens reached")
