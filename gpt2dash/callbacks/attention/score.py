"""How one score comes about, dimension by dimension, and what becomes of it."""

from gpt2dash.callbacks.compact import shortened
from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import score


def _score(view: SideView) -> dict[str, object]:
    query, key = _pair(view)
    q, k = view.trace.q(view.layer)[view.head, query], view.trace.k(view.layer)[view.head, key]
    raw, scale = float(q @ k), view.trace.config.score_scale(view.layer)
    told = (
        f"Query {view.named(query)}, key {view.named(key)}: the products sum to q·k = {raw:.4g}; "
        f"times {scale:.4g} that is the score {raw * scale:.4g}; softmax over {query + 1:,} keys gives "
        f"{float(view.pattern[query, key]):.4g}."
    )
    return {"q": shortened(q), "k": shortened(k), "told": told}


def _pair(view: SideView) -> tuple[int, int]:
    """Query and key: the two selected tokens, or the selected one and its largest weight."""
    pos = view.selected
    if view.other is not None:
        return max(pos, view.other), min(pos, view.other)
    if view.role == "query":
        return pos, int(view.pattern[pos].argmax())
    return pos + int(view.pattern[pos:, pos].argmax()), pos


SCORE = Panel(
    name="score",
    title="query and key, dimension by dimension",
    draws=score(),
    needs="token",
    show=_score,
    how="A score is the dot product of the query of one token with the key of another: the sum of q times k "
    "over the head's dimensions. Bars are the products, marks are q and k. Without a second token "
    "(shift-click) the pair is the selected token and the one with the largest weight.",
    python="trace.q({layer})[{head}, {pos}] * trace.k({layer})[{head}]  # a row for each key",
)
