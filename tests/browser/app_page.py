"""What a person does with the app, in verbs, and a record of everything that went wrong meanwhile."""

import json
import re
from typing import Any, Literal

from playwright.sync_api import ConsoleMessage, Dialog, Locator, Page, Request, expect

from browser.server import Server

Side = Literal["a", "b"]

FIRST_SETTINGS = {"temperature": 0.8, "top_k": 0, "top_p": 1, "seed": 0, "max_new_tokens": 40}

_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("policy violated: " + event.violatedDirective + " " + event.blockedURI));
"""
_WATCH = """
window.strips = { a: [], b: [] };
window.statuses = { a: [], b: [] };
new MutationObserver(() => {
  for (const side of ["a", "b"]) {
    const strip = document.getElementById("strip-" + side);
    if (!strip) continue;
    window.strips[side].push(strip.querySelectorAll(".token").length);
    window.statuses[side].push(document.getElementById("status-" + side).textContent);
  }
}).observe(document, { childList: true, subtree: true });
"""
_NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 10)))"
_TICKS = """(texts, axis) => texts
  .map((text) => [text.getBoundingClientRect()[axis], text.textContent])
  .sort((a, b) => a[0] - b[0])
  .map(([, label]) => label)"""
_HEATMAP = """(id) => {
  const graph = document.querySelector("#" + id + " .js-plotly-plot");
  const { _fullData, _fullLayout } = graph;
  const outlines = [...graph.querySelectorAll(".selection-mark:not([hidden])")];
  return {
    z: Array.from(_fullData[0].z, (row) => Array.from(row)),
    axes: [_fullLayout.xaxis.type, _fullLayout.yaxis.type],
    outlined: outlines.map((rect) => Math.round(_fullLayout.yaxis.p2l(Number(rect.getAttribute("y"))) + 0.5)),
  };
}"""


class AppPage:
    """One tab. `problems` holds what no visit may cause; `expect_problem` takes one out of it."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self._seen: list[str] = []
        self._expected: list[str] = []
        self._pending: set[Request] = set()
        page.add_init_script(_REPORT_VIOLATIONS)
        page.on("dialog", self._on_dialog)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._seen.append(f"uncaught: {error}"))
        page.on("request", self._on_request)
        page.on("requestfailed", self._on_failure)
        page.on("requestfinished", lambda request: self._pending.discard(request))

    def _on_dialog(self, dialog: Dialog) -> None:
        self._seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._seen.append(f"console: {message.text}")

    def _on_failure(self, request: Request) -> None:
        """Chromium also calls a stream that was read to its end aborted, so aborted says nothing."""
        self._pending.discard(request)
        if request.failure != "net::ERR_ABORTED":
            self._seen.append(f"failed: {request.url} {request.failure}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.server.url}/", "data:", "blob:")):
            self._seen.append(f"left the machine: {request.url}")
        if "_dash-update-component" in request.url:
            self._pending.add(request)

    def expect_problem(self, pattern: str) -> None:
        """This test provokes a problem on purpose."""
        self._expected.append(pattern)

    @property
    def problems(self) -> list[str]:
        """What happened that was not expected."""
        return [p for p in self._seen if not any(re.search(pattern, p) for pattern in self._expected)]

    # --- going somewhere ---

    def open(self, path: str = "/", fragment: str = "") -> None:
        """Load a page and wait until its text has been written or read."""
        self.page.goto(f"{self.server.url}{path}{'#' if fragment else ''}{fragment}")
        self.settled("a")

    def open_page(self, name: str) -> None:
        """Follow a link of the header."""
        self.page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        expect(self.page).to_have_title(f"{name} - gpt2dash")

    def start_over(self) -> None:
        """Bring a used tab back to one side, the first model, the first settings and the first page."""
        self._seen.clear()
        self._expected.clear()
        for leftover in ("#notice .btn-close", "#stop-a", "#remove-b"):
            if self.page.locator(leftover).is_visible():
                self.page.locator(leftover).click()
        expect(self.page.locator("#run-a")).to_be_visible()
        if not self.page.title().startswith("Generation"):
            self.open_page("Generation")
        self.choose_model("bundled")
        self.set_sampling(**FIRST_SETTINGS)

    def watch(self) -> None:
        """From the next page load on, keep how the strips and the status lines change."""
        self.page.add_init_script(_WATCH)

    def growth(self, side: Side = "a") -> list[int]:
        """How many tokens the strip held, change by change."""
        counts: list[int] = self.page.evaluate("(side) => window.strips[side]", side)
        return [n for n, before in zip(counts, [-1, *counts], strict=False) if n != before]

    def statuses(self, side: Side = "a") -> list[str]:
        """What the status line said, change by change."""
        texts: list[str] = self.page.evaluate("(side) => window.statuses[side]", side)
        return list(dict.fromkeys(texts))

    # --- prompts and runs ---

    def prompt(self, side: Side = "a") -> Locator:
        """The text field."""
        return self.page.locator(f"#prompt-{side}")

    def run(self, prompt: str, side: Side = "a", /, **sampling: object) -> None:
        """Type a prompt, press Run and wait for the whole text."""
        self.start(prompt, side, **sampling)
        self.settled(side)

    def start(self, prompt: str, side: Side = "a", /, **sampling: object) -> None:
        """Type a prompt and press Run."""
        self.set_sampling(**sampling)
        self.prompt(side).fill(prompt)
        self.page.locator(f"#run-{side}").click()

    def set_sampling(self, **sampling: object) -> None:
        """Fill in the form of sampling settings."""
        if not sampling:
            return
        form = self.page.locator(".sampling-box")
        form.evaluate("(details) => { details.open = true; }")
        for name, value in sampling.items():
            self.page.locator(f"#sampling-{name}").fill(str(value))
        form.evaluate("(details) => { details.open = false; }")

    def settled(self, side: Side) -> None:
        """The run has ended well."""
        expect(self.status(side)).to_have_text(re.compile(r"^\d+ tokens?: .*\(.*\)$"), timeout=60_000)
        expect(self.page.locator(f"#side-{side}")).to_have_attribute("aria-busy", "false")
        self.drawn()

    def drawn(self) -> None:
        """Every panel shows what was asked for last."""
        calm = 0
        while calm < 3:
            self.page.evaluate(_NEXT_FRAME)
            calm = 0 if self._pending else calm + 1

    def status(self, side: Side = "a") -> Locator:
        """The line under the prompt."""
        return self.page.locator(f"#status-{side}")

    def choose_model(self, name: str, side: Side = "a") -> None:
        """Pick a model by the name the list shows."""
        self.page.locator(f"#model-{side}").select_option(label=name)

    def add_b(self) -> None:
        """Show the second side."""
        self.page.locator("#add-b").click()

    # --- tokens ---

    def tokens(self, side: Side = "a") -> Locator:
        """The buttons of the strip."""
        return self.page.locator(f"#strip-{side} .token")

    def labels(self, side: Side = "a") -> list[str]:
        """What the buttons say."""
        return self.tokens(side).all_text_contents()

    def n_prompt(self, side: Side = "a") -> int:
        """How many tokens were given."""
        return self.page.locator(f"#strip-{side} .token:not(.token-generated)").count()

    def table(self, side: Side = "a") -> list[tuple[int, bytes]]:
        """Id and bytes of each token, from the table beside the strip."""
        rows = self.page.locator(f"#token-table-{side} tbody tr").evaluate_all(
            "(rows) => rows.map((row) => Array.from(row.cells, (cell) => cell.textContent))"
        )
        return [(int(row[2]), bytes.fromhex(row[3])) for row in rows]

    def ids(self, side: Side = "a") -> list[int]:
        """The token ids."""
        return [token_id for token_id, _ in self.table(side)]

    def select(self, pos: int, side: Side = "a") -> None:
        """Click a token and wait until the panels speak of it."""
        self.tokens(side).nth(pos).click()
        reading = self.page.locator(f".side-panels-{side} .reading").first
        expect(reading).to_contain_text(re.compile(rf"[Tt]oken {pos} "))
        self.drawn()

    @property
    def sentence(self) -> Locator:
        """What is selected, in words."""
        return self.page.locator("#selection-sentence")

    # --- panels ---

    def candidates(self, side: Side = "a") -> Locator:
        """The rows of the candidate table."""
        return self.page.locator(f"#generation-candidates-{side} tbody tr")

    def candidate_values(self, side: Side = "a") -> list[list[str]]:
        """Every row's cells: mark, label, id, rank, four stages."""
        rows: list[list[str]] = self.candidates(side).evaluate_all(
            "(rows) => rows.map((row) => Array.from(row.cells, (cell) => cell.textContent))"
        )
        return rows

    def heatmap(self, side: Side = "a") -> dict[str, Any]:
        """Cells, kinds of axes and outlined rows of the attention pattern."""
        self.page.locator(f"#attention-heatmap-{side} .hm image").wait_for(state="attached")
        found: dict[str, Any] = self.page.evaluate(_HEATMAP, f"attention-heatmap-{side}")
        return found

    def ticks(self, graph: str, axis: str) -> list[str]:
        """An axis' labels, from left to right or from top to bottom."""
        texts: list[str] = self.page.locator(f"#{graph} .{axis}tick text").evaluate_all(_TICKS, axis)
        return texts

    def bars(self, side: Side = "a") -> list[float]:
        """The weights of the selected row, from the bars over the text."""
        weights: list[float] = self.page.locator(f"#text-bars-{side}").evaluate(
            "async (box, url) => (await import(url)).tableIn(box).rows.map(([, , weight]) => weight)",
            self.module("drawn"),
        )
        return weights

    def notice(self) -> Locator:
        """The notice, if one is open."""
        return self.page.locator("#notice")

    def view(self) -> dict[str, Any]:
        """The whole view as the page holds it."""
        text: str = self.page.evaluate(
            "async (url) => JSON.stringify((await import(url)).view)", self.module("view")
        )
        found: dict[str, Any] = json.loads(text)
        return found

    def module(self, name: str) -> str:
        """The address of one of the page's own modules, as the page imports it."""
        links = self.page.locator(f'link[rel="modulepreload"][href$="/app/{name}.mjs"]')
        address = links.get_attribute("href")
        assert address is not None
        return address
