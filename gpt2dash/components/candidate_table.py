"""What could have stood at one place, with its probability at each stage of sampling."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from gpt2dash.components.attributes import attributes
from gpt2dash.components.ids import Side

_STAGES = ("model", "temperature", "top-k", "drawn from")


@dataclass(frozen=True)
class CandidateRow:
    """One line of the candidate table; probabilities are those after each stage."""

    id: int
    label: str
    rank: int
    stages: tuple[float, float, float, float]
    is_chosen: bool


def candidate_table(rows: Sequence[CandidateRow], side: Side, pos: int, *, is_written: bool) -> Component:
    """Candidates with a bar and a number for each stage; only written tokens can be exchanged."""
    names = ["token", "id", "rank", *_STAGES]
    head: list[str | Component] = [_unseen("came"), *names, _unseen("put here")]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(name, scope="col") for name in head])),
            html.Tbody([_candidate(row, side, pos, is_written=is_written) for row in rows]),
        ],
        className="candidate-table",
    )


def _candidate(row: CandidateRow, side: Side, pos: int, *, is_written: bool) -> Component:
    data = attributes(data_candidate=str(row.id), data_side=side, data_pos=str(pos))
    use = html.Button("use", className="btn btn-sm btn-outline-primary", **data)
    return html.Tr(
        [
            html.Td("→" if row.is_chosen else "", title="the token that came" if row.is_chosen else ""),
            html.Td(html.Span(row.label, className="token-text")),
            html.Td(str(row.id), className="number"),
            html.Td(f"{row.rank:,}", className="number"),
            *(html.Td(_bar(p), className="number") for p in row.stages),
            html.Td(use if is_written and not row.is_chosen else ""),
        ],
        className="chosen" if row.is_chosen else "",
    )


def _unseen(name: str) -> Component:
    """A heading for screen readers only."""
    return html.Span(name, className="visually-hidden")


def _bar(probability: float) -> Component:
    text = "cut" if probability == 0 else f"{probability:.4g}"
    return html.Span(text, className="bar", style={"--p": f"{probability:.4f}"})
