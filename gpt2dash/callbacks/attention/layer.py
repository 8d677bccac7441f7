"""All heads of the selected layer, side by side."""

import plotly.graph_objects as go
import torch

from gpt2dash.analysis.attention import pooled
from gpt2dash.callbacks.compact import places, rounded
from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import figure
from gpt2dash.figures.layer import layer_matrices

MAX_CELLS = 24
"""Cells per side of each head."""


def _layer(view: SideView) -> go.Figure:
    patterns = torch.stack([view.trace.pattern(view.layer, head) for head in range(view.trace.config.n_head)])
    cells, span = pooled(patterns, MAX_CELLS)
    return layer_matrices(rounded(cells), places(view.labels, 0, len(view.labels) - 1, span))


LAYER = Panel(
    name="layer",
    title="all heads of this layer",
    draws=figure("Attention patterns of all heads of the layer"),
    needs="layer",
    show=_layer,
    how="The patterns of all heads of the layer, queries down and keys across, coloured as in the heat "
    "map. Up to 7 tokens the weights are printed in the cells. A longer text is pooled: a cell is the "
    "mean over its queries of the sum over its keys.",
    python="[trace.pattern({layer}, head) for head in range(trace.config.n_head)]",
    no_run="Run a prompt to see its attention.",
)
