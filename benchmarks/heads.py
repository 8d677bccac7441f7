"""All heads of a text at once: time and bytes, beside BertViz's head view of the same text."""

import gzip
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask

from benchmarks.measurement import Measurement, Target
from benchmarks.subject import FULL, Subject, peer
from benchmarks.timing import seconds
from gpt2dash.callbacks.attention.heads import HEADS
from gpt2dash.callbacks.panel import answers
from gpt2dash.run import Run
from gpt2dash.runtime import Runtime
from gpt2dash.settings import Settings

_SHORT = 64
_FIRST_MS = {_SHORT: 100, FULL: 1_500}
_AGAIN_MS = {_SHORT: 100, FULL: 50}
_KB = {_SHORT: 150, FULL: 400}
_FRESH = 3
_MOST_FOR_BERTVIZ = 256
"""Its page of 256 tokens takes a quarter of a gigabyte."""


def measure(subject: Subject) -> list[Measurement]:
    """The overview on a short and on the longest text; BertViz where it is installed."""
    lengths = sorted({min(_SHORT, subject.longest), subject.longest})
    found = [measurement for n_tokens in lengths for measurement in _overview(subject, n_tokens)]
    return found + _beside_bertviz(subject, min(_MOST_FOR_BERTVIZ, subject.longest))


def _overview(subject: Subject, n_tokens: int) -> list[Measurement]:
    firsts = []
    for _ in range(min(_FRESH, subject.rounds)):
        with _served_here(subject, n_tokens) as view:
            firsts.append(seconds(view))
    with _served_here(subject, n_tokens) as view:
        view()
        again_ms = 1e3 * median(seconds(view) for _ in range(subject.rounds))
        n_bytes = len(gzip.compress(view()))
    what = f"overview of all heads, {n_tokens:,} tokens"
    return [
        Measurement(
            f"{what}, on the server, first time",
            1e3 * median(firsts),
            "ms",
            target=_most(_FIRST_MS, n_tokens),
        ),
        Measurement(f"{what}, on the server, again", again_ms, "ms", target=_most(_AGAIN_MS, n_tokens)),
        Measurement(f"{what}, compressed", n_bytes / 1e3, "kB", target=_most(_KB, n_tokens)),
    ]


def _most(limits: dict[int, int], n_tokens: int) -> Target | None:
    return Target("value", limits[n_tokens]) if n_tokens in limits else None


def _beside_bertviz(subject: Subject, n_tokens: int) -> list[Measurement]:
    """From text to something to look at, and the bytes of it: first time, nothing recorded before."""
    with _served_here(subject, n_tokens, is_recorded=False) as view:
        ours_s = seconds(view)
        ours_mb = len(view()) / 1e6
    theirs = _bertviz(subject, n_tokens) if find_spec("bertviz") else None
    theirs_s = seconds(theirs) if theirs else None
    theirs_mb = len(theirs()) / 1e6 if theirs else None
    versus = "BertViz head_view" if theirs else ""
    what = f"text to all heads, {n_tokens:,} tokens"
    return [
        Measurement(f"{what}, first time", ours_s, "s", theirs_s, versus),
        Measurement(f"{what}, not compressed", ours_mb, "MB", theirs_mb, versus),
    ]


def _bertviz(subject: Subject, n_tokens: int) -> Callable[[], bytes]:
    import torch
    from bertviz import head_view

    model, ids = peer(subject.folder, "eager"), subject.ids(n_tokens)
    tokens = [subject.lm.tokenizer.decode([i]) for i in ids]

    def page() -> bytes:
        with torch.inference_mode():
            attention = model(torch.tensor([ids]), output_attentions=True).attentions
        made: str = head_view(attention, tokens, html_action="return").data
        return made.encode()

    return page


@contextmanager
def _served_here(
    subject: Subject, n_tokens: int, *, is_recorded: bool = True
) -> Iterator[Callable[[], bytes]]:
    """What the server answers about all heads of a text, as a function, in an app with an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        server = Flask("benchmark")
        runtime = Runtime(server, Settings(model=str(subject.folder), cache_dir=Path(folder)))
        run = Run(str(subject.folder), tuple(subject.ids(n_tokens)), n_tokens)
        with server.app_context():
            runtime.language_model(run)
            asked: dict[str, Any] = {"key": runtime.remember(run)}
            if is_recorded:
                runtime.trace(run)
            yield lambda: json.dumps(answers([HEADS], "a", asked)).encode()
