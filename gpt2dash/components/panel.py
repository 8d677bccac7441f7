"""The frame of one panel, and the one factory of graphs."""

from collections.abc import Callable
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from gpt2dash.components.attributes import attributes
from gpt2dash.components.ids import SIDES, Side

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


def panel(title: str, children: list[Component], how: str, component_id: str | None = None) -> Component:
    """A titled card; `how` says in plain words how what it shows is computed."""
    name: dict[str, Any] = {} if component_id is None else {"id": component_id}
    return html.Section(
        [
            html.H2(title, className="panel-title"),
            *children,
            html.Details([html.Summary("How this is computed"), html.P(how)], className="panel-how"),
        ],
        className="panel",
        **name,
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
