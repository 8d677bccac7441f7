"""What one head of one layer looks at: the pattern, and the selected token's row over the text."""

from functools import partial

import dash
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, html
from dash.development.base_component import Component

from gpt2dash.callbacks import comparison, head, heads, token
from gpt2dash.components.attention_panels import (
    across_panel,
    head_picker,
    heads_panel,
    layer_panel,
    lines_panel,
    moved_panel,
    numbers_panel,
    pattern_panel,
    row_panel,
    score_panel,
    token_stores,
)
from gpt2dash.components.comparison_panels import comparison_panels
from gpt2dash.components.ids import SIDES, Attention, Comparison, view_store
from gpt2dash.components.panel import both_sides

dash.register_page(__name__, path="/attention", name="Attention", title="Attention - gpt2dash", order=1)


def layout(**_query: str) -> Component:
    """The head pickers, then the panels of each side."""
    return html.Div(
        [
            html.H1("Attention", className="visually-hidden"),
            head_picker(heads.MEASURE_TITLES),
            both_sides(
                lambda side: (
                    [
                        heads_panel(side),
                        row_panel(side),
                        score_panel(side),
                        numbers_panel(side),
                        layer_panel(side),
                    ],
                    [
                        pattern_panel(side),
                        lines_panel(side),
                        across_panel(side),
                        moved_panel(side),
                    ],
                )
            ),
            comparison_panels(),
            *(store for side in SIDES for store in token_stores(side)),
        ]
    )


for side in SIDES:
    ids = Attention(side)
    for kind, output, answer in (
        ("token", Output(ids.token_in_head, "data"), partial(token.token_in_head, side)),
        ("reach", Output(ids.token_in_all_heads, "data"), partial(token.token_in_all_heads, side)),
        ("pattern", [Output(ids.heatmap, "figure"), Output(ids.footer, "children")], head.head_view),
        ("head", Output(ids.numbers, "children"), heads.numbers_view),
        ("layer", Output(ids.layer_grid, "figure"), heads.layer_view),
        ("text", Output(ids.heads, "data"), partial(heads.heads_view, side)),
    ):
        callback(output, Input(view_store(kind, side), "data"), prevent_initial_call=True)(answer)
    for store, draw in (
        (ids.token_in_head, "tokenInHead"),
        (ids.token_in_all_heads, "tokenInAllHeads"),
        (ids.heads, "allHeads"),
    ):
        clientside_callback(ClientsideFunction("gpt2dash", draw), Input(store, "data"))
    clientside_callback(
        ClientsideFunction("gpt2dash", "markSelection"),
        Input(ids.heatmap, "figure"),
        State(ids.heatmap, "id"),
    )

callback(
    Output(Comparison.heatmap, "figure"),
    Output(Comparison.footer, "children"),
    Input(view_store("head", "both"), "data"),
    prevent_initial_call=True,
)(comparison.of_both(comparison.difference_view))
callback(
    Output(Comparison.values, "data"),
    Input(view_store("text", "both"), "data"),
    prevent_initial_call=True,
)(comparison.of_both(comparison.distances_view))
clientside_callback(
    ClientsideFunction("gpt2dash", "differentHeads"),
    Input(Comparison.values, "data"),
)
clientside_callback(
    ClientsideFunction("gpt2dash", "headOptions"),
    Output(Attention.layer, "options"),
    Output(Attention.head, "options"),
    Output(Attention.layer, "value"),
    Output(Attention.head, "value"),
    *(Input(view_store("head", side), "data") for side in SIDES),
)
clientside_callback(
    ClientsideFunction("gpt2dash", "pickHead"),
    Input(Attention.layer, "value"),
    Input(Attention.head, "value"),
    prevent_initial_call=True,
)
