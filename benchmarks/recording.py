"""Record a trace and store it, beside a transformers forward pass that returns comparable outputs."""

import tempfile
from pathlib import Path

from benchmarks.measurement import Measurement, Target
from benchmarks.subject import FULL, Subject, peer, peer_outputs
from benchmarks.timing import interleaved, seconds
from gpt2dash.file_cache import FileCache
from gpt2dash.trace import record
from gpt2dash.trace_cache import TraceCache, trace_key

CACHE_BYTES = 4 << 30


def measure(subject: Subject) -> list[Measurement]:
    """Time at each length, and bytes stored for the longest text."""
    theirs = peer(subject.folder, "eager")
    with tempfile.TemporaryDirectory() as folder:
        cache = FileCache(Path(folder), CACHE_BYTES)
        found = [row for n in subject.lengths for row in _times(subject, cache, theirs, n)]
        n_bytes = cache.size()[1]
    stored = Measurement(
        f"stored trace, {subject.longest:,} tokens",
        n_bytes / 1e6,
        "MB",
        target=Target("value", 350) if subject.longest == FULL else None,
    )
    return [*found, stored]


def store(subject: Subject, cache: FileCache, n_tokens: int) -> None:
    """Record a text and keep it, as the server does."""
    ids = subject.ids(n_tokens)
    TraceCache(cache).fetch(trace_key(subject.lm.fingerprint, ids), lambda: record(subject.lm.model, ids))


def _times(subject: Subject, cache: FileCache, theirs: object, n_tokens: int) -> list[Measurement]:
    ids = subject.ids(n_tokens)

    def ours() -> float:
        cache.clear()
        return seconds(lambda: store(subject, cache, n_tokens))

    tasks = {
        "gpt2dash": ours,
        "whole": lambda: seconds(lambda: peer_outputs(theirs, ids)),
        "without logits": lambda: seconds(lambda: peer_outputs(theirs, ids, logits=1)),
    }
    took = {name: 1e3 * median for name, median in interleaved(tasks, subject.rounds).items()}
    what = f"record and store a trace, {n_tokens:,} tokens"
    return [
        Measurement(what, took["gpt2dash"], "ms", took["whole"], "transformers", Target("ratio", 1.0)),
        Measurement(
            f"{what} (*)", took["gpt2dash"], "ms", took["without logits"], "transformers, last logits only"
        ),
    ]
