"""Layer, head and the options of a page: what all of its panels are shown by."""

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from gpt2dash.components.ids import Attention, option
from gpt2dash.options import OPTIONS, Option


def head_picker(page: str) -> Component:
    """Pickers above the panels of a page."""
    options = {name: choice for name, choice in OPTIONS.items() if choice.page == page}
    return html.Div(
        [
            html.Label(["Layer", dbc.Select(id=Attention.layer, size="sm")]),
            html.Label(["Head", dbc.Select(id=Attention.head, size="sm")]),
            *(_picker(name, choice) for name, choice in options.items()),
        ],
        className="head-picker",
    )


def _picker(name: str, choice: Option) -> Component:
    options = [{"label": words, "value": value} for value, words in choice.words.items()]
    first = next(iter(choice.words))
    return html.Label([choice.label, dbc.Select(id=option(name), options=options, value=first, size="sm")])
