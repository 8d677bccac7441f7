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
    told = np.full(cells.shape, "", dtype=object)
    names = []
    for head, pattern in enumerate(maps):
        top, left = (head // n_column) * side, (head % n_column) * side
        cells[top : top + n, left : left + n] = np.where(np.tri(n, dtype=bool), pattern, np.float32(np.nan))
        told[top : top + n, left : left + n] = _told(head, labels)
        names.append(_name(head, left + (n - 1) / 2, top))
    heatmap = go.Heatmap(
        z=cells,
        text=told,
        hovertemplate="%{text}<br>weight %{z:.4g}<extra></extra>",
        hoverongaps=False,
        showscale=False,
        zmin=0,
        zmax=1,
        colorscale=theme.square_root_scale(),
        **({"texttemplate": "%{z:.2f}", "textfont": {"size": 9}} if n <= MOST_PRINTED else {}),
    )
    hidden = {"visible": False, "constrain": "domain"}
    return go.Figure(
        heatmap,
        theme.layout(
            xaxis=hidden,
            yaxis={**hidden, "autorange": "reversed", "scaleanchor": "x"},
            annotations=names,
            margin={"l": 8, "r": 8, "t": 20, "b": 8},
        ),
    )


def _told(head: int, labels: Sequence[str]) -> npt.NDArray[np.object_]:
    """Head, query and key of every cell, for who points at it."""
    words = [shown(label) for label in labels]
    told = np.empty((len(words), len(words)), dtype=object)
    for q, query in enumerate(words):
        for k, key in enumerate(words):
            told[q, k] = f"head {head}<br>query {q} {query}<br>key {k} {key}"
    return told


def _name(head: int, x: float, top: int) -> dict[str, object]:
    return {
        "text": f"head {head}",
        "x": x,
        "y": top - 0.5,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 10},
    }
