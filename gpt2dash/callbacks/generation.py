"""The generation page: the candidates at one position, and surprisal along the text."""

import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from gpt2dash.analysis.predictions import PREDICTIONS
from gpt2dash.callbacks.side_view import SideView, ViewData, side_view
from gpt2dash.components.generation_panels import (
    NO_CANDIDATES,
    NO_CURVE,
    CandidateRow,
    candidate_table,
    empty,
)
from gpt2dash.components.ids import Side
from gpt2dash.figures.curves import position_curves
from gpt2dash.figures.empty import empty_figure
from gpt2dash.runtime import current
from gpt2dash.sampling import N_LEADING, Stages, candidates, stages


def candidates_view(side: Side, data: ViewData) -> tuple[Component, str]:
    """The candidates at the selected token, and the settings that made the text."""
    view = side_view(data)
    if view is None:
        return empty(NO_CANDIDATES), ""
    return _candidates(side, view), _made_with(view)


def curve_view(data: ViewData) -> go.Figure:
    """Surprisal and entropy along the text; the same for every selected token."""
    view = side_view(data)
    if view is None:
        return empty_figure(NO_CURVE)
    values = current().kept(PREDICTIONS, view.run)
    n_prompt, n_pos = view.run.n_prompt, len(view.run.ids)
    return position_curves(
        {"surprisal": values.surprisal.numpy(), "entropy": values.entropy.numpy()},
        view.labels,
        unit="bits",
        first_pos=1,
        boundary=n_prompt - 0.5 if n_prompt < n_pos else None,
    )


def _candidates(side: Side, view: SideView) -> Component:
    if view.pos is None:
        return empty("Click a token of this prompt to see what else could have come.")
    if view.pos == 0:
        return empty("Nothing stands before the first token, so nothing predicted it. Click a later one.")
    chances = stages(view.trace.logits_at(view.pos - 1), view.settings)
    is_written = view.pos >= view.run.n_prompt
    return html.Div(
        [
            _heading(view.labels[view.pos], view.pos, is_written=is_written),
            html.P(_cuts(chances), className="cuts"),
            candidate_table(_rows(view, view.pos, chances), side, view.pos, is_written=is_written),
        ]
    )


def _rows(view: SideView, pos: int, chances: Stages) -> list[CandidateRow]:
    came = view.run.ids[pos]
    found = candidates(chances, N_LEADING, came)
    tokens = view.lm.tokenizer.describe([c.id for c in found])
    return [
        CandidateRow(c.id, token.label, c.rank, (c.raw, c.tempered, c.top_k, c.top_p), c.id == came)
        for c, token in zip(found, tokens, strict=True)
    ]


def _heading(label: str, pos: int, *, is_written: bool) -> Component:
    origin = "written by the model" if is_written else "given in the prompt"
    return html.P(
        [f"Token {pos} ", html.Span(label, className="token-text"), f", {origin}."], className="reading"
    )


def _cuts(chances: Stages) -> str:
    cuts = []
    if chances.k_cut is not None:
        cuts.append(
            f"Top-k kept {chances.n_kept_k:,} of {len(chances.logits):,} tokens, down to probability "
            f"{chances.k_cut:.4g}, and dropped {chances.dropped_k:.2%}."
        )
    if chances.p_cut is not None:
        cuts.append(
            f"Top-p kept {chances.n_kept_p:,}, down to {chances.p_cut:.4g}, "
            f"and dropped {chances.dropped_p:.2%}."
        )
    return " ".join(cuts) or "No cut is on: every token of the vocabulary can be drawn."


def _made_with(view: SideView) -> str:
    s, run = view.settings, view.run
    top_p = "off" if s.top_p == 1 else f"{s.top_p:g}"
    sampling = f"temperature {s.temperature:g}, top-k {s.top_k or 'off'}, top-p {top_p}"
    n_new = len(run.ids) - run.n_prompt
    if n_new == 0:
        return f"Read by {view.lm.short_name}, nothing written. The stages below use {sampling}."
    stop = "stops at end of text" if s.stop_at_eot else "goes on after end of text"
    return f"{n_new} tokens written by {view.lm.short_name}: {sampling}, seed {s.seed}, {stop}."
