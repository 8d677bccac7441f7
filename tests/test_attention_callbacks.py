"""The attention page's callbacks: what they send is what the trace holds."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from flask import Flask
from PIL import Image

from gpt2dash.analysis.measures import MEASURES
from gpt2dash.analysis.moved import write_norms
from gpt2dash.analysis.overview import OVERVIEW
from gpt2dash.analysis.passport import PASSPORT
from gpt2dash.callbacks.attention import across as across_panel
from gpt2dash.callbacks.attention import pattern as pattern_panel
from gpt2dash.callbacks.attention.difference import DIFFERENCE
from gpt2dash.callbacks.attention.distances import DISTANCES
from gpt2dash.callbacks.attention.heads import HEADS
from gpt2dash.callbacks.attention.layer import LAYER
from gpt2dash.callbacks.attention.lines import LINES
from gpt2dash.callbacks.attention.moved import MOVED
from gpt2dash.callbacks.attention.numbers import NUMBERS
from gpt2dash.callbacks.attention.row import ROW
from gpt2dash.callbacks.attention.score import SCORE
from gpt2dash.callbacks.pairs import paired
from gpt2dash.callbacks.panel import answers, compared
from gpt2dash.components.ids import Side
from gpt2dash.edit import Edit
from gpt2dash.model.sites import Site
from gpt2dash.options import OPTIONS, chosen
from gpt2dash.run import Run
from gpt2dash.runtime import Runtime, current
from gpt2dash.trace import Trace

PROMPT = "The cat sat on the mat. The cat"
OTHER = "The dog sat on the mat. The cat"


@pytest.fixture
def keys(tiny_folder: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    server = Flask("test")
    from gpt2dash.settings import Settings

    runtime = Runtime(server, Settings(model=str(tiny_folder), cache_dir=tmp_path / "cache"))
    encode = runtime.models.get(str(tiny_folder)).encode
    with server.app_context():
        runs = {text: Run(str(tiny_folder), tuple(encode(text)), 1) for text in (PROMPT, OTHER)}
        yield {text: runtime.remember(run) for text, run in runs.items()}


def view(key: str, **more: object) -> dict[str, Any]:
    return {"key": key, "pos": 3, "layer": 1, "head": 2, "role": "query", "settings": {}, **more}


def trace(key: str) -> Trace:
    return current().trace(current().run(key))


def token_in_head(side: Side, data: Any) -> Any:  # noqa: ANN401 - as the browser gets it
    return answers([ROW, LINES, SCORE], side, data)


def token_in_all_heads(side: Side, data: Any) -> Any:  # noqa: ANN401
    return answers([across_panel.ACROSS, MOVED], side, data)


def both(a: Any, b: Any, pins: object = None) -> dict[str, Any]:  # noqa: ANN401
    return {"a": a, "b": b, "pins": pins}


def cells(figure: Any) -> Any:  # noqa: ANN401 - Plotly's own
    return np.asarray(figure.data[0].z)


def test_every_head_is_in_the_picture_with_every_measure(keys: dict[str, str]) -> None:
    found = answers([HEADS], "a", view(keys[PROMPT]))
    assert found is not None
    kind, _, data = found["picture"].partition(",")
    image = Image.open(BytesIO(base64.b64decode(data)))
    pattern = trace(keys[PROMPT]).pattern(1, 2)
    n = len(pattern)
    tile = np.asarray(image)[(n + 1) : (n + 1) + n, 2 * (n + 1) : 2 * (n + 1) + n]
    assert kind == "data:image/png;base64"
    assert np.array_equal(
        tile[np.tril_indices(n)], 1 + np.rint(254 * np.sqrt(pattern.numpy()))[np.tril_indices(n)]
    )
    assert list(found["measures"]) == [measure.name for measure in MEASURES]
    assert found["measures"]["self"]["values"][1][2] == pytest.approx(
        float(pattern.diagonal().mean()), rel=1e-3
    )
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("stage", list(OPTIONS["stage"].words))
def test_each_stage_is_shown_whole(keys: dict[str, str], stage: str) -> None:
    figure, _ = answers([pattern_panel.PATTERN], "a", view(keys[PROMPT], stage=stage))
    q, k = trace(keys[PROMPT]).q(1)[2], trace(keys[PROMPT]).k(1)[2]
    raw = q @ k.T
    scaled = raw / 8**0.5
    wanted = {"raw": raw, "scaled": scaled, "masked": scaled, "pattern": trace(keys[PROMPT]).pattern(1, 2)}[
        stage
    ]
    shown, future = cells(figure), np.triu_indices(len(raw), 1)
    below = np.tril_indices(len(raw))
    assert np.allclose(shown[below], wanted.numpy()[below], rtol=3e-4)
    assert np.isnan(shown[future]).all() == (stage in ("masked", "pattern"))


def test_weights_times_the_length_of_what_is_written(keys: dict[str, str]) -> None:
    figure, _ = answers([pattern_panel.PATTERN], "a", view(keys[PROMPT], weight="write"))
    norms = write_norms(trace(keys[PROMPT]), 1)[2]
    wanted = (trace(keys[PROMPT]).pattern(1, 2) * norms).numpy()
    below = np.tril_indices(len(wanted))
    assert np.allclose(cells(figure)[below], wanted[below], rtol=3e-4)


def test_a_silenced_head_is_shown_as_silent(keys: dict[str, str]) -> None:
    clean = current().run(keys[PROMPT])
    key = current().remember(replace(clean, edits=(Edit(Site.Z, 0, 3),)))
    moved = token_in_all_heads("a", view(key))["moved"]["values"]
    assert moved[0][3] == 0
    assert moved[0][2] > 0
    later, before = (token_in_head("a", view(k))["row"]["weights"] for k in (key, keys[PROMPT]))
    assert later != before


def test_a_hidden_first_token_is_told_with_its_mass(keys: dict[str, str]) -> None:
    figure, footer = answers([pattern_panel.PATTERN], "a", view(keys[PROMPT], first="hidden"))
    removed = float(trace(keys[PROMPT]).pattern(1, 2)[1:, 0].mean())
    assert not cells(figure)[:, 0].any()
    assert f"{removed:.1%} of the attention" in footer


@pytest.mark.parametrize("junk", [None, "x", 3, {"stage": "x", "weight": 1, "first": []}, {"stage": None}])
def test_options_from_nowhere_are_the_defaults(junk: object) -> None:
    assert chosen(junk) == {name: next(iter(option.words)) for name, option in OPTIONS.items()}


def test_as_key_the_row_is_a_column(keys: dict[str, str]) -> None:
    row = token_in_head("a", view(keys[PROMPT], role="key"))["row"]
    pattern = trace(keys[PROMPT]).pattern(1, 2)
    assert np.allclose(row["weights"], pattern[:, 3], rtol=1e-4, atol=1e-7)
    assert f"{float(pattern[4:, 3].mean()):.1%} of the attention of later tokens" in row["told"]


def test_the_last_token_as_key_has_no_readers(keys: dict[str, str]) -> None:
    last = len(trace(keys[PROMPT]).token_ids) - 1
    row = token_in_head("a", view(keys[PROMPT], role="key", pos=last))["row"]
    assert row["told"].startswith(f"Nothing comes after token {last} ")


def test_what_every_head_moves(keys: dict[str, str]) -> None:
    found = current().kept(OVERVIEW, current().run(keys[PROMPT]))
    to = token_in_all_heads("a", view(keys[PROMPT]))["moved"]
    taken = token_in_all_heads("a", view(keys[PROMPT], role="key"))["moved"]
    assert np.allclose(to["values"], found.moved_to[:, :, 3], rtol=1e-3)
    assert np.allclose(taken["values"], found.moved_from[:, :, 3], rtol=1e-3)


@pytest.mark.parametrize("told_of", [token_in_head, token_in_all_heads])
def test_without_a_token_the_panels_say_what_to_do(
    keys: dict[str, str], told_of: Callable[[Side, Any], Any]
) -> None:
    assert told_of("b", None) == {"side": "b", "pos": None, "told": "Run a prompt first."}
    assert told_of("b", view(keys[PROMPT], pos=None))["told"].startswith("Click a token")


@pytest.mark.parametrize("across", ["rollout", "weighted"])
def test_what_reaches_a_token_is_all_of_it(keys: dict[str, str], across: str) -> None:
    found = token_in_all_heads("a", view(keys[PROMPT], across=across))["across"]
    assert sum(found["weights"]) == pytest.approx(1, abs=1e-3)
    assert not any(found["weights"][4:])
    assert "after the last layer comes from token" in found["told"]


def test_flow_is_for_short_texts(keys: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = view(keys[PROMPT], across="flow")
    found = token_in_all_heads("a", asked)["across"]
    assert len(found["weights"]) == len(trace(keys[PROMPT]).token_ids)
    assert "a flow of" in found["told"]
    monkeypatch.setattr(across_panel, "MOST_FOR_FLOW", 3)
    found = token_in_all_heads("a", asked)["across"]
    assert found["weights"] == []
    assert "beyond 3 tokens" in found["told"]


def test_a_score_dimension_by_dimension(keys: dict[str, str]) -> None:
    score = token_in_head("a", view(keys[PROMPT], pos=5, other=2))["score"]
    found = trace(keys[PROMPT])
    q, k = found.q(1)[2, 5], found.k(1)[2, 2]
    assert np.allclose(score["q"], q, rtol=1e-4)
    assert np.allclose(score["k"], k, rtol=1e-4)
    assert f"q·k = {float(q @ k):.4g};" in score["told"]
    assert f"gives {float(found.pattern(1, 2)[5, 2]):.4g}." in score["told"]
    assert token_in_head("a", view(keys[PROMPT], pos=2, other=5))["score"]["told"] == score["told"]


@pytest.mark.parametrize("role", ["query", "key"])
def test_without_a_second_token_the_largest_weight_is_explained(keys: dict[str, str], role: str) -> None:
    told = token_in_head("a", view(keys[PROMPT], role=role))["score"]["told"]
    pattern = trace(keys[PROMPT]).pattern(1, 2)
    largest = pattern[3].max() if role == "query" else pattern[3:, 3].max()
    assert f"gives {float(largest):.4g}." in told


def test_all_heads_of_a_layer(keys: dict[str, str]) -> None:
    figure = answers([LAYER], "a", view(keys[PROMPT]))
    assert [note.text for note in figure.layout.annotations] == [f"head {head}" for head in range(4)]
    n = len(trace(keys[PROMPT]).token_ids)
    pattern = trace(keys[PROMPT]).pattern(1, 3).numpy()
    corner = cells(figure)[n + 2 :, n + 2 :]
    below = np.tril_indices(n)
    assert np.allclose(corner[below], pattern[below], rtol=3e-4)


def test_a_text_less_itself_is_nothing(keys: dict[str, str]) -> None:
    same = view(keys[PROMPT])
    figure, footer = compared([DIFFERENCE], both(same, same))
    distances = compared([DISTANCES], both(same, same))
    assert not cells(figure).any()
    assert distances["told"] == ""
    assert "0.0% of their attention in A, 0.0% in B" in footer
    assert not np.any(distances["values"])


def test_the_difference_is_that_of_the_aligned_patterns(keys: dict[str, str]) -> None:
    a, b = view(keys[PROMPT]), view(keys[OTHER])
    figure, _ = compared([DIFFERENCE], both(a, b))
    swapped, _ = compared([DIFFERENCE], both(b, a))
    ids_a, ids_b = trace(keys[PROMPT]).token_ids, trace(keys[OTHER]).token_ids
    from gpt2dash.analysis.alignment import aligned

    pairs = aligned(ids_a, ids_b)
    left = trace(keys[PROMPT]).pattern(1, 2)[[i for i, _ in pairs]][:, [i for i, _ in pairs]]
    right = trace(keys[OTHER]).pattern(1, 2)[[j for _, j in pairs]][:, [j for _, j in pairs]]
    assert np.allclose(cells(figure), (left - right).numpy(), atol=1e-4)
    assert np.array_equal(cells(figure), -cells(swapped))


def test_nothing_to_compare_says_so(keys: dict[str, str]) -> None:
    assert "Run two prompts" in str(compared([DIFFERENCE], both(view(keys[PROMPT]), None))[0])
    assert compared([DISTANCES], both(None, view(keys[PROMPT]))) == {
        "told": "Run two prompts to compare their attention."
    }
    assert paired(both(view(keys[PROMPT]), None)) == []


def test_a_panel_of_both_sides_reads_one_store(keys: dict[str, str]) -> None:
    assert paired(None) == []
    assert (0, 1) in paired({"a": view(keys[PROMPT]), "b": view(keys[PROMPT]), "pins": [[0, 1]]})


def test_two_models_share_only_some_heads(keys: dict[str, str]) -> None:
    shown = compared([DIFFERENCE], both(view(keys[PROMPT], layer=1), view(keys[OTHER], layer=0)))[0]
    assert "Only one of the models has layer 1 head 2." in str(shown)


def test_models_of_two_shapes_are_compared_on_the_heads_both_have(tiny_folder: Path, tmp_path: Path) -> None:
    from gpt2dash.settings import Settings

    server = Flask("test")
    runtime = Runtime(server, Settings(model=str(tiny_folder), cache_dir=tmp_path / "cache"))
    with server.app_context():
        a, b = (
            view(runtime.remember(Run(name, tuple(runtime.models.get(name).encode(PROMPT)), 1)))
            for name in (str(tiny_folder), "bundled")
        )
        found = compared([DISTANCES], both(a, b))
        assert np.shape(found["values"]) == (2, 4)
        assert found["told"].endswith("compared are the 2 x 4 that both have.")
        figure, _ = compared([DIFFERENCE], both({**a, "layer": 4}, {**b, "layer": 4}))
        assert "Only one of the models" in str(figure)


def test_texts_without_a_common_token_say_so(tiny_folder: Path, keys: dict[str, str]) -> None:
    ids = trace(keys[PROMPT]).token_ids
    other = tuple(i for i in range(5, 300) if i not in ids)[:4]
    b = view(current().remember(Run(str(tiny_folder), other, 4)))
    assert "no token in common" in compared([DISTANCES], both(view(keys[PROMPT]), b))["told"]
    figure, _ = compared([DIFFERENCE], both(view(keys[PROMPT]), b))
    assert "no token in common" in figure.layout.annotations[0].text


def test_without_a_text_there_are_no_heads() -> None:
    assert answers([HEADS], "b", None)["measures"] is None


def test_measures_of_a_text_without_repeats_are_null_not_nan(tiny_folder: Path, keys: dict[str, str]) -> None:
    run = Run(str(tiny_folder), (1, 2, 3), 3)
    found = answers([HEADS], "a", view(current().remember(run)))
    assert found is not None
    assert found["measures"]["induction"]["chance"] is None
    assert found["measures"]["induction"]["values"][0][0] is None
    assert torch.isnan(current().kept(OVERVIEW, run).measures[-1]).all()


def test_the_python_of_the_pattern_is_the_pattern(keys: dict[str, str]) -> None:
    lm = current().models.get(current().models.default)
    run = current().run(keys[PROMPT])
    assert torch.equal(lm.trace(run.ids).pattern(1, 2), trace(keys[PROMPT]).pattern(1, 2))


def test_a_head_in_numbers(keys: dict[str, str]) -> None:
    told = str(answers([NUMBERS], "a", view(keys[PROMPT])))
    found = current().kept(PASSPORT, current().models.get(current().models.default))
    self_score = float(trace(keys[PROMPT]).pattern(1, 2).diagonal().mean())
    assert f"{self_score:.4g}" in told
    assert f"{float(found.previous_token[1, 2]):.4g}" in told
    assert (found.n_random, found.n_text) == (32, 8)
    assert f"key composition {float(found.key_composition[1, 2, 0].max()):.4g};" in told
    assert "No head comes before" in str(answers([NUMBERS], "a", view(keys[PROMPT], layer=0)))
    assert "Run a prompt" in str(answers([NUMBERS], "a", None))


def test_lines_are_the_weights_around_the_selected_token(keys: dict[str, str]) -> None:
    found = token_in_head("a", view(keys[PROMPT]))["lines"]
    pattern = trace(keys[PROMPT]).pattern(1, 2)
    assert found["first"] == 0
    drawn = {(q, k): w for q, row in enumerate(found["rows"]) for k, w in row}
    assert set(drawn) == {(int(q), int(k)) for q, k in (pattern >= 0.01).nonzero()}
    assert all(w == pytest.approx(float(pattern[q, k]), rel=1e-3) for (q, k), w in drawn.items())
    assert f"{sum(drawn.values()) / len(pattern):.1%}"[:3] in found["told"]


def test_pinned_tokens_are_compared_though_they_differ(keys: dict[str, str]) -> None:
    a, b = view(keys[PROMPT]), view(keys[OTHER])
    before, _ = compared([DIFFERENCE], both(a, b))
    pinned, footer = compared([DIFFERENCE], both(a, b, [[1, 1]]))
    assert len(cells(pinned)) >= len(cells(before))
    assert "stand in both texts" in footer


@pytest.mark.parametrize("junk", [None, "x", [1, 2], [["a", 1]], [[1]], [[1, 2, 3]], [[99, 99]], {}])
def test_pins_from_nowhere_change_nothing(keys: dict[str, str], junk: object) -> None:
    a, b = view(keys[PROMPT]), view(keys[OTHER])
    assert np.array_equal(
        cells(compared([DIFFERENCE], both(a, b, junk))[0]), cells(compared([DIFFERENCE], both(a, b))[0])
    )


def test_a_part_of_a_long_text_is_shown_finer(
    tiny_folder: Path, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern_panel, "MAX_CELLS", 8)
    run = Run(str(tiny_folder), tuple(range(3, 43)), 40)
    key = current().remember(run)
    pattern = current().trace(run).pattern(1, 2).numpy()
    whole, told = answers([pattern_panel.PATTERN], "a", view(key))
    assert cells(whole).shape == (8, 8)
    assert "one cell for 5 x 5 tokens" in told
    part, told = answers([pattern_panel.PATTERN], "a", view(key, zoom=[20, 27, 14, 21]))
    shown = cells(part)
    exists = np.arange(20, 28)[:, None] >= np.arange(14, 22)[None, :]
    assert np.allclose(shown[exists], pattern[20:28, 14:22][exists], rtol=3e-4)
    assert np.isnan(shown[~exists]).all()
    assert part.layout.meta == {"span": 1, "first_query": 20, "first_key": 14, "n_query": 8, "n_key": 8}
    outside = 1 - pattern[20:28, 14:22].sum() / 8
    assert f"{outside:.1%} of these queries' attention is out of view" in told
    json.dumps(told)


@pytest.mark.parametrize(
    "junk", [None, "x", [1, 2], [3, 2, 0, 1], [0, 99, 0, 1], [-1, 1, 0, 1], [0.5, 1, 0, 1], {}]
)
def test_a_window_from_nowhere_is_the_whole_text(keys: dict[str, str], junk: object) -> None:
    whole, _ = answers([pattern_panel.PATTERN], "a", view(keys[PROMPT]))
    assert np.array_equal(
        cells(answers([pattern_panel.PATTERN], "a", view(keys[PROMPT], zoom=junk))[0]),
        cells(whole),
        equal_nan=True,
    )
