"""Figures over the dimensions of one head."""

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from gpt2dash.figures import theme

Values = npt.NDArray[np.float32]


def query_key_products(q: Values, k: Values) -> go.Figure:
    """Every dimension's share of a score: bars for q times k, marks for q and k themselves.

    Args:
        q: the query of one token, a value a dimension.
        k: the key of another.
    """
    dimensions = np.arange(len(q))
    figure = go.Figure(
        layout=theme.layout(
            xaxis={
                "title": {"text": "dimension of the head"},
                "automargin": True,
                "zeroline": False,
                "showgrid": False,
            },
            yaxis={"title": {"text": "value"}, "automargin": True, "zeroline": True},
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            hovermode="x unified",
            bargap=0.15,
        )
    )
    figure.add_bar(
        x=dimensions, y=q * k, name="q times k", marker={"color": theme.FIRST}, hovertemplate="%{y:.4g}"
    )
    for name, values, symbol in (("q", q, "circle-open"), ("k", k, "x-thin-open")):
        figure.add_scatter(
            x=dimensions,
            y=values,
            name=name,
            mode="markers",
            marker={"symbol": symbol, "size": 7, "color": theme.SECOND},
            hovertemplate="%{y:.4g}",
        )
    return figure
