"""Panels of the attention page."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from gpt2dash.components.attributes import attributes
from gpt2dash.components.ids import Attention, Side
from gpt2dash.components.panel import graph, panel

_HOW_PATTERN = (
    "Each row is one token as query: how it divides its attention, which sums to 1, over itself and "
    "the tokens before it (keys). The weight is softmax(q.k / sqrt(d_head)); cells to the right of "
    "the diagonal lie in the future and do not exist. Colour grows with the square root of the "
    "weight. When the text has more tokens than cells fit, a cell is the attention that a group of "
    "queries pays to a group of keys: the mean over the queries of the sum over the keys, so rows "
    "still sum to 1."
)
_HOW_HEADS = (
    "One small picture for each head: its attention pattern, queries down and keys across, colour growing "
    "with the square root of the weight. Click one to see it in full. A measure turns each head into one "
    "number: A[q, k] is the weight that query q gives to key k. By chance is what a head would score that "
    "gives the same weight to every token it may look at. "
)
_HOW_ROW = (
    "The row of the pattern that belongs to the selected token: the bar over each word is the share "
    "of the selected token's attention that goes to it in this head. Bars are scaled to the tallest, "
    "which the sentence names."
)


def head_picker(measures: Sequence[tuple[str, str]]) -> Component:
    """Layer and head, and how all heads are coloured, for every panel of the page.

    Args:
        measures: name and title of each measure.
    """
    colours = [{"label": "their attention", "value": ""}]
    colours += [{"label": title, "value": name} for name, title in measures]
    return html.Div(
        [
            html.Label(["Layer", dbc.Select(id=Attention.layer, size="sm")]),
            html.Label(["Head", dbc.Select(id=Attention.head, size="sm")]),
            html.Label(
                ["Show heads by", dbc.Select(id=Attention.measure, options=colours, value="", size="sm")]
            ),
        ],
        className="head-picker",
    )


def heads_panel(side: Side) -> Component:
    """Every head of the model, a button each."""
    ids = Attention(side)
    return panel(
        f"{side.upper()}: all heads",
        [
            html.Div(
                id=ids.grid,
                className="head-grid",
                role="group",
                **attributes(aria_label=f"Heads of prompt {side.upper()}, layer by layer"),
            ),
            html.P(id=ids.heads_footer, className="footer"),
            html.Ol(id=ids.top, className="head-top"),
            dcc.Store(id=ids.heads),
        ],
        _HOW_HEADS,
    )


def pattern_panel(side: Side) -> Component:
    """The pattern of the chosen head as a heat map."""
    ids = Attention(side)
    return panel(
        f"{side.upper()}: attention pattern",
        [
            graph(ids.heatmap, "32rem", "Heat map of attention weights, queries down, keys across"),
            html.P(id=ids.footer, className="footer"),
        ],
        _HOW_PATTERN,
        ids.panel,
    )


def row_panel(side: Side) -> Component:
    """The selected token's row, as bars over the text."""
    ids = Attention(side)
    return panel(
        f"{side.upper()}: where the selected token looks",
        [
            html.P(id=ids.reading, className="reading"),
            html.Div(
                id=ids.text_bars,
                className="text-bars",
                tabIndex="0",
                role="group",
                **attributes(aria_label="Attention of the selected token, over the text"),
            ),
            dcc.Store(id=ids.row),
        ],
        _HOW_ROW,
    )
