"""The one door from callbacks and routes to models and results."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Annotated, TypeVar

import torch
from flask import Flask, current_app
from flask_caching import Cache
from pydantic import Field, TypeAdapter, ValidationError
from torch import Tensor

from gpt2dash import __version__
from gpt2dash.analysis.across import Rollouts, rollouts
from gpt2dash.analysis.alignment import Pairs
from gpt2dash.analysis.difference import Distances, js_distances
from gpt2dash.analysis.overview import Overview, overview
from gpt2dash.analysis.passport import Passport, passport
from gpt2dash.analysis.predictions import Predictions, predictions
from gpt2dash.errors import InvalidInput, StorageProblem, UnknownRun
from gpt2dash.language_model import LanguageModel
from gpt2dash.model_store import ModelStore
from gpt2dash.settings import Settings
from gpt2dash.tensor_file import Buffer, TensorWriter
from gpt2dash.trace import Trace, record
from gpt2dash.trace_cache import ByteCache, CachedTensors, IsCancelled, TraceCache, trace_key
from gpt2dash.turns import Turns

Derived = TypeVar("Derived", Predictions, Overview, Rollouts, Distances)

logger = logging.getLogger(__name__)

_EXTENSION = "gpt2dash"
_BYTES_OF_RUNS = 64 << 20
_OVERVIEW_CELLS = 32


@dataclass(frozen=True)
class Run:
    """A text in a model: what a run key in the browser stands for.

    Attributes:
        model: the model's name.
        ids: the prompt's tokens and the generated ones.
        n_prompt: how many of them are the prompt's.
    """

    model: str
    ids: tuple[int, ...]
    n_prompt: Annotated[int, Field(ge=1)]


_RUN = TypeAdapter(Run)


class Runtime:
    """Models, runs and traces of one server process."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.settings = settings
        self.models = ModelStore(
            settings.model_names, max_models=settings.max_models, max_bytes=settings.model_bytes
        )
        self.turns = Turns()
        self._runs = _byte_cache(app, settings, "runs", _BYTES_OF_RUNS)
        self._traces = TraceCache(_byte_cache(app, settings, "traces", settings.cache_bytes))
        app.extensions[_EXTENSION] = self

    def require_ready(self) -> LanguageModel:
        """The default model, loaded; the disk tried as well.

        Raises:
            PublicError: it cannot be loaded, or results cannot be kept.
        """
        self._runs.require_writable()
        self._traces.cache.require_writable()
        return self.models.get(self.models.default)

    def remember(self, run: Run) -> str:
        """Keep a run; returns the key that stands for it in the browser.

        The key of a run that the disk refuses is the run itself, spelled out, so that every
        process still finds it.
        """
        text = _RUN.dump_json(run)
        key = hashlib.sha256(text).hexdigest()[:32]
        try:
            self._runs.set(key, text)
        except StorageProblem as problem:
            logger.warning("%s", problem)
            return text.decode()
        return key

    def run(self, key: object) -> Run:
        """The run behind a key from the browser.

        Raises:
            UnknownRun: this server does not hold it.
        """
        try:
            text = key if isinstance(key, str) and key.startswith("{") else self._stored_run(key)
            return _RUN.validate_json(text, strict=True)
        except (InvalidInput, ValidationError) as error:
            raise UnknownRun(
                "This server no longer holds that text. Press Run to compute it again."
            ) from error

    def language_model(self, run: Run) -> LanguageModel:
        """The model of a run."""
        return self.models.get(run.model)

    def trace(
        self,
        run: Run,
        *,
        on_layer: Callable[[int], None] = lambda _layer: None,
        is_cancelled: IsCancelled = lambda: False,
    ) -> Trace:
        """The trace of a run: read from the cache, recorded first if nobody has.

        Raises:
            InvalidInput: the model no longer reads these tokens.
            Cancelled: `is_cancelled` turned true before it was there.
        """
        lm = self.language_model(run)
        lm.require_readable(run.ids)
        key = trace_key(lm.fingerprint, run.ids)

        def compute() -> Buffer:
            with self.turns.turn():
                return record(lm.model, run.ids, on_layer=on_layer, is_cancelled=is_cancelled)

        return Trace(lm.model, self._traces.fetch(key, compute, is_cancelled))

    def predictions(self, run: Run) -> Predictions:
        """Surprisal, entropy and rank of every token of a run, kept like a trace."""

        def compute(trace: Trace) -> Predictions:
            return predictions(trace.model, trace.resid_pre(trace.config.n_layer), run.ids)

        return self._derived([run], Predictions, compute)

    def overview(self, run: Run) -> Overview:
        """Maps and measures of every head on a run, kept like a trace."""
        return self._derived([run], Overview, lambda trace: overview(trace, _OVERVIEW_CELLS))

    def rollouts(self, run: Run) -> Rollouts:
        """What reaches each position of a run through all layers, kept like a trace."""
        return self._derived([run], Rollouts, rollouts)

    def passport(self, run: Run) -> Passport:
        """What the heads of a run's model do on random tokens, kept like a trace."""
        lm = self.language_model(run)

        def write() -> Buffer:
            with self.turns.turn():
                found = passport(lm.model)
            counts = {"n_random": torch.tensor(found.n_random), "n_text": torch.tensor(found.n_text)}
            return _written({**vars(found), **counts})

        kept = self._traces.fetch(trace_key(lm.fingerprint, (), quantity=f"{__version__} passport"), write)
        return Passport(
            int(kept["n_random"]),
            int(kept["n_text"]),
            kept["previous_token"],
            kept["previous_token_null"],
            kept["induction"],
            kept["induction_null"],
            kept["key_composition"],
        )

    def distances(self, a: Run, b: Run, pairs: Pairs) -> Distances:
        """How far every head's patterns on two runs are from each other, kept like a trace."""

        def compute(trace_a: Trace, trace_b: Trace) -> Distances:
            return js_distances(trace_a, trace_b, pairs)

        return self._derived((a, b), Distances, compute, about=str(pairs))

    def _derived(
        self, runs: Sequence[Run], kind: type[Derived], compute: Callable[..., Derived], about: str = ""
    ) -> Derived:
        """Tensors that follow from the traces of some runs and cost more than a click.

        What another version of this code has kept, or of these tensors, is not found under the key.
        """

        def write() -> Buffer:
            traces = [self.trace(run) for run in runs]  # before the turn: to record one takes a turn itself
            with self.turns.turn():
                return _written(vars(compute(*traces)))

        names: list[str] = [field.name for field in fields(kind)]
        about = " ".join([__version__, kind.__name__, *names, about])
        for run in reversed(runs):
            about = trace_key(self.language_model(run).fingerprint, run.ids, quantity=about)
        kept = self._traces.fetch(about, write)
        return kind(**{name: kept[name] for name in names})

    def _stored_run(self, key: object) -> bytes:
        found = self._runs.get(key if isinstance(key, str) else "")
        return b"" if found is None else bytes(found)


def current() -> Runtime:
    """The runtime of the app that serves this request."""
    runtime: Runtime = current_app.extensions[_EXTENSION]
    return runtime


def storage_problem(trace: Trace) -> str | None:
    """Why a trace could not be kept, in a sentence, if it could not."""
    problem = trace.stored.problem if isinstance(trace.stored, CachedTensors) else None
    return str(problem) if problem else None


def _written(tensors: Mapping[str, Tensor]) -> Buffer:
    writer = TensorWriter({name: (t.shape, t.dtype) for name, t in tensors.items()}, {})
    for name, tensor in tensors.items():
        writer.put(name, tensor)
    return writer.seal()


def _byte_cache(app: Flask, settings: Settings, name: str, max_bytes: int) -> ByteCache:
    """One flask-caching cache; its back end is set by the configuration alone."""
    cache = Cache(
        app,
        config={
            "CACHE_TYPE": "gpt2dash.file_cache.FileCache",
            "CACHE_DIR": str(settings.cache_folder / name),
            "CACHE_OPTIONS": {"max_bytes": max_bytes},
            "CACHE_DEFAULT_TIMEOUT": 0,
        },
    )
    backend: ByteCache = app.extensions["cache"][cache]
    return backend
