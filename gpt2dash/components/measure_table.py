"""One head in numbers, each beside what chance would give."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

_COLUMNS = ("measure", "on this text", "by chance", "on random tokens", "how")


@dataclass(frozen=True)
class MeasureRow:
    """One measure of one head.

    Attributes:
        title: what people call it.
        unit: of all its numbers.
        formula: in words.
        value: on this text; None where there is nothing to measure.
        chance: what a head would have that looks everywhere alike.
        is_clear: the head deserves the measure's name on this text.
        random: on random tokens said twice, and the null of that; None where that is not known.
        is_clear_on_random: the head deserves the name there as well.
    """

    title: str
    unit: str
    formula: str
    value: float | None
    chance: float | None
    is_clear: bool
    random: tuple[float, float] | None
    is_clear_on_random: bool


def measure_table(rows: Sequence[MeasureRow]) -> Component:
    """The measures below one another; a name that the head deserves is marked."""
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in _COLUMNS]))
    return html.Table([head, html.Tbody([_line(row) for row in rows])], className="measure-table")


def _line(row: MeasureRow) -> Component:
    name: list[Component | str] = [row.title]
    if row.is_clear:
        name += [
            " ",
            html.Span(f"{row.title} head", title="clears the null", className="badge text-bg-success"),
        ]
    if row.is_clear_on_random:
        name += [
            " ",
            html.Span(
                "on random tokens",
                title="a head of this kind on random tokens",
                className="badge text-bg-secondary",
            ),
        ]
    random = "-" if row.random is None else f"{_told(row.random[0])} (null {_told(row.random[1])})"
    numbers = [html.Td(told, className="number") for told in (_told(row.value), _told(row.chance), random)]
    return html.Tr([html.Th(name, scope="row"), *numbers, html.Td(f"{row.formula} ({row.unit})")])


def _told(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
