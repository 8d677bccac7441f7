"""Panels on a page: laid out by columns, and asked for once for each side and each kind of need."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html
from dash.development.base_component import Component

from gpt2dash.callbacks.panel import RUN_TWO, Comparison, Panel, answers, compared
from gpt2dash.components import ids
from gpt2dash.components.ids import BOTH, SIDES, VIEWS, Attention, PanelIds, Side
from gpt2dash.components.panel import both_sides, frame

Columns = Sequence[Sequence[Panel]]
"""A page's panels, column by column, from top to bottom."""

_DRAWN_BY = {"token": "tokenInHead", "reach": "tokenInAllHeads"}
"""The browser's function for each kind of which it draws several panels from one answer."""


def lay_out(name: str, columns: Columns, *above: Component) -> Component:
    """A page: its name for screen readers, what stands above, each side's panels, those of both sides."""
    together = [_framed(comparison, None, RUN_TWO) for comparison in _comparisons(columns)]
    return html.Div(
        [
            html.H1(name, className="visually-hidden"),
            *above,
            both_sides(
                lambda side: [[_framed(panel, side, panel.no_run) for panel in column] for column in columns]
            ),
            *([html.Div(together, className="compared")] if together else []),
            *(dcc.Store(id=ids.together_store(kind, side)) for side in SIDES for kind in _together(columns)),
        ]
    )


def wire(columns: Columns) -> None:
    """Ask the server for all panels of a side and a kind at once; the browser is told what it has to draw."""
    for side in SIDES:
        for kind in VIEWS:
            _wire_kind([panel for panel in chain(*columns) if panel.needs == kind], side, kind)
        _tell([*chain(*columns)], side)
    comparisons = _comparisons(columns)
    for kind in BOTH:
        asked = [comparison for comparison in comparisons if comparison.needs == kind]
        _ask(_outputs(asked, None), ids.view_store(kind, "both"), partial(compared, asked))
    _tell(comparisons, None)


def wire_head_picker() -> None:
    """The pickers of layer and head write the selection, and follow it."""
    clientside_callback(
        ClientsideFunction("gpt2dash", "headOptions"),
        *(Output(one, prop) for prop in ("options", "value") for one in (Attention.layer, Attention.head)),
        *(Input(ids.view_store("head", side), "data") for side in SIDES),
    )
    clientside_callback(
        ClientsideFunction("gpt2dash", "pickHead"),
        Input(Attention.layer, "value"),
        Input(Attention.head, "value"),
        prevent_initial_call=True,
    )


def _framed(shown: Panel | Comparison, side: Side | None, told: str) -> Component:
    parts = PanelIds(shown.name, side)
    return frame(
        f"{side.upper()}: {shown.title}" if side else shown.title,
        shown.draws.body(parts, told),
        shown.how,
        parts("panel"),
        exports=shown.exports,
        python=shown.python,
    )


def _comparisons(columns: Columns) -> list[Comparison]:
    return [panel.compare for panel in chain(*columns) if panel.compare]


def _together(columns: Columns) -> list[str]:
    """The kinds of which the browser draws several panels from one answer."""
    return [kind for kind in _DRAWN_BY if any(_is_together(panel, kind) for panel in chain(*columns))]


def _is_together(panel: Panel, kind: str) -> bool:
    return panel.needs == kind and not panel.draws.outputs


def _wire_kind(panels: Sequence[Panel], side: Side, kind: str) -> None:
    outputs = _outputs(panels, side)
    if any(_is_together(panel, kind) for panel in panels):
        store = ids.together_store(kind, side)
        outputs = [Output(store, "data"), *outputs]
        clientside_callback(ClientsideFunction("gpt2dash", _DRAWN_BY[kind]), Input(store, "data"))
    _ask(outputs, ids.view_store(kind, side), partial(answers, panels, side))


def _outputs(shown: Sequence[Panel] | Sequence[Comparison], side: Side | None) -> list[Output]:
    return [Output(PanelIds(one.name, side)(part), prop) for one in shown for part, prop in one.draws.outputs]


def _ask(outputs: Sequence[Output], store: str, answer: Callable[..., object]) -> None:
    if outputs:
        callback(*outputs, Input(store, "data"), prevent_initial_call=True)(answer)


def _tell(shown: Sequence[Panel] | Sequence[Comparison], side: Side | None) -> None:
    """Figures and numbers have come: the browser marks or draws them."""
    for one in shown:
        if one.draws.drawn_by:
            part, prop = one.draws.outputs[0]
            target = PanelIds(one.name, side)(part)
            clientside_callback(
                ClientsideFunction("gpt2dash", one.draws.drawn_by), Input(target, prop), State(target, "id")
            )
