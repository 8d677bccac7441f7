"""Figures over two axes of tokens."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from gpt2dash.figures import theme
from gpt2dash.figures.axes import position_axis

_SIGNED = ("score", "A - B")


def query_key_heatmap(
    values: npt.NDArray[np.float32], labels: Sequence[str], span: int, kind: str = "weight"
) -> go.Figure:
    """One head, queries down and keys across; the browser outlines the selected query's row.

    Args:
        values: one cell per query and key; what is not finite is left blank.
        labels: what stands at each place of both axes.
        span: tokens that share a place; the figure's `meta` says so to the browser.
        kind: "weight" (0 to 1), "length" (0 and more), "score" or "A - B" (of any sign).
    """
    heatmap = go.Heatmap(
        z=np.where(np.isfinite(values), values, np.float32(np.nan)),
        hoverongaps=False,
        colorbar={"title": {"text": kind, "side": "right"}, "thickness": 10, "outlinewidth": 0},
        hovertemplate=f"query %{{y}}<br>key %{{x}}<br>{kind} %{{z:.4g}}<extra></extra>",
        **_colours(values, kind),
    )
    return go.Figure(
        heatmap,
        theme.layout(
            xaxis=position_axis("key (looked at)", labels, side="top", tickangle=-90),
            yaxis=position_axis("query (looks)", labels, range=[len(labels) - 0.5, -0.5]),
            meta={"n_place": len(labels), "span": span},
            uirevision=",".join(labels),
        ),
    )


def _colours(values: npt.NDArray[np.float32], kind: str) -> dict[str, Any]:
    """Magnitudes from 0 by square root; scores on both sides of a neutral 0."""
    finite = values[np.isfinite(values)]
    most = float(np.abs(finite).max(initial=0.0)) or 1.0
    if kind in _SIGNED:
        return {"zmin": -most, "zmax": most, "colorscale": theme.DIVERGING}
    return {"zmin": 0, "zmax": 1 if kind == "weight" else most, "colorscale": theme.square_root_scale()}
