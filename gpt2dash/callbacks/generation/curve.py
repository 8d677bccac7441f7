"""Surprisal and entropy along the text; the same for every selected token."""

import plotly.graph_objects as go

from gpt2dash.analysis.predictions import PREDICTIONS
from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import figure
from gpt2dash.figures.curves import position_curves
from gpt2dash.runtime import current


def _curve(view: SideView) -> go.Figure:
    values = current().kept(PREDICTIONS, view.run)
    n_prompt, n_pos = view.run.n_prompt, len(view.run.ids)
    return position_curves(
        {"surprisal": values.surprisal.numpy(), "entropy": values.entropy.numpy()},
        view.labels,
        unit="bits",
        first_pos=1,
        boundary=n_prompt - 0.5 if n_prompt < n_pos else None,
    )


CURVE = Panel(
    name="curve",
    title="surprisal and entropy of each token",
    draws=figure("Line chart of surprisal and entropy in bits for each token", "15rem"),
    needs="text",
    show=_curve,
    how="Surprisal is -log2 of the probability the model gave to the token that came, before temperature "
    "and cuts: 1 bit is a coin toss, 0 bits a certainty. Entropy is the surprisal to be expected, the"
    " sum of -p log2 p over the full vocabulary. The first token has neither: nothing stands before "
    "it.",
    python="from gpt2dash.analysis.predictions import predictions\n\n"
    "predictions(trace.model, trace.resid_pre(trace.config.n_layer), trace.token_ids)",
    no_run="Run a prompt to see how surprising each token is.",
)
