"""What the models on offer are: how they were made, how well they predict, what their heads do."""

import dash
from dash import Input, Output, callback, html
from dash.development.base_component import Component

from gpt2dash.callbacks.model_cards import model_cards
from gpt2dash.components.ids import Models, Shell

dash.register_page(__name__, path="/model", name="Model", title="Model - gpt2dash", order=9)


def layout(**_query: str) -> Component:
    """The cards, one below the other."""
    return html.Div(
        [html.H1("Model", className="visually-hidden"), html.Div(id=Models.cards, className="panels")]
    )


callback(Output(Models.cards, "children"), Input(Shell.boot, "data"))(model_cards)
