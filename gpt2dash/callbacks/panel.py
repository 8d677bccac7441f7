"""A panel is one value: what it is called and says, how it is drawn, what it needs and what it answers.

    LAYER = Panel(
        name="layer",
        title="all heads of this layer",
        draws=figure("Attention patterns of all heads of the layer"),
        needs="layer",
        show=_layer,
        how="The patterns of all heads of the layer, queries down and keys across.",
        python="[trace.pattern({layer}, head) for head in range(trace.config.n_head)]",
    )

`callbacks.page` puts panels on a page and asks for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpt2dash.analysis.alignment import Pairs
from gpt2dash.callbacks.pairs import BothData, BothViews, both_views
from gpt2dash.callbacks.side_view import SideView, ViewData, side_view
from gpt2dash.components.forms import Form
from gpt2dash.components.ids import VIEWS, Side
from gpt2dash.components.panel import EXPORTS

RUN_FIRST = "Run a prompt first."
SELECT_FIRST = "Click a token of this prompt to see this for it."
RUN_TWO = "Run two prompts to compare their attention."
NOTHING_IN_COMMON = (
    "The two texts have no token in common. Pair two tokens: select one, shift-click the other."
)


@dataclass(frozen=True)
class Nothing:
    """An answer that has nothing to show, and says why in one sentence."""

    told: str


@dataclass(frozen=True)
class Comparison:
    """What a panel shows of A and B together; a panel of its own, which stands once.

    Attributes:
        name: as a panel's, and so are the others that are not explained here.
        title: stands as it is, without a side's letter.
        draws: how.
        needs: one of the kinds of `ids.BOTH`.
        show: from A's and B's view and the tokens that stand for one another, at least one pair.
        how: in plain words how that is computed.
        python: the same in lines in which the traces are called `trace_a` and `trace_b`.
        exports: kinds of files that it can be saved as.
    """

    name: str
    title: str
    draws: Form
    needs: str
    show: Callable[[SideView, SideView, Pairs], object]
    how: str
    python: str
    exports: Sequence[str] = EXPORTS


@dataclass(frozen=True)
class Panel:
    """What is shown of each side.

    Attributes:
        name: begins its ids and stands in its answers.
        title: what is shown, as its heading.
        draws: how.
        needs: a kind of `ids.VIEWS`; `show` depends on these fields of the view and no other.
        show: from a view what the form draws: a value, or for several outputs a tuple. Never asked
            before there is a run or, where the kind has a token, before one is selected, unless
            `no_token` is None.
        how: in plain words how that is computed.
        python: lines that compute its numbers from `trace`, with {layer}, {head} and {pos} to be filled in.
        exports: kinds of files that it can be saved as.
        no_run: what it says before anything has been run.
        no_token: what it says without a selected token; None: it has something to show without one.
        compare: the same of both sides, where that is worth seeing.
    """

    name: str
    title: str
    draws: Form
    needs: str
    show: Callable[[SideView], object]
    how: str
    python: str
    exports: Sequence[str] = EXPORTS
    no_run: str = RUN_FIRST
    no_token: str | None = SELECT_FIRST
    compare: Comparison | None = None


def answers(panels: Sequence[Panel], side: Side, data: ViewData) -> Any:  # noqa: ANN401 - one or a list
    """What one callback writes for panels of one kind: a value for each output, in order."""
    view = side_view(data, side)
    found = {panel: _answer(panel, view) for panel in panels}
    together = {panel.name: answer for panel, answer in found.items() if not panel.draws.outputs}
    written: list[object] = []
    if together:
        written.append(_together(together, side, view.pos if view else None))
    for panel, answer in found.items():
        written += _written(panel.draws, answer, side)
    return written if len(written) > 1 else written[0]


def compared(comparisons: Sequence[Comparison], data: BothData) -> Any:  # noqa: ANN401 - one or a list
    """The same for panels of both sides."""
    both = both_views(data)
    written: list[object] = []
    for comparison in comparisons:
        written += _written(comparison.draws, _comparison(comparison, both), None)
    return written if len(written) > 1 else written[0]


def _answer(panel: Panel, view: SideView | None) -> object:
    if view is None:
        return Nothing(panel.no_run)
    if view.pos is None and panel.no_token is not None and "pos" in VIEWS[panel.needs]:
        return Nothing(panel.no_token)
    return panel.show(view)


def _comparison(comparison: Comparison, both: BothViews | None) -> object:
    if both is None:
        return Nothing(RUN_TWO)
    if not both.pairs:
        return Nothing(NOTHING_IN_COMMON)
    return comparison.show(both.a, both.b, both.pairs)


def _together(found: Mapping[str, object], side: Side, pos: int | None) -> dict[str, object]:
    """What the browser draws several panels from; without a `pos` there is one sentence for all of them."""
    for answer in found.values():
        if isinstance(answer, Nothing):
            return {"side": side, "pos": None, "told": answer.told}
    return {"side": side, "pos": pos, **found}


def _written(form: Form, answer: object, side: Side | None) -> list[object]:
    """A value for each output; numbers for the browser to draw say whose they are."""
    if not form.outputs:
        return []
    if isinstance(answer, Nothing):
        answer = form.nothing(answer.told)
    values = answer if isinstance(answer, tuple) else (answer,)
    tagged = [{"side": side, **value} if side and isinstance(value, dict) else value for value in values]
    assert len(tagged) == len(form.outputs)
    return tagged
