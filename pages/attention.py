"""What one head of one layer looks at: the pattern, and the selected token's row over the text."""

from functools import partial

import dash
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, html
from dash.development.base_component import Component

from gpt2dash.callbacks import attention
from gpt2dash.components.attention_panels import head_picker, pattern_panel, row_panel
from gpt2dash.components.ids import SIDES, Attention, SideIds

dash.register_page(__name__, path="/attention", name="Attention", title="Attention - gpt2dash", order=1)


def layout(**_query: str) -> Component:
    """The head pickers, then the panels of each side."""
    sides = [
        html.Div([row_panel(side), pattern_panel(side)], className=f"side-panels side-panels-{side}")
        for side in SIDES
    ]
    heading = html.H1("Attention", className="visually-hidden")
    return html.Div([heading, head_picker(), html.Div(sides, className="panels")])


for side in SIDES:
    ids = Attention(side)
    callback(
        Output(ids.heatmap, "figure"),
        Output(ids.footer, "children"),
        Input(SideIds(side).head, "data"),
    )(attention.head_view)
    callback(
        Output(ids.row, "data"),
        Output(ids.reading, "children"),
        Input(SideIds(side).view, "data"),
    )(partial(attention.row_view, side))
    clientside_callback(ClientsideFunction("gpt2dash", "textBars"), Input(ids.row, "data"))
    clientside_callback(
        ClientsideFunction("gpt2dash", "outlineQuery"),
        Input(ids.heatmap, "figure"),
        State(ids.heatmap, "id"),
    )

clientside_callback(
    ClientsideFunction("gpt2dash", "headOptions"),
    Output(Attention.layer, "options"),
    Output(Attention.head, "options"),
    Output(Attention.layer, "value"),
    Output(Attention.head, "value"),
    *(Input(SideIds(side).view, "data") for side in SIDES),
)
clientside_callback(
    ClientsideFunction("gpt2dash", "pickHead"),
    Input(Attention.layer, "value"),
    Input(Attention.head, "value"),
    prevent_initial_call=True,
)
