"""Panels that show A and B in one."""

from dash import dcc, html
from dash.development.base_component import Component

from gpt2dash.components.attributes import attributes
from gpt2dash.components.ids import Comparison
from gpt2dash.components.panel import graph, panel

NO_PAIR = "Run two prompts to compare their attention."

_HOW_DIFFERENCE = (
    "Tokens that stand in both texts are paired by a longest common subsequence. To pair two others, select "
    "one and shift-click the other; the same again takes the pair apart. A cell is the weight that the query "
    "gives to the key in A, less the same in B: red, more in A; blue, more in B; 0 where nothing changed."
)
_HOW_DISTANCES = (
    "For every head, the mean over paired queries of the Jensen-Shannon distance between the query's row in "
    "A and in B: the square root of the divergence in bits, 0 for equal rows, 1 for rows that share no key. "
    "Attention to tokens without a partner counts as one more key."
)


_PYTHON_PAIRS = (
    "from gpt2dash.analysis.alignment import aligned\n"
    "from gpt2dash.analysis.difference import difference, js_distances\n\n"
    "pairs = aligned(trace_a.token_ids, trace_b.token_ids)\n"
)
_PYTHON_DIFFERENCE = (
    _PYTHON_PAIRS
    + "difference(trace_a.pattern({layer}, {head}), trace_b.pattern({layer}, {head}), pairs).cells"
)
_PYTHON_DISTANCES = _PYTHON_PAIRS + "js_distances(trace_a, trace_b, pairs).js  # layer x head"


def comparison_panels() -> Component:
    """The difference of one head, and the distance of all of them; shown when there are two sides."""
    return html.Div([difference_panel(), distances_panel()], className="compared")


def difference_panel() -> Component:
    """One head on A less the same on B."""
    return panel(
        "A less B: this head",
        [
            graph(Comparison.heatmap, "32rem", "Heat map of the difference of attention, A less B", NO_PAIR),
            html.P(id=Comparison.footer, className="footer"),
        ],
        _HOW_DIFFERENCE,
        python=_PYTHON_DIFFERENCE,
    )


def distances_panel() -> Component:
    """How far each head's attention on A is from that on B."""
    return panel(
        "A and B: which heads differ most",
        [
            html.Div(
                id=Comparison.grid,
                className="head-grid",
                role="group",
                **attributes(aria_label="How far each head's attention on A is from that on B"),
            ),
            html.P(NO_PAIR, id=Comparison.scale, className="footer"),
            html.Ol(id=Comparison.top, className="head-top"),
            dcc.Store(id=Comparison.values),
        ],
        _HOW_DISTANCES,
        python=_PYTHON_DISTANCES,
    )
