"""Callbacks as the plain functions they are, inside one app's context."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from flask import Flask

from gpt2dash.callbacks.attention.pattern import PATTERN
from gpt2dash.callbacks.attention.row import ROW
from gpt2dash.callbacks.compact import rounded
from gpt2dash.callbacks.generation.candidates import CANDIDATES
from gpt2dash.callbacks.generation.curve import CURVE
from gpt2dash.callbacks.panel import answers
from gpt2dash.callbacks.side_view import side_view
from gpt2dash.components.model_panels import model_panel
from gpt2dash.errors import InvalidInput, UnknownRun
from gpt2dash.model.model_card import read_card
from gpt2dash.run import Run
from gpt2dash.runtime import Runtime, current
from gpt2dash.settings import Settings

PROMPT = "The cat sat on the mat."


@pytest.fixture
def key(tiny_folder: Path, tmp_path: Path) -> Iterator[str]:
    server = Flask("test")
    runtime = Runtime(server, Settings(model=str(tiny_folder), cache_dir=tmp_path / "cache"))
    ids = runtime.models.get(str(tiny_folder)).encode(PROMPT)
    with server.app_context():
        yield runtime.remember(Run(str(tiny_folder), tuple(ids), len(ids) - 2))


def view(key: str, **more: object) -> dict[str, Any]:
    return {"key": key, "pos": 3, "layer": 1, "head": 2, "role": "query", "settings": {}, **more}


def test_nothing_run_says_what_to_do() -> None:
    assert "Run a prompt" in str(answers([PATTERN], "a", None)[0])
    assert "Run a prompt" in str(answers([CURVE], "a", None))
    assert "Run a prompt" in str(answers([CANDIDATES], "a", None)[0])


def test_the_row_is_the_trace_s(key: str) -> None:
    found = answers([ROW], "a", view(key))
    weights = current().trace(current().run(key)).pattern(1, 2)[3]
    assert np.allclose(found["row"]["weights"], weights, rtol=1e-4)
    assert (found["side"], found["pos"]) == ("a", 3)


def test_the_heat_map_holds_the_pattern(key: str) -> None:
    figure, _ = answers([PATTERN], "a", view(key))
    pattern = current().trace(current().run(key)).pattern(1, 2)
    below = np.tril_indices(len(pattern))
    assert np.allclose(np.asarray(figure.data[0].z)[below], pattern.numpy()[below], rtol=2e-4)


@pytest.mark.parametrize("junk", [-1, 10**6, "3", None, 2.5, True, [], {}])
def test_a_selection_from_nowhere_is_brought_inside(key: str, junk: object) -> None:
    found = side_view(view(key, pos=junk, layer=junk, head=junk))
    assert found is not None
    assert found.pos is None or 0 <= found.pos < len(found.run.ids)
    assert 0 <= found.layer < 2
    assert 0 <= found.head < 4


def test_an_unknown_run_is_refused_in_a_sentence(key: str) -> None:
    with pytest.raises(UnknownRun, match="Press Run"):
        answers([PATTERN], "a", view("0" * 32))


def test_settings_outside_their_limits_are_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match="Top-p"):
        answers([CANDIDATES], "a", view(key, settings={"top_p": 2}))


def test_candidates_show_every_stage_and_mark_what_came(key: str) -> None:
    table = str(answers([CANDIDATES], "a", view(key, settings={"temperature": 0.5, "top_k": 3}))[0])
    assert "Top-k kept 3" in table
    assert table.count("className='chosen'") == 1
    assert "cut" in table


def test_the_first_token_has_no_candidates(key: str) -> None:
    assert "nothing predicted it" in str(answers([CANDIDATES], "a", view(key, pos=0))[0])


def test_the_settings_stand_beside_the_text(key: str) -> None:
    made_with = answers([CANDIDATES], "a", view(key, settings={"temperature": "0.7", "seed": "5"}))[1]
    assert "2 tokens written" in made_with
    assert "temperature 0.7" in made_with
    assert "seed 5" in made_with


def test_rounding_keeps_twelve_bits() -> None:
    cells = torch.rand(50, 50)
    error = np.abs(rounded(cells) / cells.numpy() - 1)
    assert error.max() <= 2**-12


def test_a_view_is_small(key: str) -> None:
    assert len(json.dumps(view(key))) < 500


def test_the_card_s_headings_and_picture_fit_the_page() -> None:
    shown = str(model_panel("name", "# Card\n\n## Part\n\n![Loss](loss.png)\n\n    # code", "/there.png"))
    assert "## Card\\n\\n### Part\\n\\n![Loss](/there.png)\\n\\n    # code" in shown
    assert "No card came with the files of name." in str(model_panel("name", None, ""))


def test_a_card_is_read_if_there_is_one(tmp_path: Path) -> None:
    assert read_card(tmp_path) is None
    (tmp_path / "MODEL_CARD.md").write_bytes(b"caf\xe9")
    assert read_card(tmp_path) == "caf\ufffd"
    (tmp_path / "MODEL_CARD.md").write_bytes(b"x" * (1 << 20) + b"x")
    assert read_card(tmp_path) is None
