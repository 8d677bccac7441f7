"""Forms: what the content of a panel looks like, and where its answer goes.

A form is a value that any panel may have. Some forms are drawn by the server (a figure, a text); the
others by the browser, from numbers that the server puts into a store: of one panel, or of several
panels of a kind together.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from gpt2dash.components.attributes import attributes
from gpt2dash.components.ids import PanelIds
from gpt2dash.components.panel import empty, graph
from gpt2dash.figures.empty import empty_figure


@dataclass(frozen=True)
class Form:
    """How content is laid out, and who draws it.

    Attributes:
        body: from the ids of its parts, and what to say before there is anything to show.
        outputs: part and property of what the server writes; none when the browser draws it from the
            store of all panels of its kind.
        nothing: what the server writes when there is only a sentence to say; as many values as outputs.
        drawn_by: the browser's function that is told when the first output has changed.
    """

    body: Callable[[PanelIds, str], list[Component]]
    outputs: tuple[tuple[str, str], ...] = ()
    nothing: Callable[[str], tuple[object, ...]] = lambda _told: ()
    drawn_by: str | None = None


def figure(description: str, height: str = "32rem", *, has_footer: bool = False) -> Form:
    """Plotly's; one that says in its `meta` what stands on its axes is marked at the selected token.

    Args:
        description: read to who cannot see it.
        height: in any of the style sheet's units.
        has_footer: the answer is the figure and a line to stand below it.
    """

    def body(ids: PanelIds, told: str) -> list[Component]:
        footer = [html.P(id=ids("footer"), className="footer")] if has_footer else []
        return [graph(ids("figure"), height, description, told), *footer]

    if has_footer:
        outputs = (("figure", "figure"), ("footer", "children"))
        return Form(body, outputs, lambda told: (empty_figure(told), ""), "markSelection")
    return Form(body, (("figure", "figure"),), lambda told: (empty_figure(told),), "markSelection")


def text(class_name: str) -> Form:
    """Dash components: a table, a card.

    Args:
        class_name: the style sheet's, of the box around them.
    """

    def body(ids: PanelIds, told: str) -> list[Component]:
        return [html.Div(empty(told), id=ids("text"), className=class_name)]

    return Form(body, (("text", "children"),), lambda told: (empty(told),))


def candidates() -> Form:
    """What could have come; the answer is the table, and the settings that stand above it."""

    def body(ids: PanelIds, told: str) -> list[Component]:
        return [
            html.Div(id=ids("settings"), className="made-with"),
            html.Div(empty(told), id=ids("text"), className="candidates", **attributes(aria_live="polite")),
        ]

    return Form(body, (("text", "children"), ("settings", "children")), lambda told: (empty(told), ""))


def bars(description: str) -> Form:
    """A bar over each token of the text; the answer is `weights` and `told`, the same in a sentence."""

    def body(ids: PanelIds, told: str) -> list[Component]:
        return [_reading(ids, told), _box(ids("bars"), "text-bars", description)]

    return Form(body)


def lines(description: str) -> Form:
    """Lines between two columns of tokens.

    The answer is `rows`, for each query from `first` on a list of keys and weights, and `told`.
    """

    def body(ids: PanelIds, _told: str) -> list[Component]:
        return [_box(ids("box"), "head-lines", description), html.P(id=ids("footer"), className="footer")]

    return Form(body)


def score() -> Form:
    """A dot product, dimension by dimension; the answer is `q`, `k` and `told`."""
    keys = {"products": "q times k", "q": "q", "k": "k"}
    legend = [html.Span(word, className=f"score-key score-key-{name}") for name, word in keys.items()]

    def body(ids: PanelIds, told: str) -> list[Component]:
        return [
            _reading(ids, told),
            html.Div(id=ids("box"), className="score-box"),
            html.P([*legend, "in each dimension of the head"], className="footer"),
        ]

    return Form(body)


def grid(description: str) -> Form:
    """A button for each head, coloured by its number; the answer is `values` (layer x head) and a `title`."""

    def body(ids: PanelIds, _told: str) -> list[Component]:
        return [_grid(ids, description), html.P(id=ids("footer"), className="footer")]

    return Form(body)


def ranked_grid(description: str, drawn_by: str, nothing: Callable[[str], dict[str, object]]) -> Form:
    """A button for each head, and the heads with most in a list; the answer is what its function draws.

    Args:
        description: read to who cannot see it; {side} becomes the side's letter.
        drawn_by: the browser's function that draws it.
        nothing: the answer when there is only a sentence to say.
    """

    def body(ids: PanelIds, told: str) -> list[Component]:
        return [
            _grid(ids, description),
            html.P(told, id=ids("footer"), className="footer"),
            html.Ol(id=ids("top"), className="head-top"),
            dcc.Store(id=ids("data")),
        ]

    return Form(body, (("data", "data"),), lambda told: (nothing(told),), drawn_by)


def _reading(ids: PanelIds, told: str) -> Component:
    """What is shown, in a sentence."""
    return html.P(told, id=ids("reading"), className="reading")


def _box(component_id: str, class_name: str, description: str) -> Component:
    """What the browser draws in; a keyboard scrolls it."""
    return html.Div(
        id=component_id,
        className=class_name,
        tabIndex="0",
        role="group",
        **attributes(aria_label=description),
    )


def _grid(ids: PanelIds, description: str) -> Component:
    told = description.replace("{side}", (ids.side or "").upper())
    return html.Div(id=ids("grid"), className="head-grid", role="group", **attributes(aria_label=told))
