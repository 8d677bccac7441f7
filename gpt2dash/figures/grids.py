"""Figures over two axes of tokens."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from gpt2dash.figures import theme
from gpt2dash.figures.axes import position_axis


def query_key_heatmap(weights: npt.NDArray[np.float32], labels: Sequence[str], span: int) -> go.Figure:
    """Attention weights, queries down and keys across; the browser outlines the selected query's row.

    Args:
        weights: one cell per query and key, 0 to 1. Keys after their query are left blank: they do not exist.
        labels: what stands at each place of both axes.
        span: tokens that share a place; the figure's `meta` says so to the browser.
    """
    heatmap = go.Heatmap(
        z=np.where(np.tri(len(weights), dtype=bool), weights, np.float32(np.nan)),
        zmin=0,
        zmax=1,
        colorscale=theme.square_root_scale(),
        hoverongaps=False,
        colorbar={"title": {"text": "weight", "side": "right"}, "thickness": 10, "outlinewidth": 0},
        hovertemplate="query %{y}<br>key %{x}<br>weight %{z:.4g}<extra></extra>",
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
