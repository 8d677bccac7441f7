import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from gpt2dash.errors import UnknownModel, UnusableCheckpoint
from gpt2dash.language_model import LanguageModel, load
from gpt2dash.model_store import ModelStore

NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def lm(tiny_folder: Path) -> LanguageModel:
    return load(str(tiny_folder))


class Loader:
    """Gives one model under any name, and counts how often."""

    def __init__(self, lm: LanguageModel) -> None:
        self.lm = lm
        self.loads: Counter[str] = Counter()

    def __call__(self, name: str) -> LanguageModel:
        self.loads[name] += 1
        return replace(self.lm, name=name)


@pytest.fixture
def loader(lm: LanguageModel) -> Loader:
    return Loader(lm)


def store(loader: Loader, *, max_models: int = 9, max_bytes: int = 1 << 40) -> ModelStore:
    return ModelStore(NAMES, max_models=max_models, max_bytes=max_bytes, load=loader)


def test_a_model_is_loaded_when_first_asked_for_and_once(loader: Loader) -> None:
    models = store(loader)
    assert loader.loads.total() == 0
    assert models.get("b") is models.get("b")
    assert loader.loads == {"b": 1}


@pytest.mark.parametrize("name", ["", "d", "/etc", "../tiny", "A", "x" * 100_000])
def test_a_name_that_is_not_on_offer_is_never_resolved(loader: Loader, name: str) -> None:
    with pytest.raises(UnknownModel, match=r"offers no model .* it offers a, b, c") as refusal:
        store(loader).get(name)
    assert loader.loads.total() == 0
    assert len(str(refusal.value)) < 300


def test_eight_threads_that_ask_at_once_load_once(loader: Loader) -> None:
    everybody_is_ready = threading.Barrier(8)

    def slow(name: str) -> LanguageModel:
        lm = loader(name)
        time.sleep(0.1)  # long enough for the others to ask
        return lm

    models = ModelStore(NAMES, max_models=9, max_bytes=1 << 40, load=slow)

    def ask() -> None:
        everybody_is_ready.wait()
        models.get("a")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loader.loads == {"a": 1}


def test_while_one_loads_the_others_are_served(loader: Loader) -> None:
    loading, go_on = threading.Event(), threading.Event()

    def slow_for_a(name: str) -> LanguageModel:
        if name == "a":
            loading.set()
            go_on.wait()
        return loader(name)

    models = ModelStore(NAMES, max_models=9, max_bytes=1 << 40, load=slow_for_a)
    models.get("b")
    other = threading.Thread(target=models.get, args=("a",))
    other.start()
    loading.wait()
    names = [models.get(name).name for name in ("b", "c")]
    go_on.set()
    other.join()
    assert names == ["b", "c"]


def test_the_least_recently_used_of_too_many_is_let_go(loader: Loader) -> None:
    models = store(loader, max_models=2)
    for name in ("a", "b", "a", "c", "a", "b"):
        models.get(name)
    assert loader.loads == {"a": 1, "b": 2, "c": 1}


def test_no_more_bytes_are_kept_than_allowed(loader: Loader) -> None:
    models = store(loader, max_bytes=2 * loader.lm.n_bytes)
    for name in ("a", "b", "c", "b", "a"):
        models.get(name)
    assert loader.loads == {"a": 2, "b": 1, "c": 1}


def test_a_model_larger_than_the_limit_is_used_all_the_same(loader: Loader) -> None:
    models = store(loader, max_bytes=1)
    assert models.get("a") is models.get("a")
    assert loader.loads == {"a": 1}


def test_a_model_that_could_not_be_loaded_is_tried_again(loader: Loader) -> None:
    def fails_once(name: str) -> LanguageModel:
        if not loader.loads[name]:
            loader.loads[name] += 1
            raise UnusableCheckpoint("damaged")
        return loader(name)

    models = ModelStore(NAMES, max_models=9, max_bytes=1, load=fails_once)
    with pytest.raises(UnusableCheckpoint):
        models.get("a")
    assert models.get("a").name == "a"


def test_the_default_is_the_first(loader: Loader) -> None:
    assert store(loader).default == "a"


def test_the_bytes_of_a_model_are_those_of_its_weights(lm: LanguageModel) -> None:
    assert lm.n_bytes == sum(p.nbytes for p in lm.model.parameters())
