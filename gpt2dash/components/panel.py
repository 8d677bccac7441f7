"""The frame of one panel, and the one factory of graphs."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from gpt2dash.components.attributes import attributes
from gpt2dash.components.ids import SIDES, Side

GRAPH = ("png", "svg", "csv", "json")
"""What a panel with a graph can be saved as."""

TABLE = ("csv", "json")
"""The same without one."""

_CONFIG: Any = {
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "gpt2dash"},
}


def graph(component_id: str, height: str, description: str) -> Component:
    """A Plotly graph that shares nothing with any cloud; `description` is read to who cannot see it."""
    target: Any = {component_id: "figure"}
    figure = dcc.Graph(id=component_id, config=_CONFIG, style={"height": height}, responsive=True)
    return html.Div(
        dcc.Loading(
            figure,
            delay_show=300,
            overlay_style={"visibility": "visible", "opacity": 0.5},
            target_components=target,
        ),
        role="figure",
        **attributes(aria_label=description),
    )


def panel(
    title: str,
    children: list[Component],
    how: str,
    component_id: str | None = None,
    *,
    exports: Sequence[str] = (),
    python: str | None = None,
) -> Component:
    """A titled card.

    Args:
        title: what is shown.
        children: the reading, the figure and its footer.
        how: in plain words how what it shows is computed.
        component_id: for who looks for the panel.
        exports: kinds of files that its numbers and pictures can be taken home as.
        python: lines that compute its numbers from `trace`, with {layer}, {head} and {pos} to be filled in.
    """
    name: dict[str, Any] = {} if component_id is None else {"id": component_id}
    buttons = [_export_button(kind) for kind in (*exports, *(["python"] if python else []))]
    return html.Section(
        [
            html.H2(title, className="panel-title"),
            *children,
            html.Div(
                [
                    html.Details([html.Summary("How this is computed"), html.P(how)], className="panel-how"),
                    html.Div(buttons, className="panel-exports"),
                ],
                className="panel-foot",
            ),
            html.Pre(className="panel-python", hidden=True),
        ],
        className="panel",
        **name,
        **attributes(data_python=python or ""),
    )


def _export_button(kind: str) -> Component:
    words = "Python" if kind == "python" else kind.upper()
    title = "The Python lines that compute this" if kind == "python" else f"Save as {words}"
    return html.Button(
        words,
        className="btn btn-sm btn-link",
        title=title,
        **attributes(data_export=kind, aria_label=title),
    )


def both_sides(panels: Callable[[Side], list[Component]]) -> Component:
    """The same panels for A and for B, level with each other when both are shown."""
    sides = [
        html.Div(
            made := panels(side),
            className=f"side-panels side-panels-{side}",
            style={"--rows": str(len(made))},
        )
        for side in SIDES
    ]
    return html.Div(sides, className="panels")
