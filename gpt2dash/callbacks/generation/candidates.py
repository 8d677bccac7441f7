"""What could have stood at the selected token's place, and the settings that made the text."""

from dash import html
from dash.development.base_component import Component

from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components import forms
from gpt2dash.components.candidate_table import CandidateRow, candidate_table
from gpt2dash.components.panel import empty
from gpt2dash.sampling import N_LEADING, Stages, candidates, stages


def _answer(view: SideView) -> tuple[Component, str]:
    return _candidates(view), _made_with(view)


def _candidates(view: SideView) -> Component:
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
            candidate_table(_rows(view, view.pos, chances), view.side, view.pos, is_written=is_written),
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


CANDIDATES = Panel(
    name="candidates",
    title="what could have come here",
    draws=forms.candidates(),
    needs="candidates",
    show=_answer,
    how="The model gives every token of its vocabulary a score (logit); softmax turns the scores into "
    "probabilities (first column). Temperature divides the scores before softmax; top-k keeps the k "
    "most likely tokens; top-p keeps the shortest list whose probabilities reach p. After each cut "
    "the rest is scaled to sum to 1. The token is drawn from the last column with a random number "
    "that depends on the seed and the position only. All stages run over the full vocabulary; the "
    "table shows the most likely 20 and the token that came. 'Use' puts another token there and lets "
    "the model write on.",
    python="trace.logits_at({pos} - 1).softmax(-1).topk(20)  # before temperature and cuts",
    no_run="Run a prompt, then click a token to see what else could have come.",
    no_token=None,
)
