"""The attention page: one head's pattern, and the selected token's row."""

import math
import time
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from torch import Tensor

from gpt2dash.analysis.attention import pooled
from gpt2dash.callbacks.selection import Runs, Selection, labels_of, run_of, selected_pos, within
from gpt2dash.components.ids import Side
from gpt2dash.figures.empty import empty_figure
from gpt2dash.figures.grids import query_key_heatmap
from gpt2dash.runtime import current

MAX_CELLS = 192
"""Cells per side: the lower triangle of so many, at 12 bits each, stays under 64 KB."""

_SIGNIFICANT_BITS = 12

HeadView = tuple[go.Figure, str, dict[str, Any] | None, str]


def head_view(side: Side, runs: Runs, selection: Selection) -> HeadView:
    """Heat map, its footer, the selected row, and the row in one sentence."""
    run = run_of(runs, side)
    if run is None:
        return empty_figure("Run a prompt to see its attention."), "", None, "Run a prompt first."
    began = time.perf_counter()
    chosen = selection or {}
    config = current().language_model(run).model.config
    layer, head = within(chosen.get("layer"), config.n_layer), within(chosen.get("head"), config.n_head)
    pattern = current().trace(run).pattern(layer, head)
    labels, pos = labels_of(run), selected_pos(selection, side, run)
    cells, span = pooled(pattern, MAX_CELLS)
    figure = query_key_heatmap(rounded(cells), _places(labels, span), None if pos is None else pos // span)
    footer = _footer(len(cells), len(pattern), span, time.perf_counter() - began)
    return figure, footer, _row(side, pattern, pos), _reading(pattern, labels, pos, layer, head)


def rounded(cells: Tensor) -> npt.NDArray[np.float32]:
    """float32 with 12 significant bits (relative error at most 1.3e-4), so that it compresses."""
    bits = cells.numpy().astype(np.float32).view(np.uint32)
    drop = 24 - _SIGNIFICANT_BITS
    half = np.uint32(1 << (drop - 1))
    return ((bits + half) & np.uint32(0xFFFFFFFF << drop & 0xFFFFFFFF)).view(np.float32)


def _places(labels: list[str], span: int) -> list[str]:
    if span == 1:
        return labels
    return [f"{start}… {labels[start]}" for start in range(0, len(labels), span)]


def _footer(n_cell: int, n_pos: int, span: int, seconds: float) -> str:
    shown = f"{n_cell:,} x {n_cell:,} cells of {n_pos:,} x {n_pos:,} tokens"
    pooling = (
        "" if span == 1 else f", one cell for {span} x {span} tokens (mean over queries of the sum over keys)"
    )
    return f"{shown}{pooling}; float32 to 12 significant bits; {1000 * seconds:.0f} ms on the server"


def _row(side: Side, pattern: Tensor, pos: int | None) -> dict[str, Any] | None:
    if pos is None:
        return None
    return {"side": side, "pos": pos, "weights": [significant(w) for w in pattern[pos].tolist()]}


def significant(value: float, digits: int = 5) -> float:
    """Rounded to so many significant digits."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    return float(f"{value:.{digits}g}")


def _reading(pattern: Tensor, labels: list[str], pos: int | None, layer: int, head: int) -> str:
    if pos is None:
        return "Click a token of this prompt to see where it looks."
    weight, key = pattern[pos].max(dim=0)
    target = "itself" if int(key) == pos else f"token {int(key)} “{labels[int(key)]}”"
    return (
        f"In layer {layer} head {head}, token {pos} “{labels[pos]}” gives {float(weight):.1%} "
        f"of its attention to {target}."
    )
