"""All heads of a side: patterns in one picture, measures, and what each moves for the selected token."""

import time
from base64 import b64encode
from typing import Any

import plotly.graph_objects as go
import torch
from dash.development.base_component import Component

from gpt2dash.analysis.attention import pooled
from gpt2dash.analysis.measures import MEASURES, is_clear
from gpt2dash.analysis.moved import moved_from, moved_to
from gpt2dash.callbacks.compact import finite, places, rounded, table
from gpt2dash.callbacks.side_view import ViewData, side_view
from gpt2dash.components.measure_table import MeasureRow, measure_table
from gpt2dash.figures.empty import empty_figure
from gpt2dash.figures.layer import layer_matrices
from gpt2dash.figures.mosaic import mosaic
from gpt2dash.pattern_options import CHOICES
from gpt2dash.runtime import current

MEASURE_TITLES = tuple((measure.name, measure.title) for measure in MEASURES)
"""What heads can be shown by."""

OPTIONS = {"by": ("attention", *(measure.name for measure in MEASURES)), **CHOICES}
"""Every option of the page and its choices, the first of each the default."""

LAYER_CELLS = 24
"""Cells per side where all heads of a layer are shown."""

Heads = dict[str, Any]
"""Every head for the browser: a picture of all patterns, and each measure's value and chance level."""

Moved = dict[str, Any]
"""How much each head moves to or from the selected token, for the browser."""


def heads_view(side: str, data: ViewData) -> Heads | None:
    """All heads of the model on this text."""
    view = side_view(data)
    if view is None:
        return None
    began = time.perf_counter()
    found = current().overview(view.run)
    ids = torch.tensor(view.run.ids)
    picture = mosaic(found.maps.numpy())
    n_cell, n_pos = found.maps.shape[-1], len(ids)
    return {
        "side": side,
        "picture": f"data:image/png;base64,{b64encode(picture).decode()}",
        "measures": {
            measure.name: {"values": table(values), "chance": finite(measure.chance(ids))}
            for measure, values in zip(MEASURES, found.measures, strict=True)
        },
        "footer": (
            f"Each head: {n_cell} x {n_cell} cells of {n_pos:,} x {n_pos:,} tokens; 255 colours; "
            f"{len(picture) / 1e3:.0f} kB; {1_000 * (time.perf_counter() - began):.0f} ms on the server."
        ),
    }


def moved_view(side: str, data: ViewData) -> Moved | None:
    """How much every head moves to the selected token, or from it to later ones."""
    view = side_view(data)
    if view is None or view.pos is None:
        return None
    if view.role == "query":
        values = moved_to(view.trace, view.pos)
    else:
        values = moved_from(view.trace, view.pos, current().overview(view.run).log_sums)
    title = "length added here" if view.role == "query" else "length taken from here"
    return {"side": side, "values": table(values), "title": title}


def numbers_view(data: ViewData) -> Component | str:
    """The selected head in numbers, on this text and on random tokens."""
    view = side_view(data)
    if view is None:
        return "Run a prompt to see its heads in numbers."
    ids = torch.tensor(view.run.ids)
    pattern = view.trace.pattern(view.layer, view.head)
    known = current().passport(view.run)
    random = {"previous": known.previous_token, "induction": known.induction}
    return measure_table(
        [
            MeasureRow(
                measure.title,
                measure.unit,
                measure.formula,
                finite(float(measure.of(pattern, ids))),
                finite(measure.chance(ids)),
                measure.label is not None and bool(is_clear(measure, pattern, ids)),
                float(random[measure.name][view.layer, view.head]) if measure.name in random else None,
            )
            for measure in MEASURES
        ]
    )


def layer_view(data: ViewData) -> go.Figure:
    """All heads of the selected layer."""
    view = side_view(data)
    if view is None:
        return empty_figure("Run a prompt to see its attention.")
    patterns = torch.stack([view.trace.pattern(view.layer, head) for head in range(view.trace.config.n_head)])
    cells, span = pooled(patterns, LAYER_CELLS)
    return layer_matrices(rounded(cells), places(view.labels, 0, len(view.labels) - 1, span))
