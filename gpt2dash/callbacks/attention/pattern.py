"""One head's pattern as a heat map; the same for every selected token."""

import math
import time

import plotly.graph_objects as go
import torch
from torch import Tensor

from gpt2dash.analysis.attention import pooled, pooled_mean
from gpt2dash.analysis.shown import Shown, shown
from gpt2dash.callbacks.attention.difference import DIFFERENCE
from gpt2dash.callbacks.compact import MAX_CELLS, PRECISION, places, rounded
from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import figure
from gpt2dash.components.panel import EXPORTS
from gpt2dash.figures.grids import query_key_heatmap


def _pattern(view: SideView) -> tuple[go.Figure, str]:
    """The heat map and its footer."""
    began = time.perf_counter()
    seen = shown(view.trace, view.layer, view.head, view.options)
    last = len(seen.values) - 1
    q0, q1, k0, k1 = view.zoom or (0, last, 0, last)
    window = seen.values[q0 : q1 + 1, k0 : k1 + 1]
    cells, span = pooled_mean(window, MAX_CELLS) if seen.kind == "score" else pooled(window, MAX_CELLS)
    if view.options["stage"] not in ("raw", "scaled"):
        cells = _without_future(cells, span, q0, k0)
    figure = query_key_heatmap(
        rounded(cells),
        places(view.labels, q0, q1, span),
        places(view.labels, k0, k1, span),
        seen.kind,
        {"span": span, "first_query": q0, "first_key": k0},
    )
    return figure, _footer(view, seen, window, span, f"{cells.nbytes / 1e3:,.0f} kB of {PRECISION}", began)


def _without_future(cells: Tensor, span: int, first_query: int, first_key: int) -> Tensor:
    """-inf where even the last query of a cell comes before its first key."""
    last_query = first_query + span * (torch.arange(len(cells)) + 1) - 1
    key = first_key + span * torch.arange(cells.shape[1])
    return cells.masked_fill(last_query[:, None] < key[None, :], -math.inf)


def _footer(view: SideView, seen: Shown, window: Tensor, span: int, size: str, began: float) -> str:
    n_pos, (n_query, n_key) = len(seen.values), window.shape
    rows, columns = -(-n_query // span), -(-n_key // span)
    parts = [f"{rows:,} x {columns:,} cells of {n_pos:,} x {n_pos:,} tokens"]
    if span > 1:
        how = "mean" if seen.kind == "score" else "mean over queries of the sum over keys"
        parts[0] += f", one cell for {span} x {span} tokens ({how}); drag over a part to see it finer"
    if view.zoom is not None:
        parts.append("double-click for the whole text")
        if seen.kind == "weight":
            parts.append(
                f"{1 - float(window.sum() / n_query):.1%} of these queries' attention is out of view"
            )
    if bool(seen.removed.any()):
        share = float(seen.removed[1:].mean())
        parts.append(f"the first token is hidden: {share:.1%} of the attention, on average")
    parts += [
        size,
        f"{1_000 * (time.perf_counter() - began):.0f} ms on the server",
    ]
    return "; ".join(parts) + "."


PATTERN = Panel(
    name="pattern",
    title="attention pattern",
    draws=figure("Heat map of attention weights, queries down, keys across", has_footer=True),
    needs="pattern",
    show=_pattern,
    how="Each row is one token as query: how it divides its attention, which sums to 1, over itself and "
    "the tokens before it (keys). The weight is softmax(q.k / sqrt(d_head)); cells to the right of "
    "the diagonal lie in the future and do not exist. Colour grows with the square root of the "
    "weight. When the text has more tokens than cells fit, a cell is the attention that a group of "
    "queries pays to a group of keys: the mean over the queries of the sum over the keys, so rows "
    "still sum to 1.",
    python="trace.pattern(layer={layer}, head={head})  # query x key",
    exports=(*EXPORTS, "npz"),
    no_run="Run a prompt to see its attention.",
    compare=DIFFERENCE,
)
