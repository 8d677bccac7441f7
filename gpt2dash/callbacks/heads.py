"""All heads of a side in one picture, those of a layer side by side, and one of them in numbers."""

import time
from base64 import b64encode
from typing import Any

import plotly.graph_objects as go
import torch
from dash import html
from dash.development.base_component import Component

from gpt2dash.analysis.attention import pooled
from gpt2dash.analysis.measures import ABOVE_NULL, MEASURES, Measure, is_clear
from gpt2dash.analysis.overview import OVERVIEW
from gpt2dash.analysis.passport import PASSPORT, Passport
from gpt2dash.callbacks.compact import finite, places, rounded, table
from gpt2dash.callbacks.side_view import SideView, ViewData, side_view
from gpt2dash.components.attention_panels import NO_HEADS, NO_NUMBERS, NO_PATTERN
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


def heads_view(side: str, data: ViewData) -> Heads:
    """All heads of the model on this text; without one, no measures."""
    view = side_view(data)
    if view is None:
        return {"side": side, "measures": None, "footer": NO_HEADS}
    began = time.perf_counter()
    found = current().kept(OVERVIEW, view.run)
    picture = mosaic(found.maps.numpy())
    n_cell, n_pos = found.maps.shape[-1], len(view.run.ids)
    return {
        "side": side,
        "picture": f"data:image/png;base64,{b64encode(picture).decode()}",
        "measures": {
            measure.name: {"values": table(values), "chance": finite(float(chance))}
            for measure, values, chance in zip(MEASURES, found.measures, found.chance, strict=True)
        },
        "footer": (
            f"Each head: {n_cell} x {n_cell} cells of {n_pos:,} x {n_pos:,} tokens; 255 colours; "
            f"{len(picture) / 1e3:.0f} kB; {1_000 * (time.perf_counter() - began):.0f} ms on the server."
        ),
    }


def numbers_view(data: ViewData) -> Component | str:
    """The selected head in numbers, on this text and on random tokens."""
    view = side_view(data)
    if view is None:
        return NO_NUMBERS
    found, known = current().kept(OVERVIEW, view.run), current().kept(PASSPORT, view.lm)
    numbers = measure_table(
        [
            _measure_row(
                measure,
                float(found.measures[index, view.layer, view.head]),
                float(found.chance[index]),
                float(found.deviations[index, view.layer, view.head]),
                _on_random(known, measure.name, view.layer, view.head),
            )
            for index, measure in enumerate(MEASURES)
        ]
    )
    return html.Div([numbers, html.P(_reads(known, view), className="footer")])


def _measure_row(
    measure: Measure, value: float, chance: float, deviation: float, random: tuple[float, float] | None
) -> MeasureRow:
    return MeasureRow(
        measure.title,
        measure.unit,
        measure.formula,
        finite(value),
        finite(chance),
        is_clear(value, chance, deviation),
        random,
        random is not None and random[0] - random[1] >= ABOVE_NULL,
    )


def _on_random(known: Passport, name: str, layer: int, head: int) -> tuple[float, float] | None:
    """Score and null on random tokens, of the measures that the passport has."""
    scores = {
        "previous": (known.previous_token, known.previous_token_null),
        "induction": (known.induction, known.induction_null),
    }
    if name not in scores:
        return None
    score, null = scores[name]
    return float(score[layer, head]), float(null[layer, head])


def _reads(known: Passport, view: SideView) -> str:
    """Which earlier head's writing goes into the selected head's keys most."""
    if view.layer == 0:
        return "No head comes before those of layer 0, so its keys read none."
    earlier = known.key_composition[view.layer, view.head, : view.layer]
    layer, head = divmod(int(earlier.argmax()), earlier.shape[1])
    chance = view.lm.model.config.d_model**-0.5
    return (
        f"Of all earlier heads its keys read most what layer {layer} head {head} writes: key composition "
        f"{float(earlier.max()):.4g}; the mean of all is {float(earlier.mean()):.4g}, by chance {chance:.4g}."
    )


def layer_view(data: ViewData) -> go.Figure:
    """All heads of the selected layer."""
    view = side_view(data)
    if view is None:
        return empty_figure(NO_PATTERN)
    patterns = torch.stack([view.trace.pattern(view.layer, head) for head in range(view.trace.config.n_head)])
    cells, span = pooled(patterns, LAYER_CELLS)
    return layer_matrices(rounded(cells), places(view.labels, 0, len(view.labels) - 1, span))
