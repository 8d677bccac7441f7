"""Figures over two axes of tokens."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from gpt2dash.figures import theme
from gpt2dash.figures.axes import position_axis

_SIGNED = ("score", "A - B")


def query_key_heatmap(
    values: npt.NDArray[np.float32],
    queries: Sequence[str],
    keys: Sequence[str],
    kind: str = "weight",
    meta: Mapping[str, int] | None = None,
) -> go.Figure:
    """One head, queries down and keys across; the browser outlines the selected query's row.

    Args:
        values: one cell per query and key; what is not finite is left blank.
        queries: what stands at each place of the query axis.
        keys: the same for the key axis.
        kind: "weight" (0 to 1), "length" (0 and more), "score" or "A - B" (of any sign).
        meta: for the browser: `span` tokens share a place, and `first_query`, `first_key` come first.
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
            xaxis=position_axis("key (looked at)", keys, side="top", tickangle=-90),
            yaxis=position_axis("query (looks)", queries, range=[len(queries) - 0.5, -0.5]),
            meta=None if meta is None else {**meta, "n_query": len(queries), "n_key": len(keys)},
            uirevision=",".join([*queries, "", *keys]),
        ),
    )


def _colours(values: npt.NDArray[np.float32], kind: str) -> dict[str, Any]:
    """Magnitudes from 0 by square root; scores on both sides of a neutral 0."""
    finite = values[np.isfinite(values)]
    most = float(np.abs(finite).max(initial=0.0)) or 1.0
    if kind in _SIGNED:
        return {"zmin": -most, "zmax": most, "colorscale": theme.DIVERGING}
    return {"zmin": 0, "zmax": 1 if kind == "weight" else most, "colorscale": theme.square_root_scale()}
