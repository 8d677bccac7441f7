"""What the heads look at: all of them, those of one layer, one, and the selected token in them."""

import dash
from dash.development.base_component import Component

from gpt2dash.callbacks.attention import across, heads, layer, lines, moved, numbers, pattern, row, score
from gpt2dash.callbacks.page import lay_out, wire, wire_head_picker
from gpt2dash.components.head_picker import head_picker

COLUMNS = (
    (heads.HEADS, row.ROW, score.SCORE, numbers.NUMBERS, layer.LAYER),
    (pattern.PATTERN, lines.LINES, across.ACROSS, moved.MOVED),
)

dash.register_page(__name__, path="/attention", name="Attention", title="Attention - gpt2dash", order=1)


def layout(**_query: str) -> Component:
    """The head pickers, then the panels of each side."""
    return lay_out("Attention", COLUMNS, head_picker("attention"))


wire(COLUMNS)
wire_head_picker()
