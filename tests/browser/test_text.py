"""Any text goes in and comes back byte for byte, and none of it is ever read as HTML."""

import pytest
from playwright.sync_api import expect

from browser.app_page import AppPage

PROMPTS = {
    "html": "<b>&\"' \n\t",
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "emoji": "👩‍👩‍👧 🍕 é",
    "chinese": "你好,世界。",
    "arabic": "السلام عليكم",
    "only spaces": "     ",
    "repeated": "the the the",
    "template": "%{x} %{customdata[0]} <br> ${y} {{z}}",
    "entity": "&lt;b&gt; &amp; &#60;",
    "edges": "  leading and trailing \n\n",
    "controls": "\u0001\u200b\u202e\ufeff|",
}

every_prompt = pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS.keys())


@every_prompt
def test_the_bytes_of_the_tokens_are_the_prompt_s(tab: AppPage, prompt: str) -> None:
    tab.open_page("Attention")
    tab.run(prompt, max_new_tokens=2)
    given = tab.table()[: tab.n_prompt()]
    assert b"".join(data for _, data in given) == prompt.encode()
    assert _elements_in(tab, "#strip-a .token, #token-table-a td, #text-bars-a .text-bar > span") == 0
    _expect_axis_labels(tab)


def _elements_in(app: AppPage, selector: str) -> int:
    """Elements inside what should hold text alone."""
    found: int = app.page.locator(selector).evaluate_all(
        "(all) => all.reduce((n, one) => n + one.children.length, 0)"
    )
    return found


def _expect_axis_labels(app: AppPage) -> None:
    """Both axes show the labels as the strip does, cut to their length, and nothing in them as mark-up."""
    labels = [text if len(text) <= 14 else f"{text[:13]}…" for text in app.labels()]
    every = -(-len(labels) // 30)
    for axis in ("x", "y"):
        assert app.ticks("attention-heatmap-a", axis) == labels[::every]
        assert _elements_in(app, f"#attention-heatmap-a .{axis}tick text") == 0


def test_a_link_brings_any_prompt_back(tab: AppPage) -> None:
    prompt = "".join(PROMPTS.values())
    tab.run(prompt, max_new_tokens=0)
    tab.page.reload()
    tab.settled("a")
    assert b"".join(data for _, data in tab.table()) == prompt.encode()
    expect(tab.prompt()).to_have_value(prompt)


def test_hovering_shows_a_label_literally(tab: AppPage) -> None:
    tab.open_page("Attention")
    tab.run("%{x}<br>%{z}", max_new_tokens=0)
    tab.heatmap()
    first = tab.labels()[0]
    plot = tab.page.locator("#attention-heatmap-a .nsewdrag")
    box = plot.bounding_box()
    assert box is not None
    plot.hover(position={"x": 3, "y": 3})
    hover = tab.page.locator("#attention-heatmap-a .hovertext")
    expect(hover).to_contain_text(f"key {first}")


def test_candidates_and_readings_show_text_alone(tab: AppPage) -> None:
    tab.run("<b>bold</b>", max_new_tokens=0)
    tab.select(1)
    assert _elements_in(tab, "#generation-panel-a .token-text") == 0
    assert tab.page.locator("#generation-panel-a b").count() == 0
