"""Every head of the model on this text: its pattern in one picture with all others, and its measures."""

import time
from base64 import b64encode

from gpt2dash.analysis.measures import MEASURES
from gpt2dash.analysis.overview import OVERVIEW
from gpt2dash.callbacks.attention.distances import DISTANCES
from gpt2dash.callbacks.compact import finite, table
from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import ranked_grid
from gpt2dash.figures.mosaic import mosaic
from gpt2dash.runtime import current


def _heads(view: SideView) -> dict[str, object]:
    """A picture of all patterns, and each measure's value and chance level."""
    began = time.perf_counter()
    found = current().kept(OVERVIEW, view.run)
    picture = mosaic(found.maps.numpy())
    n_cell, n_pos = found.maps.shape[-1], len(view.run.ids)
    return {
        "picture": f"data:image/png;base64,{b64encode(picture).decode()}",
        "measures": {
            measure.name: {"values": table(values), "chance": finite(float(chance))}
            for measure, values, chance in zip(MEASURES, found.measures, found.chance, strict=True)
        },
        "footer": (
            f"Each head: {n_cell} x {n_cell} cells of {n_pos:,} x {n_pos:,} tokens; 255 colours; "
            f"{len(picture) / 1e3:.0f} kB; {1_000 * (time.perf_counter() - began):.0f} ms on the server."
        ),
    }


HEADS = Panel(
    name="heads",
    title="all heads",
    draws=ranked_grid(
        "Heads of prompt {side}, layer by layer",
        "allHeads",
        lambda told: {"measures": None, "footer": told},
    ),
    needs="text",
    show=_heads,
    how="One small picture for each head: its attention pattern, queries down and keys across, colour "
    "growing with the square root of the weight. Click one to see it in full. A measure turns each "
    "head into one number: A[q, k] is the weight that query q gives to key k. By chance is what a "
    "head would score that gives the same weight to every token it may look at. ",
    python="from gpt2dash.analysis.overview import overview\n\n"
    "overview(trace, n_cell=32).measures  # measure x layer x head",
    no_run="Run a prompt to see its heads.",
    compare=DISTANCES,
)
