"""The generation page: the candidates at one position, and surprisal along the text."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from dash import html
from dash.development.base_component import Component

from gpt2dash.callbacks.selection import Runs, Selection, labels_of, run_of, selected_pos
from gpt2dash.components.generation_panels import CandidateRow, empty
from gpt2dash.components.generation_panels import candidate_table as table
from gpt2dash.components.ids import Side
from gpt2dash.figures.curves import position_curves
from gpt2dash.figures.empty import empty_figure
from gpt2dash.runtime import Run, current
from gpt2dash.sampling import N_LEADING, SamplingSettings, Stages, candidates, stages


def curve(side: Side, runs: Runs, selection: Selection) -> go.Figure:
    """Surprisal and entropy of every token."""
    run = run_of(runs, side)
    if run is None:
        return empty_figure("Run a prompt to see how surprising each token is.")
    values = current().predictions(run)
    return position_curves(
        {"surprisal": values.surprisal.numpy(), "entropy": values.entropy.numpy()},
        labels_of(run),
        unit="bits",
        first_pos=1,
        selected_pos=selected_pos(selection, side, run),
        boundary=run.n_prompt - 0.5 if run.n_prompt < len(run.ids) else None,
    )


def candidate_table(side: Side, runs: Runs, selection: Selection) -> Component:
    """What could have stood at the selected position, before and after each sampling stage."""
    run = run_of(runs, side)
    if run is None:
        return empty("Run a prompt, then click a token to see what else could have come.")
    pos = selected_pos(selection, side, run)
    if pos is None:
        return empty("Click a token of this prompt to see what else could have come.")
    if pos == 0:
        return empty(
            "Nothing stands before the first token, so the model predicted nothing here. Click a later one."
        )
    settings = settings_of(runs, side)
    chances = stages(current().trace(run).logits_at(pos - 1), settings)
    return html.Div([_heading(run, pos), _cuts(chances), table(_rows(run, pos, chances), side, pos)])


def settings_of(runs: Runs, side: Side) -> SamplingSettings:
    """The settings that wrote a side's text."""
    handle: Mapping[str, Any] = (runs or {}).get(side) or {}
    return SamplingSettings.parse(handle.get("settings") or {})


def made_with(side: Side, runs: Runs) -> str:
    """The settings beside the text they made."""
    run = run_of(runs, side)
    if run is None:
        return ""
    s = settings_of(runs, side)
    cuts = f"top-k {s.top_k or 'off'}, top-p {'off' if s.top_p == 1 else f'{s.top_p:g}'}"
    n_new = len(run.ids) - run.n_prompt
    stop = "stops at end of text" if s.stop_at_eot else "does not stop at end of text"
    if n_new == 0:
        return (
            f"Read by {run.model}; nothing was written. Stages below: temperature {s.temperature:g}, {cuts}."
        )
    return f"{n_new} tokens written by {run.model}: temperature {s.temperature:g}, {cuts}, seed {s.seed}, {stop}."


def _rows(run: Run, pos: int, chances: Stages) -> list[CandidateRow]:
    tokenizer = current().language_model(run).tokenizer
    return [
        CandidateRow(
            c.id,
            tokenizer.describe([c.id])[0].label,
            c.rank,
            (c.raw, c.tempered, c.top_k, c.top_p),
            c.id == run.ids[pos],
        )
        for c in candidates(chances, N_LEADING, run.ids[pos])
    ]


def _heading(run: Run, pos: int) -> Component:
    label = labels_of(run)[pos]
    origin = "of the prompt" if pos < run.n_prompt else "written by the model"
    return html.P(
        [f"Token {pos} ", html.Span(label, className="token-text"), f", {origin}."], className="reading"
    )


def _cuts(chances: Stages) -> Component:
    n_vocab = len(chances.logits)
    lines = []
    if chances.k_cut is not None:
        lines.append(
            f"top-k kept {chances.n_kept_k:,} of {n_vocab:,} tokens, down to probability {chances.k_cut:.4g}; "
            f"{chances.dropped_k:.2%} was dropped"
        )
    if chances.p_cut is not None:
        lines.append(
            f"top-p kept {chances.n_kept_p:,}, down to {chances.p_cut:.4g}; {chances.dropped_p:.2%} was dropped"
        )
    return html.P(
        "; ".join(lines) + "." if lines else "No cut is on: every token of the vocabulary can be drawn.",
        className="cuts",
    )
