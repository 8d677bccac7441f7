"""How soon a visitor can use the first page of a server that is warm.

Interactive means: the first token of the example's run stands on the page. By then Dash has
drawn the page, its own scripts have started, the prompt takes text, Run runs, and the server has
answered a run.
"""

from statistics import median

from playwright.sync_api import Page

from benchmarks.browser import browser, fresh_page
from benchmarks.measurement import Measurement, Target
from benchmarks.server import served
from benchmarks.subject import Subject

_LOADS = 5
_FIRST_TOKEN = "#strip-a .token"
_WATCH = """
(() => {
  const look = () => {
    if (document.querySelector("#strip-a .token")) window.interactiveAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
})();
"""


def measure(subject: Subject) -> list[Measurement]:
    """From the start of the navigation, for a new visitor and for one who comes back."""
    first, again = [], []
    with served(subject.folder, workers=2) as address, browser() as started:
        for _ in range(_LOADS + 1):
            with fresh_page(started) as page:
                page.add_init_script(_WATCH)
                first.append(_load(page, address))
                again.append(_load(page, address))
    return [
        Measurement(
            "first page interactive, nothing cached in the browser",
            1e-3 * median(first[1:]),
            "s",
            target=Target("value", 2.0),
        ),
        Measurement("the same page again, scripts cached in the browser", 1e-3 * median(again[1:]), "s"),
    ]


def _load(page: Page, address: str) -> float:
    """Milliseconds from the start of the navigation until the page is interactive."""
    page.goto("about:blank")
    page.goto(f"http://{address}/", wait_until="commit")
    page.locator(_FIRST_TOKEN).first.wait_for()
    found: float = page.evaluate("window.interactiveAt")
    page.locator('#side-a[aria-busy="false"]').wait_for()  # the run must not go on beside the next load
    return found
