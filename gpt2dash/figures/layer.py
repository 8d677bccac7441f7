"""All heads of one layer, matrix beside matrix."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from gpt2dash.figures import theme
from gpt2dash.figures.axes import shown

MOST_PRINTED = 7
"""Tokens up to which the weights are printed in their cells: beyond, nobody could read them."""

_GAP = 2


def layer_matrices(maps: npt.NDArray[np.float32], labels: Sequence[str]) -> go.Figure:
    """Patterns of every head, queries down and keys across, with their weights printed where they fit.

    Args:
        maps: head x query x key, 0 to 1.
        labels: what stands at each place of both axes.
    """
    n_head, n = maps.shape[:2]
    n_column = math.ceil(math.sqrt(n_head))
    n_row = math.ceil(n_head / n_column)
    side = n + _GAP
    cells = np.full((n_row * side - _GAP, n_column * side - _GAP), np.nan, dtype=np.float32)
    names = []
    for head, pattern in enumerate(maps):
        top, left = (head // n_column) * side, (head % n_column) * side
        cells[top : top + n, left : left + n] = np.where(np.tri(n, dtype=bool), pattern, np.float32(np.nan))
        names.append(_name(head, left + (n - 1) / 2, top))
    heatmap = go.Heatmap(
        z=cells,
        x=_places("key", labels, n_column),
        y=_places("query", labels, n_row),
        hovertemplate="%{y}<br>%{x}<br>weight %{z:.4g}<extra></extra>",
        hoverongaps=False,
        showscale=False,
        zmin=0,
        zmax=1,
        colorscale=theme.square_root_scale(),
        **({"texttemplate": "%{z:.2f}", "textfont": {"size": 9}} if n <= MOST_PRINTED else {}),
    )
    hidden = {"visible": False, "constrain": "domain", "type": "category"}
    return go.Figure(
        heatmap,
        theme.layout(
            xaxis=hidden,
            yaxis={**hidden, "autorange": "reversed", "scaleanchor": "x"},
            annotations=names,
            margin={"l": 8, "r": 8, "t": 20, "b": 8},
        ),
    )


def _places(role: str, labels: Sequence[str], n: int) -> list[str]:
    """What stands at each row or column of cells: the same words for each of `n` matrices.

    An axis takes equal words for one place, so each matrix has one more space at their end, which
    nobody sees. (Words for every single cell would be most of the bytes of the figure.)
    """
    words = [f"{role} {pos} {shown(label)}" for pos, label in enumerate(labels)]
    places = []
    for matrix in range(n):
        places += [word + " " * matrix for word in words]
        places += [" " * (matrix * _GAP + gap + 1) for gap in range(_GAP)]
    return places[:-_GAP]


def _name(head: int, x: float, top: int) -> dict[str, object]:
    return {
        "text": f"head {head}",
        "x": x,
        "y": top - 0.5,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 10},
    }
