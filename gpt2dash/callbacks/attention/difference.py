"""One head's attention on A less the same on B, on aligned tokens."""

import plotly.graph_objects as go

from gpt2dash.analysis.alignment import Pairs
from gpt2dash.analysis.attention import pooled_mean
from gpt2dash.analysis.difference import Difference, difference
from gpt2dash.callbacks.compact import MAX_CELLS, rounded
from gpt2dash.callbacks.panel import Comparison, Nothing
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import figure
from gpt2dash.figures.grids import query_key_heatmap


def _difference(a: SideView, b: SideView, pairs: Pairs) -> tuple[go.Figure, str] | Nothing:
    if (a.layer, a.head) != (b.layer, b.head):
        return Nothing(f"Only one of the models has layer {a.layer} head {a.head}.")
    found = difference(a.pattern, b.pattern, pairs)
    cells, span = pooled_mean(found.cells, MAX_CELLS)
    labels = [a.labels[i] for i, _ in pairs][::span]
    # its places are pairs, not positions, so no row of it can be selected
    return query_key_heatmap(rounded(cells), labels, labels, "A - B"), _footer(a, b, pairs, found, span)


def _footer(a: SideView, b: SideView, pairs: Pairs, found: Difference, span: int) -> str:
    grouped = f", one cell for {span} x {span} pairs (mean)" if span > 1 else ""
    rest_a, rest_b = float(found.unaligned_a.mean()), float(found.unaligned_b.mean())
    return (
        f"{len(pairs):,} tokens stand in both texts, of {len(a.run.ids):,} in A and {len(b.run.ids):,} in B"
        f"{grouped}. To tokens without a partner go {rest_a:.1%} of their attention in A, {rest_b:.1%} in B; "
        "every row sums to minus the difference of these."
    )


DIFFERENCE = Comparison(
    name="difference",
    title="A less B: this head",
    draws=figure("Heat map of the difference of attention, A less B", has_footer=True),
    needs="head",
    show=_difference,
    how="Tokens that stand in both texts are paired by a longest common subsequence. To pair two others, "
    "select one and shift-click the other; the same again takes the pair apart. A cell is the weight "
    "that the query gives to the key in A, less the same in B: red, more in A; blue, more in B; 0 "
    "where nothing changed.",
    python="from gpt2dash.analysis.alignment import aligned\n"
    "from gpt2dash.analysis.difference import difference\n\n"
    "pairs = aligned(trace_a.token_ids, trace_b.token_ids)\n"
    "difference(trace_a.pattern({layer}, {head}), trace_b.pattern({layer}, {head}), pairs).cells",
)
