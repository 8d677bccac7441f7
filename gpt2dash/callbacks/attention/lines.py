"""The head as lines between two columns of tokens."""

from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import lines

MOST_TOKENS = 64
"""Tokens between which lines are drawn."""

_LEAST_DRAWN = 0.01


def _lines(view: SideView) -> dict[str, object]:
    """The weights between the tokens around the selected one, of each query from `first` on."""
    n_pos = len(view.run.ids)
    first = max(0, min(view.selected - MOST_TOKENS // 2, n_pos - MOST_TOKENS))
    near = view.pattern[first : first + MOST_TOKENS, first : first + MOST_TOKENS].tolist()
    rows = [
        [[first + key, float(f"{weight:.4g}")] for key, weight in enumerate(row) if weight >= _LEAST_DRAWN]
        for row in near
    ]
    share = sum(weight for row in near for weight in row if weight >= _LEAST_DRAWN) / len(near)
    told = (
        f"Tokens {first} to {first + len(near) - 1} of {n_pos:,}; weights from {_LEAST_DRAWN:g} on "
        f"are drawn, {share:.1%} of these queries' attention; the rest is weaker or goes out of view."
    )
    return {"first": first, "rows": rows, "told": told}


LINES = Panel(
    name="lines",
    title="from queries to keys",
    draws=lines("Lines from queries, left, to keys, right"),
    needs="token",
    show=_lines,
    how="Each line is one weight of the pattern: from the query on the left to the key on the right, the "
    "stronger the more attention. The selected token's lines stand out; point at a token to see its own.",
    python="trace.pattern(layer={layer}, head={head})  # query x key",
)
