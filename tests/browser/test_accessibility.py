"""axe finds no violation, whatever is on the page.

axe.min.js is axe-core 4.14.1 by Deque Systems, under the Mozilla Public License 2.0 (axe.LICENSE.txt),
unchanged from its npm package.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.app_page import AppPage

_AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
_FOUND = """async () => (await axe.run()).violations.flatMap(({ id, nodes }) =>
  nodes.map((node) => id + ": " + node.target.join(" ") + ": " + node.failureSummary))
"""

both_themes = pytest.mark.parametrize("theme", ["light", "dark"], indirect=True)


def _violations(app: AppPage) -> list[str]:
    app.page.evaluate(_AXE)
    found: list[str] = app.page.evaluate(_FOUND)
    return found


@both_themes
def test_generation_page(app: AppPage) -> None:
    app.open()
    expect(app.candidates().first).to_be_visible()
    assert _violations(app) == []


@both_themes
def test_attention_page(app: AppPage) -> None:
    app.open("/attention")
    app.run("the cat sat on the mat. " * 40, max_new_tokens=3)
    assert _violations(app) == []


@both_themes
def test_two_sides_of_the_attention_page(app: AppPage) -> None:
    app.open("/attention")
    app.run("the cat sat on the mat.", max_new_tokens=0)
    app.add_b()
    app.run("the dog sat on the mat.", "b", max_new_tokens=0)
    app.page.locator("#option-by").select_option("previous")
    expect(app.page.locator("#difference-grid .head-cell").first).to_be_visible()
    app.page.evaluate("document.querySelectorAll('.panel details').forEach((how) => { how.open = true; })")
    app.page.locator('.side-panels-a [data-export="python"]').first.click()
    app.drawn()
    assert _violations(app) == []


@both_themes
def test_two_sides_with_everything_open(app: AppPage) -> None:
    app.expect_problem("status of 4")
    app.open()
    app.add_b()
    app.run("<b> the the 🍕", "b", max_new_tokens=3)
    app.select(2, "b")
    app.start("", "b")
    expect(app.notice()).to_be_visible()
    app.page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    assert _violations(app) == []


def test_the_empty_page(app: AppPage) -> None:
    app.open()
    app.page.locator("#clear-a").click()
    expect(app.page.locator("#generation-candidates-a")).to_contain_text("Run a prompt")
    assert _violations(app) == []


@both_themes
def test_model_page(app: AppPage) -> None:
    app.open("/model")
    expect(app.page.locator(".model-card h2").first).to_have_text("Model card")
    picture = app.page.locator(".model-card img").first
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100
    assert _violations(app) == []
