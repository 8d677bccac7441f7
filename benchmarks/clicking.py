"""A click on a token: how soon every panel shows it, and how many bytes that takes."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, Request

from benchmarks.browser import browser, fresh_page, open_view, token, wait_for_run
from benchmarks.measurement import Measurement, Target
from benchmarks.server import served
from benchmarks.subject import FULL, Subject

_CLICKS = 20
_WARM_UP_CLICKS = 2
_SHORT = 64
_REDRAW_MS = 2_000

_ARM = (Path(__file__).parent / "redrawn.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Click:
    """What one click took."""

    ms: float
    n_bytes: int


def measure(subject: Subject) -> list[Measurement]:
    """Latency at 64 tokens and on the longest text; bytes on the longest text, over several heads."""
    config = subject.lm.model.config
    heads = [(0, 0), (config.n_layer // 2, config.n_head // 2), (config.n_layer - 1, config.n_head - 1)]
    short, long = min(_SHORT, subject.longest), subject.longest
    with served(subject.folder, workers=2) as address, browser() as started:
        near = clicked(started, address, subject.text(short), short, heads[:1])
        far = clicked(started, address, subject.text(long), long, heads)
        others = other_heads(started, address, subject.text(long), long, heads)
    return [
        _latency(near, short, Target("value", 150)),
        _latency(far, long, Target("value", 300) if long == FULL else None),
        Measurement(f"compressed bytes per click, median, {short:,} tokens", _kb(near, median), "kB"),
        Measurement(f"compressed bytes per click, median, {long:,} tokens", _kb(far, median), "kB"),
        Measurement(
            f"compressed bytes per click, most of {len(far)} clicks, {long:,} tokens",
            _kb(far, max),
            "kB",
            target=Target("value", 64) if long == FULL else None,
        ),
        Measurement(
            f"compressed bytes of another head's heat map, most of {len(others)}, {long:,} tokens",
            max(others) / 1e3,
            "kB",
            target=Target("value", 64) if long == FULL else None,
        ),
    ]


def clicked(
    started: Browser, address: str, prompt: str, n_tokens: int, heads: Sequence[tuple[int, int]]
) -> list[Click]:
    """Click on tokens spread over the text, in each of the heads, as a new visitor."""
    places = spread(n_tokens, _WARM_UP_CLICKS + _CLICKS)
    found = []
    with fresh_page(started) as page:
        for layer, head in heads:
            open_view(page, f"{address}/attention", a=prompt, sel=f"a.0.query.{layer}.{head}")
            wait_for_run(page, n_tokens)
            page.locator("#attention-heatmap-a .heatmaplayer image").wait_for()
            page.locator("#attention-heatmap-a .selection-mark").wait_for(state="attached")
            found += [_click(page, pos) for pos in places][_WARM_UP_CLICKS:]
    return found


def other_heads(
    started: Browser, address: str, prompt: str, n_tokens: int, heads: Sequence[tuple[int, int]]
) -> list[int]:
    """Bytes received for each of the heads, chosen by the pickers one after another."""
    with fresh_page(started) as page:
        open_view(page, f"{address}/attention", a=prompt, sel="a.0.query.0.0")
        wait_for_run(page, n_tokens)
        page.locator("#attention-heatmap-a .selection-mark").wait_for(state="attached")
        return [_head(page, layer, head) for layer, head in heads[1:]]


def _head(page: Page, layer: int, head: int) -> int:
    page.locator("#attention-layer").select_option(str(layer))
    page.wait_for_timeout(_REDRAW_MS)
    with _finished(page) as finished:
        page.locator("#attention-head").select_option(str(head))
        page.wait_for_timeout(_REDRAW_MS)
    return sum(_received(request) for request in finished)


@contextlib.contextmanager
def _finished(page: Page) -> Iterator[list[Request]]:
    """The requests that end meanwhile."""
    found: list[Request] = []

    def keep(request: Request) -> None:
        found.append(request)

    page.on("requestfinished", keep)
    try:
        yield found
    finally:
        page.remove_listener("requestfinished", keep)


def spread(n_tokens: int, n: int) -> list[int]:
    """At most `n` positions, evenly over the text; not 0, which is selected at first."""
    step = max(1, (n_tokens - 1) // n)
    return list(range(step, n_tokens, step))[:n]


def _click(page: Page, pos: int) -> Click:
    with _finished(page) as finished:
        page.evaluate(_ARM)
        page.locator(token(pos)).click()
        ms: float = page.evaluate("window.redrawn")
    return Click(ms, sum(_received(request) for request in finished))


def _received(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def _latency(clicks: Sequence[Click], n_tokens: int, target: Target | None) -> Measurement:
    what = f"click on a token to all panels redrawn, {n_tokens:,} tokens"
    return Measurement(what, median(click.ms for click in clicks), "ms", target=target)


def _kb(clicks: Sequence[Click], of: Callable[[list[int]], float]) -> float:
    return of([click.n_bytes for click in clicks]) / 1e3
