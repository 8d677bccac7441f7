"""Panels of the generation page."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from gpt2dash.components.attributes import attributes
from gpt2dash.components.ids import Generation, Side
from gpt2dash.components.panel import graph, panel

NO_CURVE = "Run a prompt to see how surprising each token is."
NO_CANDIDATES = "Run a prompt, then click a token to see what else could have come."

STAGES = ("raw", "tempered", "top_k", "top_p")
_STAGE_NAMES = {"raw": "model", "tempered": "temperature", "top_k": "top-k", "top_p": "drawn from"}
_HOW_CANDIDATES = (
    "The model gives every token of its vocabulary a score (logit); softmax turns the scores into "
    "probabilities (first column). Temperature divides the scores before softmax; top-k keeps the k "
    "most likely tokens; top-p keeps the shortest list whose probabilities reach p. After each cut "
    "the rest is scaled to sum to 1. The token is drawn from the last column with a random number "
    "that depends on the seed and the position only. All stages run over the full vocabulary; the "
    "table shows the most likely 20 and the token that came. 'Use' puts another token there and lets "
    "the model write on."
)
_HOW_CURVE = (
    "Surprisal is -log2 of the probability the model gave to the token that came, before temperature "
    "and cuts: 1 bit is a coin toss, 0 bits a certainty. Entropy is the surprisal to be expected, the"
    " sum of -p log2 p over the full vocabulary. The first token has neither: nothing stands before "
    "it."
)

_PYTHON_CANDIDATES = "trace.logits_at({pos} - 1).softmax(-1).topk(20)  # before temperature and cuts"
_PYTHON_CURVE = (
    "from gpt2dash.analysis.predictions import predictions\n\n"
    "predictions(trace.model, trace.resid_pre(trace.config.n_layer), trace.token_ids)"
)


@dataclass(frozen=True)
class CandidateRow:
    """One line of the candidate table; probabilities are those after each stage."""

    id: int
    label: str
    rank: int
    stages: tuple[float, float, float, float]
    is_chosen: bool


def candidates_panel(side: Side) -> Component:
    """What could have stood at the selected token's place."""
    ids = Generation(side)
    return panel(
        f"{side.upper()}: what could have come here",
        [
            html.Div(id=ids.settings, className="made-with"),
            html.Div(
                empty(NO_CANDIDATES),
                id=ids.candidates,
                className="candidates",
                **attributes(aria_live="polite"),
            ),
        ],
        _HOW_CANDIDATES,
        ids.panel,
        python=_PYTHON_CANDIDATES,
    )


def curve_panel(side: Side) -> Component:
    """Surprisal and entropy along the text."""
    ids = Generation(side)
    return panel(
        f"{side.upper()}: surprisal and entropy of each token",
        [
            graph(
                ids.curve,
                "15rem",
                "Line chart of surprisal and entropy in bits for each token",
                NO_CURVE,
            )
        ],
        _HOW_CURVE,
        python=_PYTHON_CURVE,
    )


def candidate_table(rows: Sequence[CandidateRow], side: Side, pos: int, *, is_written: bool) -> Component:
    """Candidates with a bar and a number for each stage; only written tokens can be exchanged."""
    names = ["token", "id", "rank", *_STAGE_NAMES.values()]
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


def empty(sentence: str) -> Component:
    """What a panel says when it has nothing to show."""
    return html.P(sentence, className="empty")
