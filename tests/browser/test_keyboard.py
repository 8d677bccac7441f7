"""Everything works without a mouse, and what has the focus is seen."""

from playwright.sync_api import expect

from browser.app_page import AppPage

_FOCUSED = """() => {
  const element = document.activeElement;
  return element.id || element.dataset.pos || element.textContent.trim();
}"""
_OUTLINE = """(element) => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
}"""


def _tabbed(app: AppPage, times: int) -> list[str]:
    seen = []
    for _ in range(times):
        app.page.keyboard.press("Tab")
        seen.append(app.page.evaluate(_FOCUSED))
    return seen


def test_tab_reaches_everything_in_order(app: AppPage) -> None:
    app.open()
    seen = _tabbed(app, 15)
    wanted = [
        "Skip to the panels",
        "gpt2dash",
        "Generation",
        "Attention",
        "Model",
        "theme-toggle",
        "prompt-a",
        "model-a",
    ]
    last = str(app.tokens().count() - 1)
    wanted += ["examples-a", "run-a", "clear-a", "Token table", last, "add-b", "sampling-summary"]
    assert seen == wanted


def test_whatever_has_the_focus_is_outlined(app: AppPage) -> None:
    app.open()
    bare = []
    for _ in range(16):
        app.page.keyboard.press("Tab")
        if not app.page.locator(":focus").evaluate(_OUTLINE):
            bare.append(app.page.evaluate(_FOCUSED))
    assert bare == []


def test_arrows_home_and_end_walk_the_strip(tab: AppPage) -> None:
    tab.tokens().nth(2).focus()
    walked = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "Home", "ArrowLeft", "End", "ArrowRight"):
        tab.page.keyboard.press(key)
        walked.append(int(tab.page.evaluate(_FOCUSED)))
    last = tab.tokens().count() - 1
    assert walked == [3, 4, 3, 0, 0, last, last]


def test_enter_selects_the_focused_token(tab: AppPage) -> None:
    tab.tokens().nth(3).focus()
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("Enter")
    expect(tab.sentence).to_contain_text("token 4 ")
    expect(tab.tokens().nth(4)).to_have_attribute("aria-pressed", "true")
    expect(tab.page.locator(".token[aria-pressed=true]")).to_have_count(1)


def test_a_whole_journey_without_a_mouse(tab: AppPage) -> None:
    tab.prompt().focus()
    tab.page.keyboard.press("Control+a")
    tab.page.keyboard.type("the cat sat")
    tab.page.keyboard.press("Control+Enter")
    tab.settled("a")
    tab.page.get_by_role("link", name="Attention").press("Enter")
    tab.page.locator("#attention-layer").focus()
    tab.page.keyboard.press("ArrowDown")
    expect(tab.page.locator("#attention-reading-a")).to_contain_text("In layer 1 ")


def test_the_skip_link_leads_to_the_panels(app: AppPage) -> None:
    app.open()
    app.page.keyboard.press("Tab")
    app.page.keyboard.press("Enter")
    expect(app.page.locator("#panels")).to_be_focused()
    assert "a=Once+upon" in app.page.url


def test_escape_closes_what_opened_over_the_page(tab: AppPage) -> None:
    tab.page.locator("#sampling-summary").press("Enter")
    expect(tab.page.locator("#sampling-seed")).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#sampling-seed")).to_be_hidden()


def test_the_theme_chosen_stays_after_a_reload(app: AppPage) -> None:
    app.open()
    app.page.locator("#theme-toggle").press("Enter")
    root = app.page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    app.page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    app.page.locator("#theme-toggle").click()
    expect(root).to_have_attribute("data-bs-theme", "light")
