"""Panels of the model page."""

import re

from dash import dcc, html
from dash.development.base_component import Component

from gpt2dash.components.panel import frame

_HOW = (
    "`gpt2dash train` writes this card when a model is finished and measures what it says on the finished "
    "files. `gpt2dash evaluate` and `gpt2dash check` measure again, this model or any other."
)


def model_panel(name: str, card: str | None, curve_url: str) -> Component:
    """One model's card.

    Args:
        name: what the model is offered by, without folders.
        card: Markdown; HTML in it stays text.
        curve_url: where the browser finds the picture that the card names.
    """
    text = _unknown(name) if card is None else _fitted(card, curve_url)
    return frame(name, [html.Div(dcc.Markdown(text), className="model-card")], _HOW)


def _unknown(name: str) -> str:
    return f"No card came with the files of {name}."


def _fitted(card: str, curve_url: str) -> str:
    """Headings one level down, for the panel has its own; the picture from where it is served."""
    return re.sub("^#", "##", card, flags=re.MULTILINE).replace("](loss.png)", f"]({curve_url})")
