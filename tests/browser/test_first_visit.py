"""Who opens the address for the first time sees an example at work."""

import re

import pytest
from playwright.sync_api import Route, expect

from browser.app_page import AppPage
from gpt2dash.components.examples import EXAMPLES

_THEME_AT_BODY = """new MutationObserver((_, observer) => {
  if (!document.body) return;
  window.themeAtBody = document.documentElement.dataset.bsTheme;
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });"""


@pytest.mark.parametrize("theme", ["light", "dark"], indirect=True)
def test_an_example_runs_by_itself_and_is_explained(app: AppPage, theme: str) -> None:
    app.watch()
    app.page.add_init_script(_THEME_AT_BODY)
    app.open()
    assert app.page.evaluate("window.themeAtBody") == theme
    assert any("Starting" in text or "Reading" in text for text in app.statuses())
    assert app.tokens().count() == app.n_prompt() + 40
    _expect_explained(app)


def _expect_explained(app: AppPage) -> None:
    """The last token's candidates, the curve and a link are there."""
    last = app.tokens().count() - 1
    expect(app.page.locator("#generation-panel-a .reading")).to_contain_text(f"Token {last} ")
    expect(app.candidates().first).to_be_visible()
    expect(app.page.locator("#generation-curve-a .scatterlayer .trace")).to_have_count(2)
    expect(app.page).to_have_url(re.compile(r"/#a=Once\+upon\+a\+time"))


@pytest.mark.parametrize("start", ["/", "/attention"])
def test_an_example_opens_the_place_where_something_is_to_be_seen(app: AppPage, start: str) -> None:
    app.open(start)
    app.page.get_by_text("Examples", exact=True).click()
    app.page.locator(".examples a", has_text="Two people").click()
    example = next(example for example in EXAMPLES if example.name == "Two people")
    layer, head = example.heads["bundled"]
    last = app.tokens().last
    expect(last).to_have_text("␣to")
    expect(last).to_have_attribute("aria-pressed", "true")
    expect(app.page.locator("#attention-reading-a")).to_contain_text(f"In layer {layer} head {head}")
    expect(app.page.locator("#attention-reading-a")).to_contain_text("␣Mary")
    expect(app.page.locator(".examples")).not_to_be_visible()


def test_what_dash_asks_before_the_scripts_are_there_is_done_when_they_are(app: AppPage) -> None:
    def late(route: Route) -> None:
        app.page.wait_for_timeout(1_500)
        route.continue_()

    app.page.route("**/app/view.mjs", late)
    app.open()
    _expect_explained(app)
