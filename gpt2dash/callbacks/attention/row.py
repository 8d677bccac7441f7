"""The selected token's row of the pattern, or its column, as bars over the text."""

from torch import Tensor

from gpt2dash.callbacks.compact import shortened
from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import bars


def _row(view: SideView) -> dict[str, object]:
    pos, pattern = view.selected, view.pattern
    weights = pattern[pos] if view.role == "query" else pattern[:, pos]
    told = _looks(view, pos, weights) if view.role == "query" else _is_looked_at(view, pos, weights)
    return {"weights": shortened(weights), "told": told}


def _looks(view: SideView, pos: int, weights: Tensor) -> str:
    weight, key = weights.max(dim=0)
    target = "itself" if int(key) == pos else view.named(int(key))
    return f"In {view.place}, {view.named(pos)} gives {float(weight):.1%} of its attention to {target}."


def _is_looked_at(view: SideView, pos: int, weights: Tensor) -> str:
    later = weights[pos + 1 :]
    if not len(later):
        return f"Nothing comes after {view.named(pos)}, so nothing later looks at it."
    weight, after = later.max(dim=0)
    return (
        f"In {view.place}, {view.named(pos)} gets {float(later.mean()):.1%} of the attention of later "
        f"tokens, on average; most from {view.named(pos + 1 + int(after))}: {float(weight):.1%}."
    )


ROW = Panel(
    name="row",
    title="where the selected token looks",
    draws=bars("Attention of the selected token, over the text"),
    needs="token",
    show=_row,
    how="The row of the pattern that belongs to the selected token: the bar over each word is the share "
    "of the selected token's attention that goes to it in this head. Bars are scaled to the tallest, "
    "which the sentence names.",
    python="trace.pattern(layer={layer}, head={head})[{pos}]  # as key: [:, {pos}]",
)
