"""How far each head's attention on A is from that on B, for the heads that both models have."""

from gpt2dash.analysis.alignment import Pairs
from gpt2dash.analysis.difference import DISTANCES as KEPT
from gpt2dash.callbacks.compact import table
from gpt2dash.callbacks.panel import Comparison
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import ranked_grid
from gpt2dash.runtime import current


def _distances(a: SideView, b: SideView, pairs: Pairs) -> dict[str, object]:
    found = current().kept(KEPT, a.run, b.run, args=(pairs,)).js
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


DISTANCES = Comparison(
    name="distances",
    title="A and B: which heads differ most",
    draws=ranked_grid(
        "How far each head's attention on A is from that on B", "differentHeads", lambda told: {"told": told}
    ),
    needs="text",
    show=_distances,
    how="For every head, the mean over paired queries of the Jensen-Shannon distance between the query's "
    "row in A and in B: the square root of the divergence in bits, 0 for equal rows, 1 for rows that "
    "share no key. Attention to tokens without a partner counts as one more key.",
    python="from gpt2dash.analysis.alignment import aligned\n"
    "from gpt2dash.analysis.difference import js_distances\n\n"
    "pairs = aligned(trace_a.token_ids, trace_b.token_ids)\n"
    "js_distances(trace_a, trace_b, pairs).js  # layer x head",
)
