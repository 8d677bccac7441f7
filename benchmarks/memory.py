"""Peak memory of recording a trace, above the loaded model, each in a process of its own."""

import json
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.child import in_fresh_process
from benchmarks.measurement import Measurement, Target
from benchmarks.recording import CACHE_BYTES, store
from benchmarks.subject import FULL, Subject, peer, peer_outputs, read_subject
from gpt2dash.file_cache import FileCache

_WARM_UP_TOKENS = 8


def measure(subject: Subject) -> list[Measurement]:
    """gpt2dash and transformers on the longest text."""
    n_tokens = subject.longest
    peaks = {
        who: in_fresh_process("benchmarks.memory", who, subject.folder, n_tokens)["peak"] / 1e6
        for who in ("gpt2dash", "transformers")
    }
    target = Target("value", 1_000) if n_tokens == FULL else None
    what = f"peak memory of recording above the model, {n_tokens:,} tokens"
    return [Measurement(what, peaks["gpt2dash"], "MB", peaks["transformers"], "transformers", target)]


def recording_peak(folder: Path, n_tokens: int) -> int:
    """Bytes that recording and storing takes at its peak, beyond a loaded and used model."""
    subject = read_subject(folder, rounds=1)
    with tempfile.TemporaryDirectory() as kept:
        cache = FileCache(Path(kept), CACHE_BYTES)
        store(subject, cache, _WARM_UP_TOKENS)
        return peak_above(lambda: store(subject, cache, n_tokens))


def peer_peak(folder: Path, n_tokens: int) -> int:
    """The same of a transformers forward pass with its outputs."""
    subject, theirs = read_subject(folder, rounds=1), peer(folder, "eager")
    peer_outputs(theirs, subject.ids(_WARM_UP_TOKENS))
    ids = subject.ids(n_tokens)
    return peak_above(lambda: peer_outputs(theirs, ids))


def peak_above(action: Callable[[], object]) -> int:
    """Resident bytes at the highest moment of a call, less those before it."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak so far is forgotten
    before = _status_bytes("VmRSS")
    action()
    return _status_bytes("VmHWM") - before


def _status_bytes(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"this system does not tell {name}")
    return 1_024 * int(found.group(1))


if __name__ == "__main__":
    peak = {"gpt2dash": recording_peak, "transformers": peer_peak}[sys.argv[1]]
    print(json.dumps({"peak": peak(Path(sys.argv[2]), int(sys.argv[3]))}))
