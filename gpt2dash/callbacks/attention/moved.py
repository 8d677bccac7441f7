"""How much every head moves to the selected token, or from it to later ones."""

from gpt2dash.analysis.overview import OVERVIEW
from gpt2dash.callbacks.compact import table
from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import grid
from gpt2dash.runtime import current


def _moved(view: SideView) -> dict[str, object]:
    found = current().kept(OVERVIEW, view.run)
    values, title = (
        (found.moved_to, "length added here")
        if view.role == "query"
        else (found.moved_from, "length taken from here")
    )
    return {"values": table(values[:, :, view.selected]), "title": title}


MOVED = Panel(
    name="moved",
    title="the selected token in every head",
    draws=grid("How much each head moves to or from the selected token"),
    needs="reach",
    show=_moved,
    how="As query: the length of what each head adds to the selected token's place, ||sum over keys of A v "
    "W_O||. As key: how much each head takes from it, A ||v W_O||, on average over the later tokens. Weights "
    "alone would not do: a head may give all its attention to a value of length nearly 0.",
    python="from gpt2dash.analysis.overview import overview\n\n"
    "overview(trace, n_cell=32).moved_to[:, :, {pos}]  # as key: moved_from",
)
