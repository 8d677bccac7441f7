"""What the selected token changes, for the browser to draw.

There are two answers: one about the selected head, which is there at once, and one about all
heads, for which a new text has to be looked through first.
"""

from typing import Any

import torch
from torch import Tensor

from gpt2dash.analysis.across import MOST_FOR_FLOW, ROLLOUTS, mixing
from gpt2dash.analysis.flow import flow
from gpt2dash.analysis.overview import OVERVIEW
from gpt2dash.callbacks.compact import shortened, table
from gpt2dash.callbacks.side_view import SideView, ViewData, side_view
from gpt2dash.components.attention_panels import NO_TOKEN
from gpt2dash.runtime import current

LINE_TOKENS = 64
"""Tokens between which lines are drawn."""

_LEAST_DRAWN = 0.01

TokenData = dict[str, Any]
"""For the browser: `side`, `pos` (None without a token), and for each panel what it shows and tells."""

Told = dict[str, Any]
"""What one panel shows; `told` is the same in one sentence."""


def token_in_head(side: str, data: ViewData) -> TokenData:
    """The selected token under the selected head: its row, lines around it, one of its scores."""
    view = side_view(data)
    if view is None or view.pos is None:
        return _nothing(side, view)
    pattern = view.trace.pattern(view.layer, view.head)
    return {
        "side": side,
        "pos": view.pos,
        "row": _row(view, view.pos, pattern),
        "lines": _lines(view.pos, pattern),
        "score": _score(view, view.pos, pattern),
    }


def token_in_all_heads(side: str, data: ViewData) -> TokenData:
    """The selected token under all heads: what each moves to or from it, what reaches it in the end."""
    view = side_view(data)
    if view is None or view.pos is None:
        return _nothing(side, view)
    return {
        "side": side,
        "pos": view.pos,
        "moved": _moved(view, view.pos),
        "across": _across(view, view.pos),
    }


def _nothing(side: str, view: SideView | None) -> TokenData:
    told = NO_TOKEN if view is None else "Click a token of this prompt to see this for it."
    return {"side": side, "pos": None, "told": told}


def _row(view: SideView, pos: int, pattern: Tensor) -> Told:
    """Its row of the pattern, or its column."""
    weights = pattern[pos] if view.role == "query" else pattern[:, pos]
    told = _looks(view, pos, weights) if view.role == "query" else _is_looked_at(view, pos, weights)
    return {"weights": shortened(weights), "told": told}


def _looks(view: SideView, pos: int, weights: Tensor) -> str:
    weight, key = weights.max(dim=0)
    target = "itself" if int(key) == pos else view.named(int(key))
    return f"In {view.place}, {view.named(pos)} gives {float(weight):.1%} of its attention to {target}."


def _is_looked_at(view: SideView, pos: int, weights: Tensor) -> str:
    later = weights[pos + 1 :]
    if not len(later):
        return f"Nothing comes after {view.named(pos)}, so nothing later looks at it."
    weight, after = later.max(dim=0)
    return (
        f"In {view.place}, {view.named(pos)} gets {float(later.mean()):.1%} of the attention of later "
        f"tokens, on average; most from {view.named(pos + 1 + int(after))}: {float(weight):.1%}."
    )


def _lines(pos: int, pattern: Tensor) -> Told:
    """The weights between the tokens around it, for each query from `first` on: keys and weights."""
    first = max(0, min(pos - LINE_TOKENS // 2, len(pattern) - LINE_TOKENS))
    near = pattern[first : first + LINE_TOKENS, first : first + LINE_TOKENS].tolist()
    rows = [
        [[first + key, float(f"{weight:.4g}")] for key, weight in enumerate(row) if weight >= _LEAST_DRAWN]
        for row in near
    ]
    share = sum(weight for row in near for weight in row if weight >= _LEAST_DRAWN) / len(near)
    told = (
        f"Tokens {first} to {first + len(near) - 1} of {len(pattern):,}; weights from {_LEAST_DRAWN:g} on "
        f"are drawn, {share:.1%} of these queries' attention; the rest is weaker or goes out of view."
    )
    return {"first": first, "rows": rows, "told": told}


def _score(view: SideView, pos: int, pattern: Tensor) -> Told:
    """How one score comes about, dimension by dimension, and what becomes of it."""
    query, key = _pair(view, pos, pattern)
    q, k = view.trace.q(view.layer)[view.head, query], view.trace.k(view.layer)[view.head, key]
    raw, scale = float(q @ k), view.trace.config.score_scale(view.layer)
    told = (
        f"Query {view.named(query)}, key {view.named(key)}: the products sum to q·k = {raw:.4g}; "
        f"times {scale:.4g} that is the score {raw * scale:.4g}; softmax over {query + 1:,} keys gives "
        f"{float(pattern[query, key]):.4g}."
    )
    return {"q": shortened(q), "k": shortened(k), "told": told}


def _pair(view: SideView, pos: int, pattern: Tensor) -> tuple[int, int]:
    """Query and key: the two selected tokens, or the selected one and its largest weight."""
    if view.other is not None:
        return max(pos, view.other), min(pos, view.other)
    if view.role == "query":
        return pos, int(pattern[pos].argmax())
    return pos + int(pattern[pos:, pos].argmax()), pos


def _moved(view: SideView, pos: int) -> Told:
    """How much every head moves to it, or from it to later ones."""
    found = current().kept(OVERVIEW, view.run)
    values, title = (
        (found.moved_to, "length added here")
        if view.role == "query"
        else (found.moved_from, "length taken from here")
    )
    return {"values": table(values[:, :, pos]), "title": title}


def _across(view: SideView, pos: int) -> Told:
    """What reaches it through all layers."""
    if view.options.across == "flow":
        return _flow(view, pos)
    found = current().kept(ROLLOUTS, view.run)
    shares = (found.plain if view.options.across == "rollout" else found.weighted)[pos]
    share, key = shares.max(dim=0)
    told = f"Most of {view.named(pos)} after the last layer comes from {view.named(int(key))}"
    return {"weights": shortened(shares), "told": f"{told}: {float(share):.1%}."}


def _flow(view: SideView, pos: int) -> Told:
    if pos >= MOST_FOR_FLOW:
        told = f"Flow takes too long beyond {MOST_FOR_FLOW} tokens; choose rollout for {view.named(pos)}."
        return {"weights": [], "told": told}
    plain, _ = mixing(view.trace)
    found = torch.zeros(len(plain[0]))
    found[: pos + 1] = torch.from_numpy(flow(plain, pos))
    if pos == 0:
        return {"weights": shortened(found), "told": "Nothing stands before the first token."}
    most, key = found[:pos].max(dim=0)
    told = (
        f"Of the earlier tokens, {view.named(int(key))} can send most to {view.named(pos)}: a flow of "
        f"{float(most):.4g}, where 1 is all that a token can take."
    )
    return {"weights": shortened(found), "told": told}
