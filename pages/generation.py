"""Watch the model write: how surprising each token was, and what else it could have been."""

from functools import partial

import dash
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, html
from dash.development.base_component import Component

from gpt2dash.callbacks import generation
from gpt2dash.components.generation_panels import candidates_panel, curve_panel
from gpt2dash.components.ids import SIDES, Generation, view_store
from gpt2dash.components.panel import both_sides

dash.register_page(__name__, path="/", name="Generation", title="Generation - gpt2dash", order=0)


def layout(**_query: str) -> Component:
    """Both panels, once for each side."""
    heading = html.H1("Generation", className="visually-hidden")
    return html.Div([heading, both_sides(lambda side: ([candidates_panel(side)], [curve_panel(side)]))])


for side in SIDES:
    ids = Generation(side)
    callback(
        Output(ids.candidates, "children"),
        Output(ids.settings, "children"),
        Input(view_store("candidates", side), "data"),
        prevent_initial_call=True,
    )(partial(generation.candidates_view, side))
    callback(
        Output(ids.curve, "figure"),
        Input(view_store("text", side), "data"),
        prevent_initial_call=True,
    )(generation.curve_view)
    clientside_callback(
        ClientsideFunction("gpt2dash", "markSelection"),
        Input(ids.curve, "figure"),
        State(ids.curve, "id"),
    )
