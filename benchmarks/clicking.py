"""A click on a token: how soon the heat map is drawn anew, and how many bytes that takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser, Page, Request

from benchmarks.browser import browser, fresh_page, open_attention, token
from benchmarks.measurement import Measurement, Target
from benchmarks.server import served
from benchmarks.subject import FULL, Subject

_CLICKS = 20
_WARM_UP_CLICKS = 2
_SHORT = 64
_SETTLE_MS = 100

# From the click itself, by the browser's clock for input, until the heat map is drawn anew
# (or its outline moved) and the sentence below it speaks of the token, and that frame is shown.
_ARM = """
() => {
  const graph = document.querySelector("#attention-heatmap-a .js-plotly-plot");
  const sentence = document.getElementById("attention-reading-a");
  const frame = () => new Promise(requestAnimationFrame);
  const drawn = () => new Promise((resolve) => {
    graph.once("plotly_afterplot", resolve);
    graph.once("plotly_relayout", resolve);
  });
  const told = () => new Promise((resolve) => {
    new MutationObserver(resolve).observe(sentence, { childList: true, characterData: true, subtree: true });
  });
  window.redrawn = new Promise((resolve, reject) => {
    window.setTimeout(() => reject(new Error("the heat map was not drawn anew")), 10000);
    document.addEventListener("click", async (click) => {
      await Promise.all([drawn(), told()]);
      await frame();
      await frame();
      resolve(performance.now() - click.timeStamp);
    }, { capture: true, once: true });
  });
}
"""


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
    return [
        _latency(near, short, Target("value", 150)),
        _latency(far, long, None),
        Measurement(f"compressed bytes per click, median, {short:,} tokens", _kb(near, median), "kB"),
        Measurement(f"compressed bytes per click, median, {long:,} tokens", _kb(far, median), "kB"),
        Measurement(
            f"compressed bytes per click, most of {len(far)} clicks, {long:,} tokens",
            _kb(far, max),
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
        for head in heads:
            open_attention(page, address, prompt, n_tokens, head)
            found += [_click(page, pos) for pos in places][_WARM_UP_CLICKS:]
    return found


def spread(n_tokens: int, n: int) -> list[int]:
    """At most `n` positions, evenly over the text; not 0, which is selected at first."""
    return list(range(1, n_tokens, max(1, (n_tokens - 1) // n)))[:n]


def _click(page: Page, pos: int) -> Click:
    finished: list[Request] = []

    def keep(request: Request) -> None:
        finished.append(request)

    page.on("requestfinished", keep)
    page.evaluate(_ARM)
    page.locator(token(pos)).click()
    ms: float = page.evaluate("window.redrawn")
    page.wait_for_timeout(_SETTLE_MS)
    page.remove_listener("requestfinished", keep)
    return Click(ms, sum(_received(request) for request in finished))


def _received(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def _latency(clicks: Sequence[Click], n_tokens: int, target: Target | None) -> Measurement:
    what = f"click on a token to the heat map drawn anew, {n_tokens:,} tokens"
    return Measurement(what, median(click.ms for click in clicks), "ms", target=target)


def _kb(clicks: Sequence[Click], of: Callable[[list[int]], float]) -> float:
    return of([click.n_bytes for click in clicks]) / 1e3
