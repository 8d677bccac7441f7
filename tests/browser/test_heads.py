"""The overview of all heads and what follows from a click in it, by mouse and by keyboard."""

import csv
import json
import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from browser.app_page import AppPage

if TYPE_CHECKING:
    from gpt2dash.language_model import LanguageModel

PROMPT = "The cat sat on the mat. The cat"

pytestmark = pytest.mark.parametrize("theme", ["light", "dark"], indirect=True)


@pytest.fixture
def page(app: AppPage) -> AppPage:
    app.open("/attention")
    app.run(PROMPT, max_new_tokens=0)
    return app


def cell(app: AppPage, layer: int, head: int, grid: str = "head-grid-a") -> Locator:
    return app.page.locator(f'#{grid} [data-layer="{layer}"][data-head="{head}"]')


def choose(app: AppPage, name: str, value: str) -> None:
    app.page.locator(f"#option-{name}").select_option(value)
    app.drawn()


def test_every_head_is_a_named_button(page: AppPage, bundled: "LanguageModel") -> None:
    config = bundled.model.config
    expect(page.page.locator("#head-grid-a .head-cell")).to_have_count(config.n_layer * config.n_head)
    expect(cell(page, 1, 2)).to_have_accessible_name("layer 1 head 2")


def test_a_click_selects_the_head_everywhere(page: AppPage) -> None:
    cell(page, 1, 2).click()
    expect(page.sentence).to_contain_text("layer 1 head 2")
    expect(page.page.locator("#attention-reading-a")).to_contain_text("In layer 1 head 2")
    expect(page.page.locator("#attention-layer")).to_have_value("1")
    expect(cell(page, 1, 2)).to_have_attribute("aria-pressed", "true")
    expect(cell(page, 1, 2, "moved-grid-a")).to_have_attribute("aria-pressed", "true")


def test_arrow_keys_walk_over_the_heads(page: AppPage) -> None:
    cell(page, 0, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "Enter"):
        page.page.keyboard.press(key)
    expect(page.sentence).to_contain_text("layer 1 head 1")


def test_heads_by_a_measure(page: AppPage, bundled: "LanguageModel") -> None:
    choose(page, "by", "previous")
    trace = bundled.trace(PROMPT)
    scores = {
        (layer, head): float(trace.pattern(layer, head).diagonal(-1).mean())
        for layer in range(trace.config.n_layer)
        for head in range(trace.config.n_head)
    }
    layer, head = max(scores, key=lambda place: scores[place])
    first = page.page.locator("#head-top-a li").first
    expect(first).to_have_text(re.compile(rf"^layer {layer} head {head} 0\.\d+$"))
    expect(cell(page, layer, head)).to_have_attribute("title", re.compile("previous token 0"))
    expect(cell(page, layer, head)).to_have_css("background-image", "none")
    first.get_by_role("button").click()
    expect(page.sentence).to_contain_text(f"layer {layer} head {head}")
    expect(page.page.locator("#head-footer-a")).to_contain_text("by chance")


def test_without_repeats_there_is_nothing_to_measure(page: AppPage) -> None:
    choose(page, "by", "induction")
    page.run("One two", max_new_tokens=0)
    expect(page.page.locator("#head-footer-a")).to_contain_text("nothing to measure")


def test_as_key_the_page_tells_who_looks(page: AppPage) -> None:
    page.select(2)
    choose(page, "role", "key")
    expect(page.sentence).to_contain_text("as key")
    expect(page.page.locator("#attention-reading-a")).to_contain_text("of later tokens")


def test_shift_click_adds_a_second_token(page: AppPage) -> None:
    page.select(7)
    page.tokens().nth(3).click(modifiers=["Shift"])
    expect(page.sentence).to_contain_text("token 7 ")
    expect(page.sentence).to_contain_text("with token 3 ")
    expect(page.page.locator('#head-lines-a .line-token[aria-pressed="true"]')).to_have_count(2)
    expect(page.page.locator("#score-reading-a")).to_contain_text("Query token 7")
    expect(page.page.locator("#score-reading-a")).to_contain_text("key token 3")


def test_shift_enter_adds_a_second_token_too(page: AppPage) -> None:
    page.select(7)
    page.tokens().nth(4).focus()
    page.page.keyboard.press("ArrowLeft")
    page.page.keyboard.press("Shift+Enter")
    expect(page.sentence).to_contain_text("token 7 ")
    expect(page.sentence).to_contain_text("with token 3 ")


def test_undo_and_redo_walk_the_selection(page: AppPage) -> None:
    page.select(2)
    page.select(4)
    page.page.keyboard.press("Control+z")
    expect(page.sentence).to_contain_text("token 2 ")
    page.page.keyboard.press("Control+Shift+z")
    expect(page.sentence).to_contain_text("token 4 ")
    page.page.locator("#undo").click()
    expect(page.sentence).to_contain_text("token 2 ")
    expect(page.page.locator("#redo")).to_be_enabled()


def test_in_a_text_box_undo_belongs_to_the_text(page: AppPage) -> None:
    page.select(2)
    page.select(4)
    page.prompt().click()
    page.page.keyboard.type("x")
    page.page.keyboard.press("Control+z")
    expect(page.sentence).to_contain_text("token 4 ")


def test_a_link_restores_the_options(page: AppPage) -> None:
    choose(page, "stage", "scaled")
    choose(page, "by", "entropy")
    page.select(5)
    page.tokens().nth(1).click(modifiers=["Shift"])
    link, told = page.page.url, page.sentence.inner_text()
    page.page.goto("about:blank")
    page.page.goto(link)
    page.settled("a")
    expect(page.page.locator("#option-stage")).to_have_value("scaled")
    expect(page.page.locator("#option-by")).to_have_value("entropy")
    expect(page.sentence).to_have_text(told)


@pytest.mark.parametrize(
    "junk",
    ["sel=a.1.query.0.0.x", "o.stage=x", "pin=1", "za=1.2", "sel=" + "9" * 300, "junk=" + "9" * 1_000_000],
    ids=lambda junk: junk[:12],
)
def test_a_damaged_link_gives_the_default_view_and_one_notice(app: AppPage, junk: str) -> None:
    app.open("/attention", f"a=The+cat&{junk}")
    expect(app.notice()).to_contain_text("This link is damaged")
    expect(app.page.locator("#option-stage")).to_have_value("pattern")


def test_runs_are_remembered_in_this_browser(page: AppPage) -> None:
    page.run("Another prompt", max_new_tokens=0)
    page.page.locator(".history-box summary").click()
    entries = page.page.locator("[data-history]")
    expect(entries).to_have_text(["Another prompt", PROMPT])
    entries.nth(1).click()
    expect(page.prompt()).to_have_value(PROMPT)
    page.page.locator(".history-box summary").click()
    page.page.locator("#history-forget").click()
    expect(entries).to_have_count(0)


def test_two_prompts_are_subtracted(page: AppPage) -> None:
    page.add_b()
    page.run("The dog sat on the mat. The cat", "b", max_new_tokens=0)
    expect(page.page.locator("#difference-footer")).to_contain_text("tokens stand in both texts")
    expect(page.page.locator("#difference-grid .head-cell").first).to_be_visible()
    page.run(PROMPT, "b", max_new_tokens=0)
    expect(page.page.locator("#difference-footer")).to_contain_text("0.0% of their attention in A, 0.0% in B")


def test_two_models_are_compared_on_the_heads_both_have(page: AppPage, tiny_folder: Path) -> None:
    page.add_b()
    page.choose_model(tiny_folder.name, "b")
    page.run(PROMPT, "b", max_new_tokens=0)
    expect(page.page.locator("#difference-scale")).to_contain_text("2 x 4 that both have")
    expect(page.page.locator("#difference-grid .head-cell")).to_have_count(8)
    cell(page, 4, 2).click()
    expect(page.page.locator("#difference-heatmap")).to_contain_text(
        "Only one of the models has layer 4 head 2."
    )


def test_the_other_side_follows_through_the_paired_tokens(page: AppPage) -> None:
    page.add_b()
    page.run("A dog and the cat sat on the mat", "b", max_new_tokens=0)
    labels = page.labels("b")
    page.select(2)  # " sat"
    expect(page.sentence).to_contain_text(f"(in B token {labels.index(page.labels()[2])} ")
    expect(page.page.locator("#attention-reading-b")).to_contain_text(
        f"token {labels.index(page.labels()[2])} "
    )
    expect(page.page.locator("#strip-b .token-partner")).to_have_text(page.labels()[2])


def test_a_and_b_are_swapped(page: AppPage) -> None:
    page.add_b()
    page.run("The dog sat on the mat.", "b", max_new_tokens=0)
    page.select(2, "b")
    page.page.locator("#swap").focus()
    page.page.keyboard.press("Enter")
    page.settled("a")
    page.settled("b")
    expect(page.prompt("a")).to_have_value("The dog sat on the mat.")
    expect(page.prompt("b")).to_have_value(PROMPT)
    expect(page.sentence).to_contain_text("Prompt A, token 2 ")


def test_a_pair_can_be_pinned_by_hand(page: AppPage) -> None:
    page.add_b()
    page.run("A dog sat", "b", max_new_tokens=0)
    footer = page.page.locator("#difference-footer")
    before = footer.inner_text()
    page.select(0)
    page.tokens("b").nth(0).click(modifiers=["Shift"])
    expect(footer).not_to_have_text(before)
    assert "pin=0-0" in page.page.url
    page.tokens("b").nth(0).click(modifiers=["Shift"])
    expect(footer).to_have_text(before)


def _download(app: AppPage, panel: str, kind: str) -> Path:
    button = app.page.locator(".panel", has_text=panel).first.locator(f'[data-export="{kind}"]')
    with app.page.expect_download() as download:
        button.click()
    return Path(download.value.path())


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_every_panel_can_be_saved_as_a_picture(page: AppPage, kind: str) -> None:
    for title in page.page.locator(".side-panels-a .panel-title").all_text_contents():
        data = _download(page, title, kind).read_bytes()
        assert data.startswith(b"\x89PNG" if kind == "png" else b"<svg"), title
        assert len(data) > 3_000, title


@pytest.mark.parametrize("title", ["A: query and key, dimension by dimension", "A: from queries to keys"])
def test_what_is_drawn_as_svg_keeps_its_colours_in_a_picture(page: AppPage, title: str) -> None:
    with Image.open(_download(page, title, "png")) as picture:
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 24) or []
    assert sum(n for n, colour in colours if colour == (0x3B, 0x7D, 0xD8)) > 100


def test_what_is_no_longer_drawn_is_not_saved(page: AppPage) -> None:
    page.page.locator("#clear-a").click()
    expect(page.page.locator("#attention-reading-a")).to_contain_text("Run a prompt")
    expect(page.page.locator("#head-footer-a")).to_contain_text("Run a prompt")
    for title in ("A: where the selected token looks", "A: from queries to keys", "A: all heads"):
        assert _download(page, title, "csv").read_text().strip() == "", title


def test_every_panel_can_be_saved_as_numbers(page: AppPage) -> None:
    for title in page.page.locator(".side-panels-a .panel-title").all_text_contents():
        header, *rows = csv.reader(StringIO(_download(page, title, "csv").read_text()))
        assert rows, title
        assert all(len(row) == len(header) for row in rows), title


def test_the_saved_numbers_are_the_pattern(page: AppPage, bundled: "LanguageModel") -> None:
    cell(page, 1, 2).click()
    page.drawn()
    pattern = bundled.trace(PROMPT).pattern(1, 2)
    rows = list(csv.DictReader(StringIO(_download(page, "A: attention pattern", "csv").read_text())))
    assert len(rows) == len(pattern) * (len(pattern) + 1) // 2
    for row in rows:
        assert float(row["value"]) == pytest.approx(
            float(pattern[int(row["row"]), int(row["column"])]), rel=3e-4
        )
    weights = json.loads(_download(page, "A: where the selected token looks", "json").read_text())["rows"]
    assert [row["position"] for row in weights] == list(range(len(pattern)))
    assert [row["token"] for row in weights] == page.labels()


def test_the_python_lines_name_text_and_head(page: AppPage) -> None:
    cell(page, 1, 2).click()
    panel = page.page.locator(".panel", has_text="A: attention pattern").first
    panel.locator('[data-export="python"]').click()
    expect(panel.locator(".panel-python")).to_contain_text("trace.pattern(layer=1, head=2)")
    expect(panel.locator(".panel-python")).to_contain_text('gpt2dash.load("bundled")')


def test_a_part_of_a_long_text_is_fetched_finer(app: AppPage) -> None:
    app.open("/attention")
    app.run("the cat sat on the mat and the dog ran. " * 30, max_new_tokens=0)
    footer = app.page.locator("#attention-footer-a")
    expect(footer).to_contain_text("one cell for")
    box = app.page.locator("#attention-heatmap-a .nsewdrag").bounding_box()
    assert box is not None
    app.page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.35 * box["height"])
    app.page.mouse.down()
    app.page.mouse.move(box["x"] + 0.45 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    app.page.mouse.up()
    expect(footer).to_contain_text("out of view")
    expect(footer).not_to_contain_text("one cell for")
    assert "za=" in app.page.url
