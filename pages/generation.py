"""Watch the model write: how surprising each token was, and what else it could have been."""

import dash
from dash.development.base_component import Component

from gpt2dash.callbacks.generation import candidates, curve
from gpt2dash.callbacks.page import lay_out, wire

COLUMNS = ((candidates.CANDIDATES,), (curve.CURVE,))

dash.register_page(__name__, path="/", name="Generation", title="Generation - gpt2dash", order=0)


def layout(**_query: str) -> Component:
    """Both panels, once for each side."""
    return lay_out("Generation", COLUMNS)


wire(COLUMNS)
