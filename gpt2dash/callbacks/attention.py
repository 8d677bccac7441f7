"""The attention page: one head's pattern, and the selected token's row."""

import math
import time
from base64 import b64encode
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import torch
from dash.development.base_component import Component
from jaxtyping import Float
from torch import Tensor

from gpt2dash.analysis.across import MOST_FOR_FLOW, mixing
from gpt2dash.analysis.attention import pooled, pooled_mean
from gpt2dash.analysis.flow import flow
from gpt2dash.analysis.measures import MEASURES, is_clear
from gpt2dash.analysis.moved import moved_from, moved_to
from gpt2dash.analysis.shown import Shown, shown
from gpt2dash.callbacks.side_view import SideView, ViewData, side_view
from gpt2dash.components.measure_table import MeasureRow, measure_table
from gpt2dash.figures.dimensions import query_key_products
from gpt2dash.figures.empty import empty_figure
from gpt2dash.figures.grids import query_key_heatmap
from gpt2dash.figures.layer import layer_matrices
from gpt2dash.figures.mosaic import mosaic
from gpt2dash.pattern_options import CHOICES
from gpt2dash.runtime import current

MEASURE_TITLES = tuple((measure.name, measure.title) for measure in MEASURES)
"""What heads can be shown by."""

OPTIONS = {"by": ("attention", *(measure.name for measure in MEASURES)), **CHOICES}
"""Every option of the page and its choices, the first of each the default."""

MAX_CELLS = 192
"""Cells per side: the lower triangle of so many, at 12 bits each, stays under 64 KB."""

LAYER_CELLS = 24
"""The same where all heads of a layer are shown."""

LINE_TOKENS = 64
"""Tokens between which lines are drawn."""

_LEAST_DRAWN = 0.01
_SIGNIFICANT_BITS = 12
_SIGNIFICANT_DIGITS = 5

Heads = dict[str, Any]
"""Every head for the browser: a picture of all patterns, and each measure's value and chance level."""

Lines = dict[str, Any]
"""Weights between neighbouring tokens for the browser: for each query from `first` on, keys and weights."""

Moved = dict[str, Any]
"""How much each head moves to or from the selected token, for the browser."""

Row = dict[str, Any]
"""One token's weights for the browser: `side`, `pos` and `weights`, one for each token of the text."""


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
            measure.name: {"values": table(values), "chance": _finite(measure.chance(ids))}
            for measure, values in zip(MEASURES, found.measures, strict=True)
        },
        "footer": (
            f"Each head: {n_cell} x {n_cell} cells of {n_pos:,} x {n_pos:,} tokens; 255 colours; "
            f"{len(picture) / 1e3:.0f} kB; {1_000 * (time.perf_counter() - began):.0f} ms on the server."
        ),
    }


def table(values: Float[Tensor, "layer head"]) -> list[list[float | None]]:
    """A number for each head for the browser, to 4 significant digits; None for NaN."""
    return [[_finite(float(f"{value:.4g}")) for value in layer] for layer in values.tolist()]


def _finite(value: float) -> float | None:
    """None in place of NaN, which JSON does not have: this text has nothing to measure."""
    return value if math.isfinite(value) else None


def head_view(data: ViewData) -> tuple[go.Figure, str]:
    """One head's heat map and its footer; the same for every selected token."""
    began = time.perf_counter()
    view = side_view(data)
    if view is None:
        return empty_figure("Run a prompt to see its attention."), ""
    seen = shown(view.trace, view.layer, view.head, view.options)
    last = len(seen.values) - 1
    q0, q1, k0, k1 = view.zoom or (0, last, 0, last)
    window = seen.values[q0 : q1 + 1, k0 : k1 + 1]
    cells, span = pooled_mean(window, MAX_CELLS) if seen.kind == "score" else pooled(window, MAX_CELLS)
    if view.options.stage not in ("raw", "scaled"):
        cells = _without_future(cells, span, q0, k0)
    figure = query_key_heatmap(
        rounded(cells),
        _places(view.labels, q0, q1, span),
        _places(view.labels, k0, k1, span),
        seen.kind,
        {"span": span, "first_query": q0, "first_key": k0},
    )
    return figure, _footer(view, seen, window, span, time.perf_counter() - began)


def _without_future(cells: Tensor, span: int, first_query: int, first_key: int) -> Tensor:
    """-inf where even the last query of a cell comes before its first key."""
    last_query = first_query + span * (torch.arange(len(cells)) + 1) - 1
    key = first_key + span * torch.arange(cells.shape[1])
    return cells.masked_fill(last_query[:, None] < key[None, :], -math.inf)


def row_view(side: str, data: ViewData) -> tuple[Row, str]:
    """The selected token's row or column of the pattern, and the same in one sentence."""
    view = side_view(data)
    if view is None:
        return _no_row(side), "Run a prompt first."
    if view.pos is None:
        return _no_row(side), "Click a token of this prompt to see where it looks."
    pattern = view.trace.pattern(view.layer, view.head)
    weights = pattern[view.pos] if view.role == "query" else pattern[:, view.pos]
    told = _reading(view, view.pos, weights) if view.role == "query" else _heard(view, view.pos, weights)
    return _as_row(side, view.pos, weights), told


def lines_view(side: str, data: ViewData) -> tuple[Lines | None, str]:
    """The weights between the tokens around the selected one, and how much of them that is."""
    view = side_view(data)
    if view is None or view.pos is None:
        return None, "Click a token to see lines from queries to keys around it."
    pattern = view.trace.pattern(view.layer, view.head)
    first = max(0, min(view.pos - LINE_TOKENS // 2, len(pattern) - LINE_TOKENS))
    near = pattern[first : first + LINE_TOKENS, first : first + LINE_TOKENS]
    drawn = torch.where(near >= _LEAST_DRAWN, near, 0.0)
    rows = [
        [[first + int(key), float(f"{float(row[key]):.3g}")] for key in row.nonzero().flatten()]
        for row in drawn
    ]
    share = float(drawn.sum() / len(near))
    told = (
        f"Tokens {first} to {first + len(near) - 1} of {len(pattern):,}; weights from {_LEAST_DRAWN:g} on "
        f"are drawn, {share:.1%} of these queries' attention; the rest is weaker or goes out of view."
    )
    return {"side": side, "first": first, "rows": rows}, told


def neuron_view(data: ViewData) -> tuple[go.Figure, str]:
    """How one score comes about, dimension by dimension, and what becomes of it, in one sentence."""
    view = side_view(data)
    if view is None or view.pos is None:
        return empty_figure("Click a token to see how its scores come about."), ""
    query, key = _pair(view, view.pos)
    q, k = view.trace.q(view.layer)[view.head, query], view.trace.k(view.layer)[view.head, key]
    raw, scale = float(q @ k), view.trace.config.score_scale(view.layer)
    weight = float(view.trace.pattern(view.layer, view.head)[query, key])
    told = (
        f"Query {_named(view, query)}, key {_named(view, key)}: the products sum to q·k = {raw:.4g}; "
        f"times {scale:.4g} that is the score {raw * scale:.4g}; softmax over {query + 1:,} keys gives "
        f"{weight:.4g}."
    )
    return query_key_products(q.numpy(), k.numpy()), told


def _pair(view: SideView, pos: int) -> tuple[int, int]:
    """Query and key: the two selected tokens, or the selected one and its largest weight."""
    pattern = view.trace.pattern(view.layer, view.head)
    if view.other is not None:
        return max(pos, view.other), min(pos, view.other)
    if view.role == "query":
        return pos, int(pattern[pos].argmax())
    return pos + int(pattern[pos:, pos].argmax()), pos


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
                _finite(float(measure.of(pattern, ids))),
                _finite(measure.chance(ids)),
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
    return layer_matrices(rounded(cells), _places(view.labels, 0, len(view.labels) - 1, span))


def across_view(side: str, data: ViewData) -> tuple[Row, str]:
    """What reaches the selected token through all layers, and the same in one sentence."""
    view = side_view(data)
    if view is None or view.pos is None:
        return _no_row(side), "Click a token of this prompt to see what reaches it through all layers."
    if view.options.across == "flow":
        return _flow(side, view, view.pos)
    found = current().rollouts(view.run)
    shares = (found.plain if view.options.across == "rollout" else found.weighted)[view.pos]
    share, key = shares.max(dim=0)
    told = f"Most of {_named(view, view.pos)} after the last layer comes from {_named(view, int(key))}"
    return _as_row(side, view.pos, shares), f"{told}: {float(share):.1%}."


def _flow(side: str, view: SideView, pos: int) -> tuple[Row, str]:
    if pos >= MOST_FOR_FLOW:
        return _no_row(side), (
            f"Flow takes too long beyond {MOST_FOR_FLOW} tokens; token {pos} is too far on. Choose rollout."
        )
    found = torch.from_numpy(flow(mixing(view.trace), pos)).float()
    before = found[:-1]
    if not len(before):
        return _as_row(side, pos, found), "Nothing stands before the first token."
    most, key = before.max(dim=0)
    told = (
        f"Of the earlier tokens, {_named(view, int(key))} can send most to token {pos} “{view.labels[pos]}”"
    )
    return _as_row(
        side, pos, found
    ), f"{told}: a flow of {float(most):.4g}, where 1 is all that a token can take."


def _named(view: SideView, pos: int) -> str:
    return f"token {pos} “{view.labels[pos]}”"


def _as_row(side: str, pos: int, weights: Tensor) -> Row:
    digits = [float(f"{weight:.{_SIGNIFICANT_DIGITS}g}") for weight in weights.tolist()]
    return {"side": side, "pos": pos, "weights": digits}


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


def rounded(cells: Tensor) -> npt.NDArray[np.float32]:
    """float32 with 12 significant bits (relative error at most 2.5e-4), so that it compresses."""
    bits = cells.numpy().astype(np.float32).view(np.uint32)
    drop = 24 - _SIGNIFICANT_BITS
    keep = np.uint32(0xFFFFFFFF ^ ((1 << drop) - 1))
    return ((bits + np.uint32(1 << (drop - 1))) & keep).view(np.float32)


def _places(labels: list[str], first: int, last: int, span: int) -> list[str]:
    if span == 1:
        return labels[first : last + 1]
    return [f"{start}… {labels[start]}" for start in range(first, last + 1, span)]


def _footer(view: SideView, seen: Shown, window: Tensor, span: int, seconds: float) -> str:
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
        f"float32 rounded to {_SIGNIFICANT_BITS} significant bits",
        f"{1_000 * seconds:.0f} ms on the server",
    ]
    return "; ".join(parts) + "."


def _no_row(side: str) -> Row:
    return {"side": side, "pos": None, "weights": []}


def _reading(view: SideView, pos: int, weights: Tensor) -> str:
    weight, key = weights.max(dim=0)
    target = "itself" if int(key) == pos else f"token {int(key)} “{view.labels[int(key)]}”"
    return (
        f"In layer {view.layer} head {view.head}, token {pos} “{view.labels[pos]}” gives "
        f"{float(weight):.1%} of its attention to {target}."
    )


def _heard(view: SideView, pos: int, weights: Tensor) -> str:
    later = weights[pos + 1 :]
    if not len(later):
        return f"Token {pos} “{view.labels[pos]}” is the last: nothing after it can look at it."
    weight, after = later.max(dim=0)
    query = pos + 1 + int(after)
    return (
        f"In layer {view.layer} head {view.head}, token {pos} “{view.labels[pos]}” gets "
        f"{float(later.mean()):.1%} of the attention of later tokens, on average; most from token {query} "
        f"“{view.labels[query]}”: {float(weight):.1%}."
    )
