"""Read one head's pattern from a stored trace in a process that has not seen it."""

import json
import re
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.child import in_fresh_process
from benchmarks.measurement import Measurement, Target
from benchmarks.recording import CACHE_BYTES, store
from benchmarks.subject import FULL, Subject, read_subject
from benchmarks.timing import seconds
from gpt2dash.file_cache import FileCache
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.tensor_file import Buffer
from gpt2dash.trace import Trace
from gpt2dash.trace_cache import TraceCache, trace_key

_PROCESSES = 5


def measure(subject: Subject) -> list[Measurement]:
    """Time of the first pattern, and how much of the file was touched for it."""
    n_tokens, n_layer = subject.longest, subject.lm.model.config.n_layer
    with tempfile.TemporaryDirectory() as folder:
        store(subject, FileCache(Path(folder), CACHE_BYTES), n_tokens)
        runs = [
            in_fresh_process("benchmarks.reading", subject.folder, folder, n_tokens)
            for _ in range(min(_PROCESSES, subject.rounds))
        ]
    found = {name: median(run[name] for run in runs) for name in runs[0]}
    what = f"a stored trace of {n_tokens:,} tokens"
    return [
        Measurement(
            f"read one head's pattern from {what}, first in its process",
            found["first_ms"],
            "ms",
            found["all_ms"],
            "all that is stored",
            Target("value", 50) if n_tokens == FULL else None,
        ),
        Measurement(f"read another head's pattern from {what}", found["next_ms"], "ms"),
        Measurement(
            f"bytes of {what} touched for one pattern",
            found["touched_mb"],
            "MB",
            found["stored_mb"],
            "all that is stored",
            Target("ratio", 1 / n_layer) if n_tokens == FULL else None,
        ),
    ]


def read_patterns(folder: Path, cache_folder: Path, n_tokens: int) -> dict[str, float]:
    """Load the model, then read: a pattern, one of another layer, everything."""
    subject = read_subject(folder, rounds=1)
    model, ids = subject.lm.model, subject.ids(n_tokens)
    cache = TraceCache(FileCache(cache_folder, CACHE_BYTES))
    key = trace_key(subject.lm.fingerprint, ids)

    def opened() -> Trace:
        return Trace(model, cache.fetch(key, _missing))

    layer = model.config.n_layer - 1
    first_ms = 1e3 * seconds(lambda: opened().pattern(layer, 0))
    trace = opened()
    trace.pattern(layer, 0)
    touched, stored = mapped_bytes(cache_folder)
    next_ms = 1e3 * seconds(lambda: trace.pattern(0, 0))
    return {
        "first_ms": first_ms,
        "next_ms": next_ms,
        "all_ms": 1e3 * seconds(lambda: read_all(opened(), model)),
        "touched_mb": touched / 1e6,
        "stored_mb": stored / 1e6,
    }


def read_all(trace: Trace, model: GPT2) -> None:
    """Every stored activation once."""
    for layer in range(model.config.n_layer):
        for read in (trace.resid_pre, trace.q, trace.k, trace.v, trace.mlp_pre):
            read(layer)
    trace.resid_pre(model.config.n_layer)


def mapped_bytes(folder: Path) -> tuple[int, int]:
    """Of the files in a folder that this process has mapped: bytes touched, and bytes in all."""
    touched = stored = 0
    is_inside = False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            is_inside = str(folder.resolve()) in line
        elif is_inside and line.startswith(("Rss:", "Size:")):
            n_bytes = 1_024 * int(line.split()[1])
            touched += n_bytes if line.startswith("Rss:") else 0
            stored += n_bytes if line.startswith("Size:") else 0
    return touched, stored


def _missing() -> Buffer:
    raise RuntimeError("the trace is not stored")


if __name__ == "__main__":
    print(json.dumps(read_patterns(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))
