"""Chromium, and pages of the app in it."""

import contextlib
import shutil
from collections.abc import Iterator
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
]
_SIZE: ViewportSize = {"width": 1280, "height": 720}


def chromium() -> str | None:
    """The system's Chromium; None when Playwright has to bring its own."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=_OPTIONS)
        try:
            yield started
        finally:
            started.close()


@contextlib.contextmanager
def fresh_page(started: Browser) -> Iterator[Page]:
    """A page of a visitor who was never here: nothing cached, nothing stored."""
    context = started.new_context(viewport=_SIZE)
    try:
        yield context.new_page()
    finally:
        context.close()


def open_view(page: Page, url: str, **view: str) -> None:
    """Open a page on what the fragment of a link says: `a` is prompt A, `sel` the selection."""
    page.goto("about:blank")  # a change of the fragment alone would not load the page
    page.goto(f"http://{url}#{urlencode(view)}")


def wait_for_run(page: Page, n_tokens: int) -> None:
    """Until side A has so many tokens and its trace is kept."""
    page.locator(token(n_tokens - 1)).wait_for()
    page.locator('#side-a[aria-busy="false"]').wait_for()


def token(pos: int) -> str:
    """Selects the button of one token of prompt A."""
    return f'#strip-a .token[data-pos="{pos}"]'
