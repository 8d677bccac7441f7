"""The selected token under one head: its row or column, lines around it, one score, all layers together."""

from typing import Any

import plotly.graph_objects as go
import torch
from torch import Tensor

from gpt2dash.analysis.across import MOST_FOR_FLOW, mixing
from gpt2dash.analysis.flow import flow
from gpt2dash.callbacks.compact import Row, as_row, no_row
from gpt2dash.callbacks.side_view import SideView, ViewData, side_view
from gpt2dash.figures.dimensions import query_key_products
from gpt2dash.figures.empty import empty_figure
from gpt2dash.runtime import current

LINE_TOKENS = 64
"""Tokens between which lines are drawn."""

_LEAST_DRAWN = 0.01

Lines = dict[str, Any]
"""Weights between neighbouring tokens for the browser: for each query from `first` on, keys and weights."""


def row_view(side: str, data: ViewData) -> tuple[Row, str]:
    """The selected token's row or column of the pattern, and the same in one sentence."""
    view = side_view(data)
    if view is None:
        return no_row(side), "Run a prompt first."
    if view.pos is None:
        return no_row(side), "Click a token of this prompt to see where it looks."
    pattern = view.trace.pattern(view.layer, view.head)
    weights = pattern[view.pos] if view.role == "query" else pattern[:, view.pos]
    told = _reading(view, view.pos, weights) if view.role == "query" else _heard(view, view.pos, weights)
    return as_row(side, view.pos, weights), told


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


def across_view(side: str, data: ViewData) -> tuple[Row, str]:
    """What reaches the selected token through all layers, and the same in one sentence."""
    view = side_view(data)
    if view is None or view.pos is None:
        return no_row(side), "Click a token of this prompt to see what reaches it through all layers."
    if view.options.across == "flow":
        return _flow(side, view, view.pos)
    found = current().rollouts(view.run)
    shares = (found.plain if view.options.across == "rollout" else found.weighted)[view.pos]
    share, key = shares.max(dim=0)
    told = f"Most of {_named(view, view.pos)} after the last layer comes from {_named(view, int(key))}"
    return as_row(side, view.pos, shares), f"{told}: {float(share):.1%}."


def _flow(side: str, view: SideView, pos: int) -> tuple[Row, str]:
    if pos >= MOST_FOR_FLOW:
        return no_row(side), (
            f"Flow takes too long beyond {MOST_FOR_FLOW} tokens; token {pos} is too far on. Choose rollout."
        )
    found = torch.from_numpy(flow(mixing(view.trace), pos)).float()
    before = found[:-1]
    if not len(before):
        return as_row(side, pos, found), "Nothing stands before the first token."
    most, key = before.max(dim=0)
    told = (
        f"Of the earlier tokens, {_named(view, int(key))} can send most to token {pos} “{view.labels[pos]}”"
    )
    return as_row(
        side, pos, found
    ), f"{told}: a flow of {float(most):.4g}, where 1 is all that a token can take."


def _named(view: SideView, pos: int) -> str:
    return f"token {pos} “{view.labels[pos]}”"
