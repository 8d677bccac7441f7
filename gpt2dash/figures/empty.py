"""A figure that has nothing to show yet, and says what to do."""

import plotly.graph_objects as go

from gpt2dash.figures import theme


def empty_figure(sentence: str) -> go.Figure:
    """One sentence in the middle, no axes."""
    note = {"text": sentence, "showarrow": False, "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
    return go.Figure(
        layout=theme.layout(xaxis={"visible": False}, yaxis={"visible": False}, annotations=[note])
    )
