import copy
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from gpt2dash.errors import Cancelled, InvalidInput, PublicError, UnknownModel
from gpt2dash.jobs import Event, RunRequest, begin
from gpt2dash.language_model import LanguageModel
from gpt2dash.model_store import ModelStore
from gpt2dash.run import Run
from gpt2dash.runtime import Runtime
from gpt2dash.sampling_settings import SamplingSettings
from gpt2dash.settings import Settings

PROMPT = "The cat sat"


@pytest.fixture(scope="module")
def models(tiny_folder: Path) -> ModelStore:
    return ModelStore([str(tiny_folder)], max_models=1, max_bytes=1)


@pytest.fixture
def runtime(models: ModelStore, tmp_path: Path) -> Runtime:
    runtime = Runtime(Flask("test"), Settings(cache_dir=tmp_path / "cache"))
    runtime.models = models  # loaded once for all tests
    return runtime


def asked(**changes: object) -> RunRequest:
    raw = {"model": "", "prompt": PROMPT, "continuation": [], "settings": {"max_new_tokens": 5}}
    return RunRequest.parse(raw | changes)


def events(runtime: Runtime, **changes: object) -> list[Event]:
    return list(begin(runtime, asked(**changes), lambda: False))


def names(found: list[Event]) -> list[str]:
    return [event["event"] for event in found]


def ids_of(found: list[Event]) -> list[int]:
    """The prompt's tokens and the written ones, in the order they were told."""
    told = [*found[0]["tokens"], *(event["token"] for event in found if event["event"] == "token")]
    return [token[0] for token in told]


def test_events_come_in_order(runtime: Runtime) -> None:
    found = events(runtime)
    assert names(found) == ["start", "progress", *["token"] * 5, "written", "progress", "done"]
    assert [event["stage"] for event in found if event["event"] == "progress"] == ["reading", "recording"]


def test_the_start_says_what_runs(runtime: Runtime) -> None:
    lm = runtime.models.get(runtime.models.default)
    start = events(runtime)[0]
    assert start["n_prompt"] == len(start["tokens"]) == len(lm.encode(PROMPT))
    assert [start[name] for name in ("model", "label", "n_ctx", "n_layer", "n_head")] == [
        lm.name, lm.label, 64, 2, 4,
    ]  # fmt: skip
    assert b"".join(bytes.fromhex(token[3]) for token in start["tokens"]) == PROMPT.encode()


def test_the_key_stands_for_everything_that_was_told(runtime: Runtime) -> None:
    found = events(runtime)
    run = runtime.run(found[-1]["key"])
    assert run == Run(runtime.models.default, tuple(ids_of(found)), found[0]["n_prompt"])
    assert runtime.trace(run).token_ids == ids_of(found)
    assert found[-1]["settings"] == asdict(SamplingSettings(max_new_tokens=5))
    assert found[-1]["warning"] is None


def test_positions_count_on_from_the_prompt(runtime: Runtime) -> None:
    found = events(runtime)
    positions = [event["pos"] for event in found if event["event"] == "token"]
    assert positions == [found[0]["n_prompt"] + i for i in range(5)]


def test_reading_alone_writes_nothing(runtime: Runtime) -> None:
    found = events(runtime, settings={"max_new_tokens": 0})
    assert names(found) == ["start", "written", "progress", "done"]
    assert found[1]["reason"] == "read only"


def test_a_given_continuation_is_no_part_of_the_prompt(runtime: Runtime) -> None:
    found = events(runtime, continuation=[5, 6])
    assert [token[0] for token in found[0]["tokens"]][-2:] == [5, 6]
    assert found[0]["n_prompt"] == len(found[0]["tokens"]) - 2


def test_going_on_from_a_cut_writes_the_same_text(runtime: Runtime) -> None:
    whole = ids_of(events(runtime))
    n_prompt = len(whole) - 5
    rest = {"continuation": whole[n_prompt : n_prompt + 2], "settings": {"max_new_tokens": 3}}
    assert ids_of(events(runtime, **rest)) == whole


def ending_with(lm: LanguageModel, token: int) -> LanguageModel:
    """The same model, with another end-of-text token."""
    model = copy.copy(lm.model)
    model.config = replace(model.config, eot_id=token)
    return replace(lm, model=model)


@pytest.mark.parametrize(
    ("stop", "n_new", "reason"), [(True, 1, "end of text"), (False, 2, "number of new tokens reached")]
)
def test_the_end_of_text_is_the_reason_where_it_stops(
    runtime: Runtime, models: ModelStore, stop: bool, n_new: int, reason: str
) -> None:
    greedy = {"temperature": 0, "max_new_tokens": 2, "stop_at_eot": stop}
    lm = models.get(models.default)
    last = ids_of(events(runtime, settings=greedy))[-1 if not stop else -2]
    runtime.models = ModelStore(
        models.names, max_models=1, max_bytes=1, load=lambda _name: ending_with(lm, last)
    )
    [written] = [event for event in events(runtime, settings=greedy) if event["event"] == "written"]
    assert (written["n_new"], written["reason"]) == (n_new, reason)


def test_spaces_are_tokens_too(runtime: Runtime) -> None:
    start = events(runtime, prompt="   \n\t ")[0]
    assert b"".join(bytes.fromhex(token[3]) for token in start["tokens"]) == b"   \n\t "


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"prompt": ""}, "prompt is empty"),
    ({"prompt": "e" * 65}, "reads at most 64"),
    ({"prompt": "e" * 60}, "at most 64 together"),
    ({"prompt": "e" * 4_000_000}, "4,000,000 characters"),
    ({"prompt": "\ud800"}, "surrogate"),
    ({"prompt": None}, "must be texts"),
    ({"prompt": ["a"]}, "must be texts"),
    ({"model": 7}, "must be texts"),
    ({"model": "/etc"}, "offers no model"),
    ({"continuation": [-1]}, "continuation must be a list"),
    ({"continuation": [True]}, "continuation must be a list"),
    ({"continuation": [1.0]}, "continuation must be a list"),
    ({"continuation": "12"}, "continuation must be a list"),
    ({"continuation": {"0": 1}}, "continuation must be a list"),
    ({"continuation": None}, "continuation must be a list"),
    ({"continuation": [360]}, "outside the vocabulary"),
    ({"continuation": [10**30]}, "outside the vocabulary"),
    ({"continuation": [1] * 64}, "reads at most 64"),
    ({"settings": []}, "settings must be"),
    ({"settings": {"temperature": -1}}, "Temperature"),
    ({"settings": {"temperature": "hot"}}, "Temperature"),
    ({"settings": {"temperature": float("nan")}}, "Temperature"),
    ({"settings": {"top_k": 1.5}}, "Top-k"),
    ({"settings": {"top_p": 0}}, "Top-p"),
    ({"settings": {"seed": -1}}, "Seed"),
    ({"settings": {"max_new_tokens": float("inf")}}, "New tokens"),
    ({"settings": {"max_new_tokens": 64}}, "at most 64 together"),
    ({"settings": {"stop_at_eot": 1}}, "Stop at end of text"),
    ({"settings": {"beam": 4}}, "not a sampling setting"),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSALS, ids=lambda part: repr(part)[:40])
def test_what_cannot_be_done_is_refused_before_any_work(
    runtime: Runtime, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises((InvalidInput, UnknownModel), match=sentence):
        begin(runtime, asked(**changes), pytest.fail)
    assert list(runtime.settings.cache_folder.rglob("*.value")) == []


@pytest.mark.parametrize("raw", [None, [], "text", 7, True])
def test_a_request_must_be_an_object(raw: object) -> None:
    with pytest.raises(InvalidInput, match="Send a JSON object"):
        RunRequest.parse(raw)


@pytest.mark.parametrize("n_taken", [1, 3, 8])
def test_who_stops_iterating_ends_the_work(runtime: Runtime, n_taken: int) -> None:
    stream = begin(runtime, asked(), lambda: False)
    assert len(list(islice(stream, n_taken))) == n_taken
    stream.close()  # type: ignore[attr-defined]
    with runtime.turns.turn():  # nobody holds one any more
        assert list(stream) == []


@pytest.mark.parametrize("n_taken", [2, 4, 9])
def test_a_cancelled_run_ends_and_keeps_nothing(runtime: Runtime, n_taken: int) -> None:
    taken: list[Event] = []
    with pytest.raises(Cancelled):
        taken.extend(begin(runtime, asked(), lambda: len(taken) >= n_taken))
    assert list(runtime.settings.cache_folder.rglob("*.value")) == []


def test_a_run_on_a_lost_disk_answers_with_a_warning(runtime: Runtime) -> None:
    folder = runtime.settings.cache_folder
    folder.rename(folder.with_name("elsewhere"))
    folder.touch()
    found = events(runtime)
    assert "GPT2DASH_CACHE_DIR" in found[-1]["warning"]
    assert list(runtime.run(found[-1]["key"]).ids) == ids_of(found)


def test_every_refusal_is_a_sentence_for_the_user(runtime: Runtime) -> None:
    for changes, _ in REFUSALS:
        with pytest.raises(PublicError, match=r"^['A-Z].*\.$"):
            begin(runtime, asked(**changes), pytest.fail)
