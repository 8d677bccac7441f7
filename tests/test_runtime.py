import threading
from pathlib import Path

import pytest
import torch
from flask import Flask

from gpt2dash.analysis.predictions import PREDICTIONS
from gpt2dash.errors import InvalidInput, StorageProblem, UnknownModel, UnknownRun
from gpt2dash.model_store import ModelStore
from gpt2dash.run import Run
from gpt2dash.runtime import Runtime, current, storage_problem
from gpt2dash.settings import Settings
from gpt2dash.trace import record

IDS = (3, 14, 15, 92, 65, 35)


@pytest.fixture(scope="module")
def models(tiny_folder: Path) -> ModelStore:
    return ModelStore([str(tiny_folder)], max_models=1, max_bytes=1)


def new_runtime(models: ModelStore, cache: Path) -> Runtime:
    runtime = Runtime(Flask("test"), Settings(cache_dir=cache))
    runtime.models = models  # loaded once for all tests
    return runtime


@pytest.fixture
def runtime(models: ModelStore, tmp_path: Path) -> Runtime:
    return new_runtime(models, tmp_path / "cache")


@pytest.fixture
def run(tiny_folder: Path) -> Run:
    return Run(str(tiny_folder), IDS, 4)


@pytest.fixture
def lost(runtime: Runtime) -> Runtime:
    """A runtime whose cache folder can no longer be used."""
    folder = runtime.settings.cache_folder
    folder.rename(folder.with_name("elsewhere"))
    folder.touch()
    return runtime


def test_a_run_comes_back_by_its_key(runtime: Runtime, run: Run) -> None:
    key = runtime.remember(run)
    assert len(key) == 32
    assert runtime.run(key) == run


def test_another_process_finds_the_run_and_its_trace(runtime: Runtime, run: Run) -> None:
    key, trace = runtime.remember(run), runtime.trace(run)
    other = new_runtime(runtime.models, runtime.settings.cache_folder)
    assert torch.equal(other.trace(other.run(key)).q(0), trace.q(0))


JUNK: list[object] = [
    None,
    17,
    [],
    {"a": 1},
    "",
    "../../etc/passwd",
    "..",
    "a/b",
    "a\0b",
    ".store",
    "locks",
    "\ud800",
    "é",
    "x" * 1_000_000,
    "0" * 32,
    "{",
    "{}",
    '{"a":' * 100_000,
    '{"model":"m","ids":[1],"n_prompt":0}',
    '{"model":"m","ids":[true],"n_prompt":1}',
    '{"model":"m","ids":"12","n_prompt":1}',
    '{"model":7,"ids":[1],"n_prompt":1}',
]


@pytest.mark.parametrize("key", JUNK, ids=lambda key: repr(key)[:30])
def test_a_key_that_stands_for_nothing_is_an_unknown_run(runtime: Runtime, key: object) -> None:
    with pytest.raises(UnknownRun, match="Press Run") as refusal:
        runtime.run(key)
    assert len(str(refusal.value)) < 200


def test_a_damaged_run_is_an_unknown_run(runtime: Runtime, run: Run) -> None:
    key = runtime.remember(run)
    (runtime.settings.cache_folder / "runs" / f"{key}.value").write_bytes(b'{"model": "x", "ids')
    with pytest.raises(UnknownRun):
        runtime.run(key)


def test_equal_tokens_after_other_prompts_are_other_runs_over_one_trace(runtime: Runtime, run: Run) -> None:
    other = Run(run.model, IDS, 2)
    assert runtime.remember(run) != runtime.remember(other)
    runtime.trace(run)
    runtime.trace(other)
    assert len(list((runtime.settings.cache_folder / "traces").glob("*.value"))) == 1


def test_the_same_run_has_the_same_key(runtime: Runtime, run: Run) -> None:
    assert runtime.remember(run) == runtime.remember(Run(run.model, IDS, 4))


def test_a_trace_is_what_recording_gives(runtime: Runtime, run: Run) -> None:
    stored = runtime.settings.cache_folder / "traces"
    runtime.trace(run)
    [path] = stored.glob("*.value")
    assert path.read_bytes() == record(runtime.language_model(run).model, IDS)


def test_threads_record_one_at_a_time(runtime: Runtime, run: Run) -> None:
    inside, most = 0, 0

    def on_layer(layer: int) -> None:
        nonlocal inside, most
        inside += 1 if layer == 0 else -1  # of two layers
        most = max(most, inside)

    def record_another(first: int) -> None:
        runtime.trace(Run(run.model, (first, *IDS), 1), on_layer=on_layer)

    threads = [threading.Thread(target=record_another, args=(first,)) for first in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_predictions_are_kept_and_come_back_equal(runtime: Runtime, run: Run) -> None:
    first, second = runtime.kept(PREDICTIONS, run), runtime.kept(PREDICTIONS, run)
    assert torch.equal(first.surprisal, second.surprisal)
    assert torch.equal(first.rank, second.rank)
    assert len(first.entropy) == len(IDS) - 1


def test_predictions_of_one_token_are_empty(runtime: Runtime, run: Run) -> None:
    assert len(runtime.kept(PREDICTIONS, Run(run.model, (5,), 1)).surprisal) == 0


def test_tokens_that_the_model_does_not_read_are_refused(runtime: Runtime, run: Run) -> None:
    for ids in ((), (-1,), (10_000,), tuple(range(65))):
        with pytest.raises(InvalidInput):
            runtime.trace(Run(run.model, ids, 1))


def test_a_run_of_a_model_no_longer_on_offer_is_refused(runtime: Runtime) -> None:
    with pytest.raises(UnknownModel):
        runtime.trace(Run("/etc", IDS, 1))


def test_a_lost_folder_leaves_traces_with_a_warning(lost: Runtime, run: Run) -> None:
    trace = lost.trace(run)
    assert trace.token_ids == list(IDS)
    assert "GPT2DASH_CACHE_DIR" in (storage_problem(trace) or "")


def test_a_lost_folder_leaves_runs_that_every_process_finds(lost: Runtime, run: Run) -> None:
    assert lost.run(lost.remember(run)) == run


def test_a_kept_trace_has_no_problem(runtime: Runtime, run: Run) -> None:
    assert storage_problem(runtime.trace(run)) is None


def test_a_runtime_is_ready_with_its_model_and_disk(runtime: Runtime, tiny_folder: Path) -> None:
    assert runtime.require_ready().name == str(tiny_folder)


def test_a_lost_folder_is_not_ready(lost: Runtime) -> None:
    with pytest.raises(StorageProblem):
        lost.require_ready()


def test_an_unusable_folder_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageProblem, match="GPT2DASH_CACHE_DIR"):
        Runtime(Flask("test"), Settings(cache_dir=tmp_path / "file"))


def test_each_app_has_its_own_runtime(runtime: Runtime, tmp_path: Path) -> None:
    app = Flask("test")
    mine = Runtime(app, Settings(cache_dir=tmp_path / "other"))
    with app.app_context():
        assert current() is mine
