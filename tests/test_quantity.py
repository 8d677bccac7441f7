"""Quantities: found by name, and never one run's for another's."""

import pickle
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import torch
from flask import Flask
from jaxtyping import Float
from torch import Tensor

from gpt2dash import analysis
from gpt2dash.analysis.difference import DISTANCES
from gpt2dash.analysis.overview import OVERVIEW
from gpt2dash.analysis.passport import PASSPORT, Passport, passport
from gpt2dash.analysis.predictions import PREDICTIONS
from gpt2dash.edit import Edit
from gpt2dash.language_model import LanguageModel
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.quantity import QUANTITIES, Quantity
from gpt2dash.run import Run
from gpt2dash.runtime import Runtime
from gpt2dash.settings import Settings
from gpt2dash.tensor_file import Buffer, TensorReader
from gpt2dash.trace import Trace

for module in pkgutil.iter_modules(analysis.__path__, "gpt2dash.analysis."):
    import_module(module.name)

IDS = (3, 14, 15, 92, 65, 35)
EDITS = ["", "z:0:1=zero", "z:0:1=mean", "z:0:2=zero", "z:1:1=zero", "z:0:1@2=zero", "z:0:1@2,3=zero",
         "z:0=zero", "post:0:1=zero", "pre:0:1=zero", "q:0:1=zero", "z:0:1=zero z:0:2=zero"]  # fmt: skip


@pytest.fixture
def runtime(tiny_folder: Path, tmp_path: Path) -> Runtime:
    return Runtime(Flask("test"), Settings(model=str(tiny_folder), cache_dir=tmp_path))


@pytest.fixture
def runs(tiny_folder: Path) -> list[Run]:
    return [Run(str(tiny_folder), IDS, 4, tuple(map(Edit.parse, edits.split()))) for edits in EDITS]


class Asked(Exception):
    """Which address was asked for."""


class Addresses:
    """Keeps nothing, and says where it would be."""

    def fetch(self, key: str, _compute: Callable[[], Buffer]) -> None:
        raise Asked(key)


def address(
    runtime: Runtime, quantity: Quantity[Any], *of: Run | LanguageModel, args: tuple[object, ...] = ()
) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "_traces", Addresses())
        with pytest.raises(Asked) as asked:
            runtime.kept(quantity, *of, args=args)
    return str(asked.value)


def n_traces(quantity: Quantity[Any]) -> int:
    return list(get_type_hints(quantity.compute).values()).count(Trace)


def test_every_quantity_of_the_pages_is_registered() -> None:
    assert {"Predictions", "Overview", "Rollouts", "Distances", "Passport"} <= QUANTITIES.keys()
    assert all(quantity.kind.__name__ == name for name, quantity in QUANTITIES.items())


@pytest.mark.parametrize("name", QUANTITIES)
def test_edited_and_clean_runs_share_nothing(runtime: Runtime, runs: list[Run], name: str) -> None:
    quantity = QUANTITIES[name]
    n = n_traces(quantity)
    if n == 0:
        assert list(get_type_hints(quantity.compute).values()).count(GPT2) == 1
        return
    of = list(product(runs, repeat=n))
    assert len({address(runtime, quantity, *some) for some in of}) == len(of)


def test_traces_of_edited_and_clean_runs_share_nothing(runtime: Runtime, runs: list[Run]) -> None:
    assert len({run.key for run in runs}) == len(EDITS)
    for run in runs:
        assert runtime.trace(run).edits == run.edits
    assert len(list((runtime.settings.cache_folder / "traces").glob("*.value"))) == len(EDITS)


def test_quantities_share_nothing(runtime: Runtime, runs: list[Run]) -> None:
    lm = runtime.language_model(runs[0])
    keys = {address(runtime, quantity, *of) for quantity in QUANTITIES.values() for of in ([runs[0]], [lm])}
    assert len(keys) == 2 * len(QUANTITIES)


def test_arguments_are_part_of_the_address(runtime: Runtime, runs: list[Run]) -> None:
    args: list[tuple[object, ...]] = [
        ([(0, 0)],),
        ([(0, 0), (1, 1)],),
        ("0", "0"),
        ("0 0",),
        ("0' '0",),
        (0, 0),
    ]
    keys = {address(runtime, DISTANCES, runs[0], runs[1], args=some) for some in args}
    assert len(keys) == len(args)


def test_another_edit_is_another_result(runtime: Runtime, runs: list[Run]) -> None:
    lm = runtime.language_model(runs[0])
    for _ in ("computed", "read"):
        for run in runs[:3]:
            expected = OVERVIEW.compute(lm.trace(run.ids, run.edits))
            assert torch.equal(runtime.kept(OVERVIEW, run).moved_to, expected.moved_to)
    clean, edited = (runtime.kept(PREDICTIONS, run) for run in runs[:2])
    assert not torch.allclose(clean.surprisal, edited.surprisal)
    assert runtime.kept(DISTANCES, runs[0], runs[1], args=([(0, 0), (1, 1)],)).js[0].count_nonzero() == 0


def test_what_is_of_a_model_is_read_as_it_was_written(runtime: Runtime, runs: list[Run]) -> None:
    lm = runtime.language_model(runs[0])
    first, second, expected = runtime.kept(PASSPORT, lm), runtime.kept(PASSPORT, lm), passport(lm.model)
    for found in (first, second):
        assert type(found.n_random) is int
        assert all(torch.equal(torch.as_tensor(a), torch.as_tensor(b)) for a, b in zip(
            vars(found).values(), vars(expected).values(), strict=True))  # fmt: skip


def test_a_result_goes_through_its_file(tiny_model: GPT2) -> None:
    found = PASSPORT.unpacked(TensorReader(PASSPORT.packed(passport(tiny_model))))
    assert isinstance(found, Passport)
    assert (found.n_random, found.n_text) == (32, 8)


def test_another_process_finds_every_quantity() -> None:
    read = "import pickle, sys; print(*(q.compute.__qualname__ for q in pickle.load(sys.stdin.buffer)))"
    asked = pickle.dumps(list(QUANTITIES.values()))
    told = subprocess.run([sys.executable, "-c", read], input=asked, capture_output=True, check=True).stdout
    assert told.decode().split() == [quantity.compute.__qualname__ for quantity in QUANTITIES.values()]


@dataclass(frozen=True)
class Length:
    value: Float[Tensor, ""]


@dataclass(frozen=True)
class Width:
    value: Float[Tensor, ""]


def length(trace: Trace) -> Length:
    return Length(trace.q(0).norm())


def width(trace: Trace) -> Width:
    return Width(trace.k(0).norm())


def test_kinds_of_equal_fields_share_nothing(
    runtime: Runtime, runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpt2dash.quantity.QUANTITIES", {})
    long, wide = Quantity(Length, length), Quantity(Width, width)
    assert address(runtime, long, runs[0]) != address(runtime, wide, runs[0])
    assert torch.equal(runtime.kept(wide, runs[0]).value, runtime.trace(runs[0]).k(0).norm())


def test_a_function_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be found by its name"):
        Quantity(Length, lambda trace: Length(trace.q(0).norm()))
    assert "Length" not in QUANTITIES


def another_passport(model: GPT2) -> Passport:
    return passport(model, seed=1)


def test_two_quantities_of_one_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="Passport is the kind of another quantity"):
        Quantity(Passport, another_passport)
    assert QUANTITIES["Passport"] == PASSPORT
