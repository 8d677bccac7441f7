"""The frame of one panel, and the one factory of graphs."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from gpt2dash.components.attributes import attributes
from gpt2dash.components.ids import SIDES, Side
from gpt2dash.figures.empty import empty_figure

EXPORTS = ("png", "svg", "csv", "json")
"""What every panel can be saved as."""

_CONFIG: Any = {
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "gpt2dash"},
}


def graph(component_id: str, height: str, description: str, empty: str) -> Component:
    """A Plotly graph that shares nothing with any cloud.

    Args:
        component_id: of the graph.
        height: in any of the style sheet's units.
        description: read to who cannot see it.
        empty: what it says before there is anything to draw.
    """
    target: Any = {component_id: "figure"}
    figure = dcc.Graph(
        id=component_id,
        figure=empty_figure(empty),
        config=_CONFIG,
        style={"height": height},
        responsive=True,
    )
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


def frame(
    title: str,
    children: list[Component],
    how: str,
    component_id: str | None = None,
    *,
    exports: Sequence[str] = EXPORTS,
    python: str | None = None,
) -> Component:
    """A titled card. The browser adds the buttons of its foot: many components make every Dash callback slow.

    Args:
        title: what is shown.
        children: the reading, the figure and its footer.
        how: in plain words how what it shows is computed.
        component_id: for who looks for the panel.
        exports: kinds of files that its numbers and pictures can be taken home as.
        python: lines that compute its numbers from `trace`, with {layer}, {head} and {pos} to be filled in.
    """
    name: dict[str, Any] = {} if component_id is None else {"id": component_id}
    kinds = (*exports, "python") if python else exports
    return html.Section(
        [
            html.H2(title, className="panel-title"),
            *children,
            html.Div(
                [
                    html.Details([html.Summary("How this is computed"), html.P(how)], className="panel-how"),
                    html.Div(className="panel-exports", **attributes(data_kinds=" ".join(kinds))),
                ],
                className="panel-foot",
            ),
        ],
        className="panel",
        **name,
        **attributes(data_python=python or ""),
    )


def empty(sentence: str) -> Component:
    """What a panel says when it has nothing to show."""
    return html.P(sentence, className="empty")


def both_sides(columns: Callable[[Side], Sequence[list[Component]]]) -> Component:
    """The same panels for A and for B.

    Args:
        columns: a side's panels. When there is one side, they stand in columns; when there are
            two, each side's stand below one another, level with the other's.
    """
    return html.Div([_side(side, columns(side)) for side in SIDES], className="panels")


def _side(side: Side, columns: Sequence[list[Component]]) -> Component:
    return html.Div(
        [html.Div(column, className="column") for column in columns],
        className=f"side-panels side-panels-{side}",
        style={"--rows": str(sum(map(len, columns)))},
    )
