from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from gpt2dash.figures.axes import position_axis, shown
from gpt2dash.figures.curves import position_curves
from gpt2dash.figures.empty import empty_figure
from gpt2dash.figures.grids import query_key_heatmap
from gpt2dash.figures.mosaic import mosaic
from gpt2dash.figures.theme import square_root_scale

WEIGHTS = np.array([[1, 0, 0], [0.25, 0.75, 0], [0.2, 0.3, 0.5]], dtype=np.float32)


def test_equal_tokens_keep_their_own_columns() -> None:
    figure = query_key_heatmap(WEIGHTS, ["the", "␣the", "␣the"], ["the", "␣the", "␣the"])
    axis = figure.layout.xaxis
    assert axis.type == "linear"
    assert axis.range == (-0.5, 2.5)
    assert axis.labelalias == {"0": "the", "1": "␣the", "2": "␣the"}


def test_what_does_not_exist_is_blank_and_the_rest_is_exact() -> None:
    causal = np.where(np.tri(3, dtype=bool), WEIGHTS, np.float32(-np.inf))
    cells = np.asarray(query_key_heatmap(causal, ["a", "b", "c"], ["a", "b", "c"]).data[0].z)
    assert np.isnan(cells[np.triu_indices(3, 1)]).all()
    assert np.array_equal(cells[np.tril_indices(3)], WEIGHTS[np.tril_indices(3)])


@pytest.mark.parametrize(
    ("kind", "limits"), [("weight", (0, 1)), ("length", (0, 4)), ("score", (-4, 4)), ("A - B", (-4, 4))]
)
def test_each_kind_has_its_own_scale(kind: str, limits: tuple[float, float]) -> None:
    heatmap = query_key_heatmap(np.array([[-1, 2], [3, 4]], np.float32), ["a", "b"], ["a", "b"], kind).data[0]
    assert (heatmap.zmin, heatmap.zmax) == limits


def test_all_heads_are_one_picture() -> None:
    maps = np.zeros((2, 3, 4, 4), np.float32)
    maps[1, 2, 3, 0] = 1
    image = Image.open(BytesIO(mosaic(maps)))
    assert image.size == (3 * 5, 2 * 5)
    levels = np.asarray(image)
    assert levels[5 + 3, 10 + 0] == 255
    assert levels[0, 0] == 1
    assert levels[0, 1] == levels[4, 4] == 0  # the future, and a gap
    assert image.info["transparency"] == 0


def test_the_browser_is_told_which_tokens_stand_where() -> None:
    window = {"span": 4, "first_query": 8, "first_key": 0}
    figure = query_key_heatmap(WEIGHTS[:2], ["8… c", "12… d"], ["a", "b", "c"], meta=window)
    assert figure.layout.meta == {**window, "n_query": 2, "n_key": 3}


@pytest.mark.parametrize(
    ("label", "text"), [("<b>", "&lt;b&gt;"), ("&", "&amp;"), ('"', '"'), ("%{x}", "%{x}")]
)
def test_labels_are_text_to_plotly(label: str, text: str) -> None:
    assert shown(label) == text


def test_long_labels_are_cut() -> None:
    assert len(shown("x" * 50)) == 14


@pytest.mark.parametrize("n", [1, 30, 31, 1_024])
def test_ticks_stay_readable(n: int) -> None:
    axis = position_axis("token", ["x"] * n)
    assert n / axis["dtick"] <= 30


def test_curves_begin_at_their_first_position() -> None:
    values = {"surprisal": np.array([1, 2], dtype=np.float32), "entropy": np.array([3, 4], dtype=np.float32)}
    figure = position_curves(values, ["a", "b", "c"], unit="bits", first_pos=1, boundary=1.5)
    assert list(figure.data[0].x) == [1, 2]
    assert [shape.x0 for shape in figure.layout.shapes] == [1.5]
    assert figure.layout.meta == {"x": "position"}  # so the browser can mark a token


def test_colour_grows_with_the_square_root() -> None:
    scale = square_root_scale()
    places = [place for place, _ in scale]
    assert (places[0], places[-1]) == (0.0, 1.0)
    assert places[16] == 0.25


def test_an_empty_figure_says_what_to_do() -> None:
    assert empty_figure("Run a prompt.").layout.annotations[0].text == "Run a prompt."


def test_figures_carry_no_template() -> None:
    assert (
        len(query_key_heatmap(WEIGHTS, ["a", "b", "c"], ["a", "b", "c"]).layout.template.to_plotly_json())
        <= 1
    )
