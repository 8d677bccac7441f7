"""Panels as the values they are: every one there is, what it says, and what a page makes of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import plotly.graph_objects as go
import pytest
from flask import Flask

import gpt2dash.callbacks
from gpt2dash.callbacks.attention.heads import HEADS
from gpt2dash.callbacks.attention.layer import LAYER
from gpt2dash.callbacks.attention.row import ROW
from gpt2dash.callbacks.attention.score import SCORE
from gpt2dash.callbacks.generation.candidates import CANDIDATES
from gpt2dash.callbacks.page import lay_out
from gpt2dash.callbacks.panel import Comparison, Nothing, Panel, answers, compared
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import figure
from gpt2dash.components.ids import BOTH, KNOWN, SIDES, TOGETHER, VIEWS, PanelIds
from gpt2dash.options import OPTIONS, choices
from gpt2dash.run import Run
from gpt2dash.runtime import Runtime, current
from gpt2dash.settings import Settings


def every() -> dict[str, Panel | Comparison]:
    """Each panel of the package's modules and each comparison, by name."""
    modules = [
        import_module(module.name)
        for module in walk_packages(gpt2dash.callbacks.__path__, f"{gpt2dash.callbacks.__name__}.")
    ]
    found = {value for module in modules for value in vars(module).values() if isinstance(value, Panel)}
    return {shown.name: shown for panel in found for shown in (panel, panel.compare) if shown}


every_panel = pytest.mark.parametrize("shown", every().values(), ids=lambda shown: shown.name)


@pytest.fixture
def key(tiny_folder: Path, tmp_path: Path) -> Iterator[str]:
    server = Flask("test")
    runtime = Runtime(server, Settings(model=str(tiny_folder), cache_dir=tmp_path / "cache"))
    with server.app_context():
        ids = runtime.models.get(str(tiny_folder)).encode("The cat sat on the mat. The cat")
        yield runtime.remember(Run(str(tiny_folder), tuple(ids), 1))


def view(key: str, **more: object) -> dict[str, Any]:
    return {"key": key, "pos": 3, "layer": 1, "head": 2, "role": "query", "settings": {}, **more}


def text(component: Any) -> str:  # noqa: ANN401 - Dash's own
    return str(component.to_plotly_json())


def test_there_are_all_of_them() -> None:
    assert len(every()) >= 13
    assert every().keys() >= KNOWN.keys()


@every_panel
def test_the_python_of_every_panel_runs(key: str, shown: Panel | Comparison) -> None:
    run = current().run(key)
    trace, other = current().trace(run), current().trace(replace(run, ids=run.ids[2:]))
    names = {"trace": trace, "trace_a": trace, "trace_b": other}
    filled = shown.python.replace("{layer}", "1").replace("{head}", "2").replace("{pos}", "3")
    assert filled
    exec(compile(filled, shown.name, "exec"), dict(names))


@every_panel
def test_every_panel_needs_what_the_browser_publishes(shown: Panel | Comparison) -> None:
    assert shown.needs in (BOTH if isinstance(shown, Comparison) else VIEWS)
    assert shown.draws.outputs or shown.needs in TOGETHER


@every_panel
def test_where_an_answer_goes_is_in_the_panel(shown: Panel | Comparison) -> None:
    side = None if isinstance(shown, Comparison) else SIDES[0]
    ids = PanelIds(shown.name, side)
    body = str([text(component) for component in shown.draws.body(ids, "nothing yet")])
    assert all(f"'{ids(part)}'" in body for part, _ in shown.draws.outputs)
    assert len(shown.draws.nothing("nothing")) == len(shown.draws.outputs)


@pytest.mark.parametrize("panel", [one for one in every().values() if isinstance(one, Panel)])
def test_a_panel_depends_on_what_it_needs_and_on_nothing_else(key: str, panel: Panel) -> None:
    options = {"role": "key", "stage": "scaled", "weight": "value", "first": "hidden", "across": "weighted"}
    settings = {"temperature": "0.5"}
    whole = view(key, other=1, zoom=[0, 4, 0, 4], **{**options, "settings": settings})
    needed = {name: value for name, value in whole.items() if name in ("key", *VIEWS[panel.needs])}
    told, again = (re.sub(r"\d+ ms", "", str(answers([panel], "a", data))) for data in (whole, needed))
    assert told == again
    assert "Run a prompt" not in told


def test_a_panel_is_asked_only_when_there_is_something_to_ask(key: str) -> None:
    def never(_view: SideView) -> object:
        raise AssertionError

    panel = replace(ROW, show=never)
    assert answers([panel], "b", None) == {"side": "b", "pos": None, "told": "Run a prompt first."}
    told = answers([panel], "a", view(key, pos=None))["told"]
    assert told == "Click a token of this prompt to see this for it."
    assert "Run a prompt to see its heads." in str(answers([replace(HEADS, show=never)], "a", None))


def test_a_panel_may_have_something_to_show_without_a_token(key: str) -> None:
    table, settings = answers([CANDIDATES], "a", view(key, pos=None))
    assert "Click a token of this prompt to see what else could have come." in str(table)
    assert "written by" in settings


def test_several_panels_of_a_kind_are_one_answer_each_under_its_name(key: str) -> None:
    found = answers([ROW, SCORE], "b", view(key))
    assert (found["side"], found["pos"]) == ("b", 3)
    assert found["row"].keys() == {"weights", "told"}
    assert found["score"].keys() == {"q", "k", "told"}


def test_a_new_panel_is_one_value(key: str) -> None:
    panel = Panel(
        name="lengths",
        title="how long each label is",
        draws=figure("Bars"),
        needs="text",
        show=lambda view: go.Figure(go.Bar(y=[len(label) for label in view.labels])),
        how="Letters are counted.",
        python="len(trace.token_ids)",
    )
    drawn = answers([panel], "a", view(key))
    both = answers([panel, replace(LAYER, needs="text")], "a", view(key))
    page = text(lay_out("New", [[panel]]))
    assert len(drawn.data[0].y) == len(current().run(key).ids)
    assert both[0] == drawn
    assert len(both) == 2
    for wanted in (
        "lengths-figure-a",
        "lengths-figure-b",
        "B: how long each label is",
        "Letters are counted.",
    ):
        assert wanted in page
    assert "token-in-head" not in page


def test_nothing_to_show_is_a_sentence_in_the_panel_s_own_form(key: str) -> None:
    only = replace(LAYER, show=lambda _view: Nothing("This model has no layers."))
    assert answers([only], "a", view(key)).layout.annotations[0].text == "This model has no layers."


def test_comparisons_of_a_kind_are_asked_together(key: str) -> None:
    assert HEADS.compare is not None
    found = compared([HEADS.compare, replace(HEADS.compare, name="again")], None)
    assert found == [{"told": "Run two prompts to compare their attention."}] * 2


def test_options_name_pages_and_kinds_that_exist() -> None:
    root = Path(__file__).parent.parent
    assert {option.page for option in OPTIONS.values()} <= {path.stem for path in root.glob("pages/*.py")}
    assert {kind for option in OPTIONS.values() for kind in option.kinds} <= VIEWS.keys()
    assert choices()["by"][0] == "attention"
    assert "role" not in choices()
    assert VIEWS["pattern"] == ("layer", "head", "zoom", "stage", "weight", "first")


def test_every_measure_has_a_title_and_every_title_a_measure() -> None:
    from gpt2dash.analysis.measures import MEASURES

    assert list(OPTIONS["by"].words) == ["attention", *(measure.name for measure in MEASURES)]
