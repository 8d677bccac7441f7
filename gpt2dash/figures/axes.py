"""Axes over token positions: always numeric, so that equal tokens keep their own columns.

Token labels come in as aliases of the numbers. Plotly reads a little HTML in them, so they are
escaped.
"""

import html
from collections.abc import Sequence
from typing import Any

_MOST_TICKS = 30
_LONGEST_LABEL = 14


def position_axis(title: str, labels: Sequence[str], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """An axis with one place per label, at 0, 1, 2 and so on."""
    n = len(labels)
    return {
        "title": {"text": title, "standoff": 6},
        "type": "linear",
        "tickmode": "linear",
        "tick0": 0,
        "dtick": max(1, -(-n // _MOST_TICKS)),
        "range": [-0.5, n - 0.5],
        "labelalias": {str(place): shown(label) for place, label in enumerate(labels)},
        "tickformat": "d",
        "automargin": True,
        "zeroline": False,
        "showgrid": False,
        **more,
    }


def shown(label: str) -> str:
    """A token label as Plotly text."""
    short = label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"
    return html.escape(short, quote=False)  # Plotly knows no &quot;
