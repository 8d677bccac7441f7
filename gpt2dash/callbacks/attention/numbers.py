"""The selected head in numbers, on this text and on random tokens."""

from dash import html
from dash.development.base_component import Component

from gpt2dash.analysis.measures import ABOVE_NULL, MEASURES, Measure, is_clear
from gpt2dash.analysis.overview import OVERVIEW
from gpt2dash.analysis.passport import PASSPORT, Passport
from gpt2dash.callbacks.compact import finite
from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import text
from gpt2dash.components.measure_table import MeasureRow, measure_table
from gpt2dash.runtime import current


def _numbers(view: SideView) -> Component:
    found, known = current().kept(OVERVIEW, view.run), current().kept(PASSPORT, view.lm)
    numbers = measure_table(
        [
            _measure_row(
                measure,
                float(found.measures[index, view.layer, view.head]),
                float(found.chance[index]),
                float(found.deviations[index, view.layer, view.head]),
                _on_random(known, measure.name, view.layer, view.head),
            )
            for index, measure in enumerate(MEASURES)
        ]
    )
    return html.Div([numbers, html.P(_reads(known, view), className="footer")])


def _measure_row(
    measure: Measure, value: float, chance: float, deviation: float, random: tuple[float, float] | None
) -> MeasureRow:
    return MeasureRow(
        measure.title,
        measure.unit,
        measure.formula,
        finite(value),
        finite(chance),
        is_clear(value, chance, deviation),
        random,
        random is not None and random[0] - random[1] >= ABOVE_NULL,
    )


def _on_random(known: Passport, name: str, layer: int, head: int) -> tuple[float, float] | None:
    """Score and null on random tokens, of the measures that the passport has."""
    scores = {
        "previous": (known.previous_token, known.previous_token_null),
        "induction": (known.induction, known.induction_null),
    }
    if name not in scores:
        return None
    score, null = scores[name]
    return float(score[layer, head]), float(null[layer, head])


def _reads(known: Passport, view: SideView) -> str:
    """Which earlier head's writing goes into the selected head's keys most."""
    if view.layer == 0:
        return "No head comes before those of layer 0, so its keys read none."
    earlier = known.key_composition[view.layer, view.head, : view.layer]
    layer, head = divmod(int(earlier.argmax()), earlier.shape[1])
    chance = view.lm.model.config.d_model**-0.5
    return (
        f"Of all earlier heads its keys read most what layer {layer} head {head} writes: key composition "
        f"{float(earlier.max()):.4g}; the mean of all is {float(earlier.mean()):.4g}, by chance {chance:.4g}."
    )


NUMBERS = Panel(
    name="numbers",
    title="this head in numbers",
    draws=text("measures"),
    needs="head",
    show=_numbers,
    how="A[q, k] is the weight that query q gives to key k. By chance: the number of a head that gives every "
    "key the same weight. A head gets a name when its number is a quarter above chance and four standard "
    "deviations above what its own weights give when they are dealt at random to the keys of each row. On "
    "random tokens: 8 texts of 64 random tokens said twice, whatever the prompt; the null of induction is "
    "the attention to the same places when the second copy is shuffled; a head is named a quarter above it. "
    "Key composition is ||W_V W_O W_K W_Q'|| / (||W_V W_O|| ||W_K W_Q'||), of the weights alone (Elhage et "
    "al. 2021); by chance, of random weights: 1 / sqrt(d_model).",
    python="from gpt2dash.analysis.overview import overview\n\n"
    "overview(trace, n_cell=32).measures  # measure x layer x head",
    no_run="Run a prompt to see its heads in numbers.",
)
