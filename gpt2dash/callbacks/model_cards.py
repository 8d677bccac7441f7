"""The model page: the card of every model on offer."""

from dash.development.base_component import Component

from gpt2dash.components.model_panels import model_panel
from gpt2dash.components.shell import model_title
from gpt2dash.model.hub import resolve
from gpt2dash.model.model_card import read_card
from gpt2dash.runtime import current


def model_cards(_page: object) -> list[Component]:
    """One panel a model, the default first; the page asks once."""
    return [
        model_panel(model_title(name), read_card(resolve(name)), f"/api/models/{number}/loss.png")
        for number, name in enumerate(current().models.names)
    ]
