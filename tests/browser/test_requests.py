"""What a click asks the server for: only what depends on what was clicked, and few bytes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Request, expect

from browser.app_page import AppPage, Side

PROMPT = "The cat sat on the mat. The cat"
LONG = "the cat sat on the mat and the dog ran. " * 58


@dataclass
class Asked:
    """The callbacks that the server was asked meanwhile, each by what it writes."""

    requests: list[Request] = field(default_factory=list)

    @property
    def outputs(self) -> list[str]:
        """In order of the alphabet; `a..b` for a callback that writes to more than one place."""
        return sorted(
            str(json.loads(request.post_data or "{}")["output"]).strip(".") for request in self.requests
        )

    @property
    def n_bytes(self) -> int:
        """What went both ways, as the wire has it."""
        sizes = [request.sizes() for request in self.requests]
        asked = sum(size["requestHeadersSize"] + size["requestBodySize"] for size in sizes)
        return asked + sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)


@contextmanager
def asked(app: AppPage) -> Iterator[Asked]:
    """Everything until the page has come to rest."""
    app.drawn()
    found = Asked()

    def keep(request: Request) -> None:
        if "_dash-update-component" in request.url:
            found.requests.append(request)

    app.page.on("request", keep)
    yield found
    app.page.wait_for_timeout(150)
    app.drawn()
    app.page.remove_listener("request", keep)


@pytest.fixture
def page(app: AppPage) -> AppPage:
    app.open("/attention")
    app.run(PROMPT, max_new_tokens=0)
    return app


def choose(app: AppPage, name: str, value: str) -> None:
    app.page.locator(f"#option-{name}").select_option(value)


def head(app: AppPage, layer: int, head: int) -> None:
    app.page.locator(f'#head-grid-a [data-layer="{layer}"][data-head="{head}"]').click()


PATTERN = "attention-heatmap-{}.figure...attention-footer-{}.children"
OF_A_HEAD = ["head-numbers-{}.children", "token-in-head-{}.data", PATTERN]
OF_A_TOKEN = ["token-in-all-heads-{}.data", "token-in-head-{}.data"]
OF_A_TEXT = [*OF_A_HEAD, "attention-heads-{}.data", "layer-figure-{}.figure", "token-in-all-heads-{}.data"]
DIFFERENCE = "difference-heatmap.figure...difference-footer.children"


def on(side: Side, outputs: list[str]) -> list[str]:
    return sorted(output.replace("{}", side) for output in outputs)


@pytest.mark.parametrize(
    ("option", "value", "outputs"),
    [
        ("by", "entropy", []),
        ("stage", "scaled", [PATTERN]),
        ("weight", "value", [PATTERN]),
        ("first", "hidden", [PATTERN]),
        ("across", "weighted", ["token-in-all-heads-{}.data"]),
        ("role", "key", OF_A_TOKEN),
    ],
)
def test_an_option_asks_for_the_panels_it_changes(
    page: AppPage, option: str, value: str, outputs: list[str]
) -> None:
    with asked(page) as found:
        choose(page, option, value)
    assert found.outputs == on("a", outputs)


def test_a_token_asks_twice_and_a_head_for_what_shows_it(page: AppPage) -> None:
    with asked(page) as found:
        page.tokens().nth(3).click()
    assert found.outputs == on("a", OF_A_TOKEN)
    with asked(page) as found:
        head(page, 0, 2)
    assert found.outputs == on("a", OF_A_HEAD)
    with asked(page) as found:
        head(page, 1, 2)
    assert found.outputs == on("a", [*OF_A_HEAD, "layer-figure-{}.figure"])


def test_what_was_chosen_already_asks_for_nothing(page: AppPage) -> None:
    page.select(3)
    with asked(page) as found:
        page.tokens().nth(3).click()
        head(page, 0, 0)
    assert found.outputs == []


def test_a_page_that_opens_asks_once_for_each_panel_of_a_text(page: AppPage) -> None:
    with asked(page) as found:
        page.open_page("Generation")
    router = "_pages_content.children..._pages_store.data"
    candidates = "generation-candidates-a.children...generation-settings-a.children"
    assert found.outputs == [router, candidates, "generation-curve-a.figure"]
    with asked(page) as found:
        page.open_page("Attention")
    assert found.outputs == sorted([router, *on("a", OF_A_TEXT)])


def test_two_sides_ask_for_both(page: AppPage) -> None:
    page.add_b()
    page.run("The dog sat on the mat.", "b", max_new_tokens=0)
    with asked(page) as found:
        page.tokens().nth(2).click()
    assert found.outputs == sorted(on("a", OF_A_TOKEN) + on("b", OF_A_TOKEN))
    with asked(page) as found:
        head(page, 0, 2)
    assert found.outputs == sorted([*on("a", OF_A_HEAD), *on("b", OF_A_HEAD), DIFFERENCE])


def test_a_click_on_the_generation_page_moves_no_curve(app: AppPage, slow_folder: object) -> None:
    app.open()
    app.choose_model("slow")
    app.run(LONG, max_new_tokens=0)
    assert app.tokens().count() > 900
    with asked(app) as found:
        app.tokens().nth(500).click()
    assert found.outputs == ["generation-candidates-a.children...generation-settings-a.children"]
    assert found.n_bytes < 10_000
    mark = app.page.locator("#generation-curve-a .selection-mark")
    expect(mark).not_to_have_attribute("hidden", "")
    place = "(rect) => rect.closest('.js-plotly-plot')._fullLayout.xaxis.p2l(Number(rect.getAttribute('x')))"
    assert mark.evaluate(place) == pytest.approx(500, abs=0.1)
