"""Nothing is cut off, on a small laptop's screen and on a tablet."""

import pytest
from playwright.sync_api import expect

from browser.app_page import AppPage

_BEYOND = """() => [...document.querySelectorAll("header *, .frame *, main *")]
  .filter((one) => one.getClientRects().length && !one.closest("svg, .visually-hidden, .strip, .candidates"))
  .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
  .map((one) => one.tagName + " " + (one.id || one.className))"""

SCREENS = {"laptop": (1280, 720), "tablet": (820, 1180)}

every_screen = pytest.mark.parametrize("size", SCREENS.values(), ids=SCREENS.keys())


def _show(app: AppPage, size: tuple[int, int]) -> None:
    app.page.set_viewport_size({"width": size[0], "height": size[1]})


@every_screen
def test_two_sides_and_the_open_form_fit_the_width(tab: AppPage, size: tuple[int, int]) -> None:
    _show(tab, size)
    tab.run("the cat sat on the mat", max_new_tokens=20)
    tab.add_b()
    tab.run("the the the", "b", max_new_tokens=20)
    tab.page.locator("#sampling-summary").click()
    expect(tab.page.locator("#sampling-stop_at_eot")).to_be_in_viewport(ratio=1)
    assert tab.page.evaluate(_BEYOND) == []


@every_screen
def test_the_attention_page_fits_the_width(tab: AppPage, size: tuple[int, int]) -> None:
    _show(tab, size)
    tab.open_page("Attention")
    tab.run("the cat sat on the mat. " * 30, max_new_tokens=20)
    assert tab.page.evaluate(_BEYOND) == []


def test_a_clicked_token_is_marked_and_stays_in_view(tab: AppPage) -> None:
    tab.run("the cat sat on the mat. " * 30, max_new_tokens=20)
    for pos in (1, 150):
        tab.tokens().nth(pos).scroll_into_view_if_needed()
        tab.select(pos)
        expect(tab.tokens().nth(pos)).to_be_in_viewport()
        assert "228, 87, 46" in tab.tokens().nth(pos).evaluate("(one) => getComputedStyle(one).boxShadow")


def test_our_rules_come_after_bootstrap_s(tab: AppPage) -> None:
    sheets = tab.page.evaluate("[...document.styleSheets].map((sheet) => sheet.href || '')")
    ours = [index for index, href in enumerate(sheets) if "/style.css" in href]
    theirs = [index for index, href in enumerate(sheets) if "bootstrap" in href]
    assert len(ours) == len(theirs) == 1
    assert theirs < ours
