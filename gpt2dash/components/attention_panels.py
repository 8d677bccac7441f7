"""Panels of the attention page."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from gpt2dash.components.attributes import attributes
from gpt2dash.components.ids import Attention, Side, option
from gpt2dash.components.panel import EXPORTS, graph, panel

NO_PATTERN = "Run a prompt to see its attention."
NO_HEADS = "Run a prompt to see its heads."
NO_NUMBERS = "Run a prompt to see its heads in numbers."
NO_TOKEN = "Run a prompt first."

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
_HOW_MOVED = (
    "As query: the length of what each head adds to the selected token's place, ||sum over keys of A v "
    "W_O||. As key: how much each head takes from it, A ||v W_O||, on average over the later tokens. Weights "
    "alone would not do: a head may give all its attention to a value of length nearly 0."
)
_HOW_NUMBERS = (
    "A[q, k] is the weight that query q gives to key k. By chance: the number of a head that gives every key "
    "the same weight. A head gets a name when its number is a quarter above chance and four standard "
    "deviations above what its own weights give when they are dealt at random to the keys of each row. On "
    "random tokens: 8 texts of 64 random tokens said twice, whatever the prompt; the null of induction is "
    "the attention to the same places when the second copy is shuffled; a head is named a quarter above it. "
    "Key composition is ||W_V W_O W_K W_Q'|| / (||W_V W_O|| ||W_K W_Q'||), of the weights alone (Elhage et "
    "al. 2021); by chance, of random weights: 1 / sqrt(d_model)."
)
_HOW_LINES = (
    "Each line is one weight of the pattern: from the query on the left to the key on the right, the "
    "stronger the more attention. The selected token's lines stand out; point at a token to see its own."
)
_HOW_SCORE = (
    "A score is the dot product of the query of one token with the key of another: the sum of q times k over "
    "the head's dimensions. Bars are the products, marks are q and k. Without a second token (shift-click) "
    "the pair is the selected token and the one with the largest weight."
)
_HOW_LAYER = (
    "The patterns of all heads of the layer, queries down and keys across, coloured as in the heat map. Up "
    "to 7 tokens the weights are printed in the cells. A longer text is pooled: a cell is the mean over its "
    "queries of the sum over its keys."
)
_HOW_ACROSS = (
    "Rollout multiplies the layers' patterns, heads averaged, each mixed half and half with the identity for "
    "the residual connection: R = (A + I) / 2 times the R before (Abnar & Zuidema 2020). Weighted rollout "
    "counts each weight by the length of what its head writes. Flow takes the same mixed patterns as pipes "
    "and asks how much could pass from each token to this one at most; what passes on several ways may count "
    "for several tokens. None of them knows what the heads or the MLPs do with what they move."
)
_HOW_ROW = (
    "The row of the pattern that belongs to the selected token: the bar over each word is the share "
    "of the selected token's attention that goes to it in this head. Bars are scaled to the tallest, "
    "which the sentence names."
)


_PYTHON_PATTERN = "trace.pattern(layer={layer}, head={head})  # query x key"
_PYTHON_ROW = "trace.pattern(layer={layer}, head={head})[{pos}]  # as key: [:, {pos}]"
_PYTHON_LAYER = "[trace.pattern({layer}, head) for head in range(trace.config.n_head)]"
_PYTHON_SCORE = "trace.q({layer})[{head}, {pos}] * trace.k({layer})[{head}]  # a row for each key"
_PYTHON_HEADS = (
    "from gpt2dash.analysis.overview import overview\n\n"
    "overview(trace, n_cell=32).measures  # measure x layer x head"
)
_PYTHON_MOVED = (
    "from gpt2dash.analysis.overview import overview\n\n"
    "overview(trace, n_cell=32).moved_to[:, :, {pos}]  # as key: moved_from"
)
_PYTHON_ACROSS = "from gpt2dash.analysis.across import rollouts\n\nrollouts(trace).plain[{pos}]"

_CHOICES = {
    "role": ("Selected token as", {"query": "query", "key": "key"}),
    "stage": ("Stage", {"pattern": "softmax", "masked": "masked", "scaled": "scaled", "raw": "q·k"}),
    "weight": (
        "Weighted by",
        {"plain": "nothing", "value": "value norm", "write": "norm of what is written"},
    ),
    "first": ("First token", {"shown": "shown", "hidden": "hidden"}),
    "across": ("Across layers by", {"rollout": "rollout", "weighted": "weighted rollout", "flow": "flow"}),
}
"""Each option's label, and the words for its choices."""


def head_picker(measures: Sequence[tuple[str, str]]) -> Component:
    """Layer, head and options, for every panel of the page.

    Args:
        measures: name and title of each measure that heads can be shown by.
    """
    by = {"by": ("Show heads by", {"attention": "their attention", **dict(measures)})}
    return html.Div(
        [
            html.Label(["Layer", dbc.Select(id=Attention.layer, size="sm")]),
            html.Label(["Head", dbc.Select(id=Attention.head, size="sm")]),
            *(_picker(name, label, words) for name, (label, words) in (by | _CHOICES).items()),
        ],
        className="head-picker",
    )


def _picker(name: str, label: str, words: dict[str, str]) -> Component:
    options = [{"label": shown, "value": value} for value, shown in words.items()]
    return html.Label(
        [label, dbc.Select(id=option(name), options=options, value=next(iter(words)), size="sm")]
    )


def token_stores(side: Side) -> list[Component]:
    """What the server tells of the selected token; the browser draws the panels from it."""
    ids = Attention(side)
    return [dcc.Store(id=ids.token_in_head), dcc.Store(id=ids.token_in_all_heads)]


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
            html.P(NO_HEADS, id=ids.heads_footer, className="footer"),
            html.Ol(id=ids.top, className="head-top"),
            dcc.Store(id=ids.heads),
        ],
        _HOW_HEADS,
        python=_PYTHON_HEADS,
    )


def moved_panel(side: Side) -> Component:
    """How much every head moves to or from the selected token."""
    ids = Attention(side)
    return panel(
        f"{side.upper()}: the selected token in every head",
        [
            html.Div(
                id=ids.moved_grid,
                className="head-grid",
                role="group",
                **attributes(aria_label="How much each head moves to or from the selected token"),
            ),
            html.P(id=ids.moved_footer, className="footer"),
        ],
        _HOW_MOVED,
        python=_PYTHON_MOVED,
    )


def pattern_panel(side: Side) -> Component:
    """The pattern of the chosen head as a heat map."""
    ids = Attention(side)
    return panel(
        f"{side.upper()}: attention pattern",
        [
            graph(
                ids.heatmap, "32rem", "Heat map of attention weights, queries down, keys across", NO_PATTERN
            ),
            html.P(id=ids.footer, className="footer"),
        ],
        _HOW_PATTERN,
        ids.panel,
        exports=(*EXPORTS, "npz"),
        python=_PYTHON_PATTERN,
    )


def row_panel(side: Side) -> Component:
    """The selected token's row or column, as bars over the text."""
    ids = Attention(side)
    return panel(
        f"{side.upper()}: where the selected token looks",
        _bars(ids.reading, ids.text_bars, "Attention of the selected token, over the text"),
        _HOW_ROW,
        python=_PYTHON_ROW,
    )


def numbers_panel(side: Side) -> Component:
    """The selected head in numbers."""
    return panel(
        f"{side.upper()}: this head in numbers",
        [html.Div(NO_NUMBERS, id=Attention(side).numbers, className="measures")],
        _HOW_NUMBERS,
        python=_PYTHON_HEADS,
    )


def lines_panel(side: Side) -> Component:
    """The head as lines between two columns of tokens."""
    ids = Attention(side)
    return panel(
        f"{side.upper()}: from queries to keys",
        [
            html.Div(
                id=ids.lines_box,
                className="head-lines",
                tabIndex="0",
                role="group",
                **attributes(aria_label="Lines from queries, left, to keys, right"),
            ),
            html.P(id=ids.lines_footer, className="footer"),
        ],
        _HOW_LINES,
        python=_PYTHON_PATTERN,
    )


def score_panel(side: Side) -> Component:
    """How one score comes about."""
    ids = Attention(side)
    return panel(
        f"{side.upper()}: query and key, dimension by dimension",
        [
            html.P(NO_TOKEN, id=ids.score_reading, className="reading"),
            html.Div(id=ids.score, className="score-box"),
            html.P(
                [
                    html.Span("q times k", className="score-key score-key-products"),
                    html.Span("q", className="score-key score-key-q"),
                    html.Span("k", className="score-key score-key-k"),
                    "in each dimension of the head",
                ],
                className="footer",
            ),
        ],
        _HOW_SCORE,
        python=_PYTHON_SCORE,
    )


def layer_panel(side: Side) -> Component:
    """All heads of the selected layer."""
    return panel(
        f"{side.upper()}: all heads of this layer",
        [
            graph(
                Attention(side).layer_grid,
                "32rem",
                "Attention patterns of all heads of the layer",
                NO_PATTERN,
            )
        ],
        _HOW_LAYER,
        python=_PYTHON_LAYER,
    )


def across_panel(side: Side) -> Component:
    """What reaches the selected token through all layers, as bars over the text."""
    ids = Attention(side)
    return panel(
        f"{side.upper()}: what reaches the selected token through all layers",
        _bars(ids.across_reading, ids.across_bars, "What reaches the selected token, over the text"),
        _HOW_ACROSS,
        python=_PYTHON_ACROSS,
    )


def _bars(reading: str, bars: str, description: str) -> list[Component]:
    """A sentence, and bars over the text."""
    return [
        html.P(NO_TOKEN, id=reading, className="reading"),
        html.Div(
            id=bars, className="text-bars", tabIndex="0", role="group", **attributes(aria_label=description)
        ),
    ]
