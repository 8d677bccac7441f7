"""Memory of the browser over hundreds of clicks."""

from playwright.sync_api import CDPSession, Page

from benchmarks.browser import browser, fresh_page, open_view, token, wait_for_run
from benchmarks.measurement import Measurement, Target
from benchmarks.server import served
from benchmarks.subject import Subject

_TOKENS = 64
_WARM_UP = 100
_CLICKS = 500
_PAUSE_MS = 60
_MOST_MB = 3.0
"""What counts as no growth: a heap breathes by some megabytes."""


def measure(subject: Subject) -> list[Measurement]:
    """Bytes that stay in use after a garbage collection: after 100 clicks, and after 500 more."""
    n_tokens = min(_TOKENS, subject.longest)
    with served(subject.folder, workers=2) as address, browser() as started, fresh_page(started) as page:
        open_view(page, f"{address}/attention", a=subject.text(n_tokens), sel="a.0.query.0.0")
        wait_for_run(page, n_tokens)
        devtools = page.context.new_cdp_session(page)
        _click(page, n_tokens, _WARM_UP)
        before = _used(devtools)
        _click(page, n_tokens, _CLICKS)
        grown = _used(devtools) - before
    what = f"heap of the browser after {_CLICKS} more clicks, grown by"
    return [Measurement(what, grown / 1e6, "MB", target=Target("value", _MOST_MB))]


def _click(page: Page, n_tokens: int, n: int) -> None:
    for number in range(n):
        page.locator(token(1 + number % (n_tokens - 1))).click()
        page.wait_for_timeout(_PAUSE_MS)
    page.wait_for_timeout(1_000)


def _used(devtools: CDPSession) -> float:
    devtools.send("HeapProfiler.collectGarbage")
    used: float = devtools.send("Runtime.getHeapUsage")["usedSize"]
    return used
