"""A text written on the page, until its last token is shown, beside generating it in this process.

Browser and server share the machine's cores here, so the ratio is a lower bound.
"""

from playwright.sync_api import Page

from benchmarks.browser import browser, fresh_page, open_view, wait_for_run
from benchmarks.generating import continuation
from benchmarks.measurement import Measurement
from benchmarks.server import served
from benchmarks.subject import Subject
from benchmarks.timing import interleaved, seconds

# From the click on Run, by the browser's clock for input, until the frame with the last token is shown.
_ARM = """
(nTokens) => {
  const strip = document.getElementById("strip-a");
  const frame = () => new Promise(requestAnimationFrame);
  const complete = () => new Promise((resolve) => {
    new MutationObserver((_, watch) => {
      if (strip.querySelectorAll(".token").length < nTokens) return;
      watch.disconnect();
      resolve();
    }).observe(strip, { childList: true });
  });
  window.written = new Promise((resolve, reject) => {
    window.setTimeout(() => reject(new Error("the text was not finished")), 60000);
    document.addEventListener("click", async (click) => {
      await complete();
      await frame();
      await frame();
      resolve(performance.now() - click.timeStamp);
    }, { capture: true, once: true });
  });
}
"""


def measure(subject: Subject) -> list[Measurement]:
    """Tokens per second on the generation page."""
    ids, n_new = subject.ids(subject.n_prompt), subject.n_new
    view = {"a": subject.text(subject.n_prompt), "t": "0", "n": str(n_new), "eot": "false"}
    with served(subject.folder, workers=1) as address, browser() as started, fresh_page(started) as page:
        open_view(page, f"{address}/", **view)
        wait_for_run(page, len(ids))
        tasks = {
            "written": lambda: _run_seconds(page, len(ids) + n_new),
            "in process": lambda: seconds(lambda: continuation(subject, ids)),
        }
        speed = {name: n_new / median for name, median in interleaved(tasks, subject.rounds).items()}
    return [
        Measurement(
            f"generation shown on the page, {n_new} new tokens after {len(ids)}",
            speed["written"],
            "tokens/s",
            speed["in process"],
            "in process",
        )
    ]


def _run_seconds(page: Page, n_tokens: int) -> float:
    page.evaluate(_ARM, n_tokens)
    page.locator("#run-a").click()
    ms: float = page.evaluate("window.written")
    wait_for_run(page, n_tokens)
    return 1e-3 * ms
