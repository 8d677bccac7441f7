"""Where a token looks: the numbers on the attention page are the model's own."""

import math
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from browser.app_page import AppPage

if TYPE_CHECKING:
    from gpt2dash.language_model import LanguageModel

PROMPT = "The cat sat on the mat. The cat"


def _pattern(lm: "LanguageModel", ids: list[int], layer: int, head: int) -> list[list[float]]:
    from gpt2dash.tensor_file import TensorReader
    from gpt2dash.trace import Trace, record

    pattern: list[list[float]] = (
        Trace(lm.model, TensorReader(record(lm.model, ids))).pattern(layer, head).tolist()
    )
    return pattern


def _lower(rows: list[list[Any]]) -> list[list[float]]:
    return [row[: place + 1] for place, row in enumerate(rows)]


def test_equal_tokens_keep_their_own_columns(tab: AppPage) -> None:
    tab.open_page("Attention")
    tab.run("the the the", max_new_tokens=0)
    found = tab.heatmap()
    assert found["axes"] == ["linear", "linear"]
    assert [len(row) for row in found["z"]] == [3, 3, 3]


def test_the_future_is_left_blank(tab: AppPage) -> None:
    tab.open_page("Attention")
    tab.run("the the the", max_new_tokens=0)
    z = tab.heatmap()["z"]
    assert all(math.isnan(z[q][k]) for q in range(3) for k in range(q + 1, 3))
    assert z[0][0] == 1


def test_the_bars_are_the_pattern_s_row(tab: AppPage, bundled: "LanguageModel") -> None:
    tab.open_page("Attention")
    tab.run(PROMPT, max_new_tokens=8)
    pos = tab.n_prompt() + 5
    tab.select(pos)
    expect(tab.page.locator("#text-bars-a .text-bar-selected")).to_have_attribute("data-pos", str(pos))
    assert tab.bars() == pytest.approx(_pattern(bundled, tab.ids(), 0, 0)[pos], abs=1e-5)


def test_the_heat_map_is_the_pattern(tab: AppPage, bundled: "LanguageModel") -> None:
    tab.open_page("Attention")
    tab.run(PROMPT, max_new_tokens=8)
    _pick(tab, 2, 4)
    wanted = _pattern(bundled, tab.ids(), 2, 4)
    for shown, row in zip(_lower(tab.heatmap()["z"]), _lower(wanted), strict=True):
        assert shown == pytest.approx(row, rel=2.5e-4, abs=1e-6)


def _pick(app: AppPage, layer: int, head: int) -> None:
    app.page.locator("#attention-layer").select_option(str(layer))
    expect(app.sentence).to_contain_text(f"layer {layer}")
    app.page.locator("#attention-head").select_option(str(head))
    expect(app.page.locator("#attention-reading-a")).to_contain_text(f"In layer {layer} head {head},")
    app.drawn()


def test_the_pickers_choose_layer_and_head(tab: AppPage, bundled: "LanguageModel") -> None:
    tab.open_page("Attention")
    _pick(tab, 1, 3)
    expect(tab.sentence).to_contain_text("layer 1 head 3")
    config = bundled.model.config
    assert _offered(tab, "attention-layer") == [str(n) for n in range(config.n_layer)]
    assert _offered(tab, "attention-head") == [str(n) for n in range(config.n_head)]


def _offered(app: AppPage, picker: str) -> list[str]:
    return app.page.locator(f"#{picker} option:not([hidden])").all_text_contents()


def test_a_click_moves_the_row_and_the_sentence(tab: AppPage) -> None:
    tab.open_page("Attention")
    tab.run(PROMPT, max_new_tokens=3)
    tab.select(4)
    expect(tab.sentence).to_contain_text("Prompt A, token 4 ")
    assert len(tab.bars()) == tab.tokens().count()


def test_the_selected_query_is_outlined_in_every_head(tab: AppPage) -> None:
    tab.open_page("Attention")
    tab.run(PROMPT, max_new_tokens=3)
    tab.select(4)
    assert tab.heatmap()["outlined"] == [4]
    _pick(tab, 1, 3)
    assert tab.heatmap()["outlined"] == [4]


def test_the_outline_goes_to_the_side_of_the_selection(tab: AppPage) -> None:
    tab.open_page("Attention")
    tab.run(PROMPT, max_new_tokens=0)
    tab.add_b()
    tab.run("9 8", "b", max_new_tokens=0)  # no token in common
    tab.select(1, "b")
    assert (tab.heatmap("a")["outlined"], tab.heatmap("b")["outlined"]) == ([], [1])


def test_a_click_on_a_token_fetches_no_heat_map(tab: AppPage) -> None:
    tab.open_page("Attention")
    tab.run(PROMPT, max_new_tokens=3)
    before = tab.heatmap()
    answers: list[str] = []
    tab.page.on("response", lambda response: answers.append(response.text()))
    tab.select(2)
    tab.drawn()
    assert tab.heatmap() == {**before, "outlined": [2]}
    assert answers
    assert not any("heatmap" in answer for answer in answers)


def test_long_texts_are_pooled_and_say_so(tab: AppPage) -> None:
    tab.open_page("Attention")
    tab.run("the cat " * 110, max_new_tokens=0)
    assert tab.tokens().count() > 192
    expect(tab.page.locator("#attention-footer-a")).to_contain_text("one cell for 2 x 2 tokens")
    assert len(tab.heatmap()["z"]) <= 192
    tab.select(101)
    assert tab.heatmap()["outlined"] == [50]


def test_each_side_has_its_own_heat_map(tab: AppPage) -> None:
    tab.open_page("Attention")
    tab.run("the cat sat", max_new_tokens=0)
    tab.add_b()
    tab.run("the the", "b", max_new_tokens=0)
    assert len(tab.heatmap("b")["z"]) == 2
    assert len(tab.heatmap("a")["z"]) == tab.tokens("a").count()
