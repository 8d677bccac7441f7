"""Two sides compared: one head's attention on A less that on B, and which heads differ most."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import plotly.graph_objects as go

from gpt2dash.analysis.alignment import Pairs, aligned
from gpt2dash.analysis.attention import pooled_mean
from gpt2dash.analysis.difference import DISTANCES, Difference, difference
from gpt2dash.callbacks.compact import rounded, table
from gpt2dash.callbacks.head import MAX_CELLS
from gpt2dash.callbacks.side_view import SideView, ViewData, side_view
from gpt2dash.components.comparison_panels import NO_PAIR
from gpt2dash.figures.empty import empty_figure
from gpt2dash.figures.grids import query_key_heatmap
from gpt2dash.runtime import current

_PAIR = 2
Shown = TypeVar("Shown")
_NOTHING_IN_COMMON = (
    "The two texts have no token in common. Pair two tokens: select one, shift-click the other."
)


def of_both(
    view: Callable[[ViewData, ViewData, object], Shown],
) -> Callable[[Mapping[str, Any] | None], Shown]:
    """A panel of both sides as a callback: the browser publishes both views and the pinned pairs as one."""

    def answer(data: Mapping[str, Any] | None) -> Shown:
        given = data or {}
        return view(given.get("a"), given.get("b"), given.get("pins"))

    return answer


def pairs_view(data_a: ViewData, data_b: ViewData, pins: object = None) -> Pairs:
    """Which tokens of A and B stand for one another; none with one side alone."""
    a, b = side_view(data_a), side_view(data_b)
    return [] if a is None or b is None else alignment(a, b, pins)


def difference_view(data_a: ViewData, data_b: ViewData, pins: object = None) -> tuple[go.Figure, str]:
    """The selected head's pattern on A less that on B, on aligned tokens."""
    a, b = side_view(data_a), side_view(data_b)
    if a is None or b is None:
        return empty_figure(NO_PAIR), ""
    if (a.layer, a.head) != (b.layer, b.head):
        return empty_figure(f"Only one of the models has layer {a.layer} head {a.head}."), ""
    pairs = alignment(a, b, pins)
    if not pairs:
        return empty_figure(_NOTHING_IN_COMMON), ""
    found = difference(a.trace.pattern(a.layer, a.head), b.trace.pattern(b.layer, b.head), pairs)
    cells, span = pooled_mean(found.cells, MAX_CELLS)
    labels = [a.labels[i] for i, _ in pairs][::span]
    # its places are pairs, not positions, so no row of it can be selected
    return query_key_heatmap(rounded(cells), labels, labels, "A - B"), _footer(a, b, pairs, found, span)


def distances_view(data_a: ViewData, data_b: ViewData, pins: object = None) -> dict[str, Any]:
    """How far each head's attention on A is from that on B, for the heads that both models have."""
    a, b = side_view(data_a), side_view(data_b)
    if a is None or b is None:
        return {"told": NO_PAIR}
    pairs = alignment(a, b, pins)
    if not pairs:
        return {"told": _NOTHING_IN_COMMON}
    found = current().kept(DISTANCES, a.run, b.run, args=(pairs,)).js
    return {"values": table(found), "title": "Jensen-Shannon distance", "told": _left_out(a, b)}


def _left_out(a: SideView, b: SideView) -> str:
    """Which heads were compared, where the models are not of one shape."""
    (layers_a, heads_a), (layers_b, heads_b) = (
        (view.lm.model.config.n_layer, view.lm.model.config.n_head) for view in (a, b)
    )
    if (layers_a, heads_a) == (layers_b, heads_b):
        return ""
    return (
        f"A's model has {layers_a} layers of {heads_a} heads, B's {layers_b} of {heads_b}; compared are the "
        f"{min(layers_a, layers_b)} x {min(heads_a, heads_b)} that both have."
    )


def alignment(a: SideView, b: SideView, pins: object = None) -> Pairs:
    """Tokens that stand for one another: the same bytes, whatever their ids in the two models.

    Args:
        a: side A.
        b: side B.
        pins: pairs of positions from the browser; whatever is no pair is left out.
    """
    texts = [[view.lm.tokenizer.token_bytes(i) for i in view.run.ids] for view in (a, b)]
    numbers = {data: number for number, data in enumerate(sorted({*texts[0], *texts[1]}))}
    ids = [[numbers[data] for data in text] for text in texts]
    return aligned(ids[0], ids[1], _pairs(pins))


def _pairs(pins: object) -> Pairs:
    found = [tuple(pin) for pin in pins if isinstance(pin, list)] if isinstance(pins, list) else []
    return [
        (pin[0], pin[1]) for pin in found if len(pin) == _PAIR and all(isinstance(pos, int) for pos in pin)
    ]


def _footer(a: SideView, b: SideView, pairs: Pairs, found: Difference, span: int) -> str:
    grouped = f", one cell for {span} x {span} pairs (mean)" if span > 1 else ""
    rest_a, rest_b = float(found.unaligned_a.mean()), float(found.unaligned_b.mean())
    return (
        f"{len(pairs):,} tokens stand in both texts, of {len(a.run.ids):,} in A and {len(b.run.ids):,} in B"
        f"{grouped}. To tokens without a partner go {rest_a:.1%} of their attention in A, {rest_b:.1%} in B; "
        "every row sums to minus the difference of these."
    )
