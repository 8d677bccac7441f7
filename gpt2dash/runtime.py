"""The one door from callbacks and routes to models and results."""

import logging
from collections.abc import Callable

from flask import Flask, current_app
from flask_caching import Cache

from gpt2dash import __version__
from gpt2dash.errors import InvalidInput, StorageProblem, UnknownRun
from gpt2dash.language_model import LanguageModel
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model_store import ModelStore
from gpt2dash.quantity import Kind, Quantity
from gpt2dash.run import Run
from gpt2dash.settings import Settings
from gpt2dash.tensor_file import Buffer
from gpt2dash.trace import Trace, record
from gpt2dash.trace_cache import ByteCache, CachedTensors, IsCancelled, TraceCache, trace_key
from gpt2dash.turns import Turns

logger = logging.getLogger(__name__)

_EXTENSION = "gpt2dash"
_BYTES_OF_RUNS = 64 << 20


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
        try:
            self._runs.set(run.key, run.to_json())
        except StorageProblem as problem:
            logger.warning("%s", problem)
            return run.to_json().decode()
        return run.key

    def run(self, key: object) -> Run:
        """The run behind a key from the browser.

        Raises:
            UnknownRun: this server does not hold it.
        """
        try:
            text = key if isinstance(key, str) and key.startswith("{") else self._stored_run(key)
            return Run.from_json(text)
        except InvalidInput as error:
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
            InvalidInput: the model no longer reads these tokens, or with these edits.
            Cancelled: `is_cancelled` turned true before it was there.
        """
        lm = self.language_model(run)
        lm.require_readable(run.ids, run.edits)

        def compute() -> Buffer:
            with self.turns.turn():
                return record(lm.model, run.ids, run.edits, on_layer=on_layer, is_cancelled=is_cancelled)

        return Trace(lm.model, self._traces.fetch(self._key(run), compute, is_cancelled))

    def kept(self, quantity: Quantity[Kind], *of: Run | LanguageModel, args: tuple[object, ...] = ()) -> Kind:
        """A quantity of some runs, or of a model, kept like a trace: computed by whoever asks first.

        What another version of this code has kept is not found.

        Args:
            quantity: what is asked for.
            of: the runs whose traces it follows from, or the model.
            args: further arguments; their `repr` is part of the key.
        """

        def write() -> Buffer:
            known = [self._known(source) for source in of]  # before the turn: to record takes one itself
            with self.turns.turn():
                return quantity.packed(quantity.compute(*known, *args))

        key = f"{__version__} {quantity.about(args)}"
        for source in reversed(of):
            key = self._key(source, key)
        return quantity.unpacked(self._traces.fetch(key, write))

    def _known(self, source: Run | LanguageModel) -> Trace | GPT2:
        return self.trace(source) if isinstance(source, Run) else source.model

    def _key(self, source: Run | LanguageModel, quantity: str = "trace") -> str:
        """The address of what follows from a run, or from a model alone."""
        if isinstance(source, LanguageModel):
            return trace_key(source.fingerprint, (), quantity=quantity)
        fingerprint = self.language_model(source).fingerprint
        return trace_key(fingerprint, source.ids, source.edits, quantity=quantity)

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
