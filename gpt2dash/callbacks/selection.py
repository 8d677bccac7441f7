"""What the browser sends with every callback: run keys and a selection."""

from collections.abc import Mapping
from typing import Any

from gpt2dash.components.ids import Side
from gpt2dash.runtime import Run, current

Runs = Mapping[str, Mapping[str, Any] | None] | None
Selection = Mapping[str, Any] | None


def run_of(runs: Runs, side: Side) -> Run | None:
    """The run of one side, or None when nothing has been run there.

    Raises:
        UnknownRun: the server no longer holds it.
    """
    handle = (runs or {}).get(side)
    return current().run(str(handle["key"])) if handle else None


def selected_pos(selection: Selection, side: Side, run: Run) -> int | None:
    """The selected token's position, when it is this side's and inside its text."""
    if not selection or selection.get("side") != side:
        return None
    pos = selection.get("pos")
    return pos if isinstance(pos, int) and 0 <= pos < len(run.ids) else None


def within(value: object, n: int) -> int:
    """An index from the browser, brought into 0 .. n - 1."""
    return min(max(value, 0), n - 1) if isinstance(value, int) else 0


def labels_of(run: Run) -> list[str]:
    """What is shown of each token."""
    lm = current().language_model(run)
    return [token.label for token in lm.tokenizer.describe(run.ids)]
