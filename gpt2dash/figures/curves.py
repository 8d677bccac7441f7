"""Figures along the text."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from gpt2dash.figures import theme
from gpt2dash.figures.axes import position_axis

_COLOURS = (theme.FIRST, theme.SECOND)
_MOST_MARKERS = 120
_DASHES = ("solid", "dot")


def position_curves(
    curves: Mapping[str, npt.NDArray[np.float32]],
    labels: Sequence[str],
    *,
    unit: str,
    first_pos: int,
    boundary: float | None,
) -> go.Figure:
    """One line per quantity over the tokens; the browser marks the selected one.

    Args:
        curves: name and values; each as long as the text less `first_pos`.
        labels: every token of the text.
        unit: of all quantities.
        first_pos: position of the first value.
        boundary: where the prompt ends and the written text begins, if both exist.
    """
    figure = go.Figure(
        layout=theme.layout(
            xaxis=position_axis("token", labels, tickangle=-60),
            yaxis={
                "title": {"text": unit, "standoff": 6},
                "rangemode": "tozero",
                "zeroline": False,
                "automargin": True,
            },
            hovermode="x unified",
            legend={"orientation": "h", "y": 1.12, "x": 0},
            meta={"x": "position"},
        )
    )
    for (name, values), colour, dash in zip(curves.items(), _COLOURS, _DASHES, strict=True):
        places = np.arange(first_pos, first_pos + len(values))
        is_short = len(values) <= _MOST_MARKERS
        figure.add_scatter(
            x=places,
            y=values,
            name=name,
            mode="lines+markers" if is_short else "lines",
            line={"color": colour, "width": 2 if is_short else 1, "dash": dash},
            marker={"size": 5},
            hovertemplate="%{y:.4g}",
        )
    if boundary is not None:
        figure.add_vline(boundary, line={"color": "gray", "width": 1, "dash": "dash"})
    return figure
