import ast
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gpt2dash
from gpt2dash.errors import Cancelled
from gpt2dash.file_cache import FileCache
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.tokens import Tokenizer
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace, record
from gpt2dash.trace_cache import TraceCache, trace_key

IDS = [3, 14, 15, 92, 65, 35]

EIGHT_ASK_AT_ONCE = """
import multiprocessing, sys, time
from pathlib import Path
import torch
from gpt2dash.file_cache import FileCache
from gpt2dash.tensor_file import TensorWriter
from gpt2dash.trace_cache import TraceCache

folder = Path(sys.argv[1])
fork = multiprocessing.get_context("fork")
everybody_is_ready = fork.Barrier(8)

def compute():
    with (folder / "computed").open("a") as file:
        file.write("once\\n")
    time.sleep(0.5)
    writer = TensorWriter({"x": ((2,), torch.float32)}, {})
    writer.put("x", torch.ones(2))
    return writer.seal()

def ask():
    cache = TraceCache(FileCache(folder / "cache", 1 << 20))
    everybody_is_ready.wait()
    assert cache.fetch("key", compute)["x"].tolist() == [1.0, 1.0]

processes = [fork.Process(target=ask) for _ in range(8)]
for process in processes:
    process.start()
for process in processes:
    process.join()
sys.exit(max(abs(process.exitcode) for process in processes))
"""

DIE_WHILE_RECORDING = """
import sys
from pathlib import Path
from gpt2dash.file_cache import FileCache
from gpt2dash.model.checkpoint import load_model
from gpt2dash.trace import record
from gpt2dash.trace_cache import TraceCache

def stop(layer):
    if layer == 1:
        print("recording", flush=True)
        sys.stdin.read()

model = load_model(Path(sys.argv[1]))
cache = TraceCache(FileCache(Path(sys.argv[2]), 1 << 20))
cache.fetch("key", lambda: record(model, [3, 14, 15, 92, 65, 35], on_layer=stop))
"""


class Counted:
    """A trace's file, and how often it was computed."""

    def __init__(self, model: GPT2) -> None:
        self.model = model
        self.times = 0

    def __call__(self) -> bytearray:
        self.times += 1
        return record(self.model, IDS)


@pytest.fixture
def files(tmp_path: Path) -> FileCache:
    return FileCache(tmp_path / "cache", 1 << 20)


@pytest.fixture
def cache(files: FileCache) -> TraceCache:
    return TraceCache(files)


@pytest.fixture
def compute(tiny_model: GPT2) -> Counted:
    return Counted(tiny_model)


def test_a_second_fetch_computes_nothing(cache: TraceCache, compute: Counted) -> None:
    first = cache.fetch("key", compute)
    second = cache.fetch("key", compute)
    assert compute.times == 1
    assert first.problem is None
    assert second.problem is None


def test_a_hit_equals_a_miss_bit_for_bit(cache: TraceCache, compute: Counted) -> None:
    miss, hit = (Trace(compute.model, cache.fetch("key", compute)) for _ in range(2))
    for layer in range(compute.model.config.n_layer):
        for read in (Trace.resid_pre, Trace.q, Trace.k, Trace.v, Trace.mlp_pre):
            assert torch.equal(read(miss, layer), read(hit, layer))
        assert torch.equal(miss.pattern(layer, 1), hit.pattern(layer, 1))
    assert torch.equal(miss.logits, hit.logits)


def empty(value: bytearray) -> bytearray:
    return value[:0]


def truncated(value: bytearray) -> bytearray:
    return value[: len(value) // 2]


def lengthened(value: bytearray) -> bytearray:
    return value + b"\0"


def with_a_damaged_length(value: bytearray) -> bytearray:
    return bytearray([value[0] ^ 1]) + value[1:]


def with_a_damaged_header(value: bytearray) -> bytearray:
    return value.replace(b'"F32"', b'"F16"', 1)


def with_another_name(value: bytearray) -> bytearray:
    return value.replace(b'"q.0":', b'"q.9":')


def with_an_altered_last_bit(value: bytearray) -> bytearray:
    return value[:-1] + bytes([value[-1] ^ 1])


@pytest.mark.parametrize(
    "damage",
    [
        empty,
        truncated,
        lengthened,
        with_a_damaged_length,
        with_a_damaged_header,
        with_another_name,
        with_an_altered_last_bit,
    ],
)
def test_a_damaged_entry_is_dropped_logged_and_computed_again(
    cache: TraceCache,
    files: FileCache,
    compute: Counted,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[bytearray], bytearray],
) -> None:
    whole = compute()
    files.set("key", damage(whole))
    kept = cache.fetch("key", compute)
    assert torch.equal(kept["resid_final"], TensorReader(whole)["resid_final"])
    assert "key is damaged" in caplog.text
    assert bytes(files.get("key") or b"") == whole


def altered_in(value: bytearray, name: str) -> bytearray:
    """The file with one bit of one tensor turned, found by its values."""
    at = value.index(TensorReader(value)[name].numpy().tobytes())
    return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]


def test_a_layer_reads_on_while_another_is_damaged(
    cache: TraceCache, files: FileCache, compute: Counted
) -> None:
    whole = compute()
    files.set("key", altered_in(whole, "q.1"))
    kept = cache.fetch("key", compute)
    assert torch.equal(kept["q.0"], TensorReader(whole)["q.0"])
    assert compute.times == 1
    assert torch.equal(kept["q.1"], TensorReader(whole)["q.1"])
    assert compute.times == 2


def test_of_many_who_meet_a_damaged_tensor_one_mends_it(
    cache: TraceCache, files: FileCache, compute: Counted
) -> None:
    files.set("key", altered_in(compute(), "q.1"))
    readers = [cache.fetch("key", compute) for _ in range(5)]
    for reader in readers:
        _ = reader["q.1"]
    assert compute.times == 2


def test_threads_that_ask_at_once_compute_once(cache: TraceCache, compute: Counted) -> None:
    everybody_is_ready = threading.Barrier(8)

    def ask() -> None:
        everybody_is_ready.wait()
        cache.fetch("key", compute)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert compute.times == 1


def test_eight_processes_that_ask_at_once_compute_once(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", EIGHT_ASK_AT_ONCE, str(tmp_path)], check=True)
    assert (tmp_path / "computed").read_text() == "once\n"


def test_a_process_killed_while_recording_leaves_no_entry_and_no_lock(
    files: FileCache, compute: Counted, tiny_folder: Path
) -> None:
    command = [sys.executable, "-c", DIE_WHILE_RECORDING, str(tiny_folder), str(files.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"recording\n"
        process.kill()
        process.wait()
    assert files.size() == (0, 0)
    TraceCache(files).fetch("key", compute, is_cancelled=lambda: True)  # does not wait for the dead
    assert compute.times == 1


def test_who_waits_for_a_computation_may_leave(cache: TraceCache, files: FileCache, compute: Counted) -> None:
    with files.lock("key"), pytest.raises(Cancelled):
        cache.fetch("key", compute, is_cancelled=lambda: True)
    assert compute.times == 0


def test_after_a_cancelled_computation_the_next_computes(cache: TraceCache, compute: Counted) -> None:
    def give_up() -> bytearray:
        raise Cancelled

    with pytest.raises(Cancelled):
        cache.fetch("key", give_up)
    cache.fetch("key", compute)
    assert compute.times == 1


def test_a_result_that_cannot_be_kept_is_used_and_the_reason_told(tmp_path: Path, compute: Counted) -> None:
    cache = TraceCache(FileCache(tmp_path / "cache", 4_096))
    kept = cache.fetch("key", compute)
    assert kept["token_ids"].tolist() == IDS
    assert "GPT2DASH_CACHE_MIB" in str(kept.problem)


def test_a_lost_folder_only_costs_the_keeping(files: FileCache, compute: Counted, tmp_path: Path) -> None:
    files.folder.rename(tmp_path / "elsewhere")
    files.folder.touch()
    kept = TraceCache(files).fetch("key", compute)
    assert kept["token_ids"].tolist() == IDS
    assert "GPT2DASH_CACHE_DIR" in str(kept.problem)


def test_a_name_that_was_never_stored_is_our_mistake_and_drops_nothing(
    cache: TraceCache, files: FileCache, compute: Counted
) -> None:
    with pytest.raises(KeyError):
        _ = cache.fetch("key", compute)["no such tensor"]
    assert files.has("key")


ids = st.lists(st.integers(0, 50_256), min_size=1, max_size=20)


@given(ids, ids)
def test_keys_differ_exactly_when_the_tokens_do(a: list[int], b: list[int]) -> None:
    assert (trace_key("weights", a) == trace_key("weights", tuple(b))) == (a == b)


@given(st.text(), st.text(), st.text(), st.text())
def test_keys_differ_exactly_when_weights_or_quantity_do(a: str, b: str, c: str, d: str) -> None:
    equal = trace_key(a, [1], quantity=c) == trace_key(b, [1], quantity=d)
    assert equal == ((a, c) == (b, d))


@given(st.text(min_size=1), st.text(min_size=1))
def test_different_texts_have_different_keys(tiny_tokenizer: Tokenizer, a: str, b: str) -> None:
    keys = [trace_key("weights", tiny_tokenizer.encode(text)) for text in (a, b)]
    assert (keys[0] == keys[1]) == (a == b)


def test_an_accented_letter_has_two_spellings_and_two_keys(tiny_tokenizer: Tokenizer) -> None:
    keys = {trace_key("weights", tiny_tokenizer.encode(text)) for text in ("caf\u00e9", "cafe\u0301", "cafe")}
    assert len(keys) == 3


def test_a_key_is_one_that_the_cache_takes(files: FileCache) -> None:
    assert not files.has(trace_key("weights", IDS))


def imported(path: Path) -> set[str]:
    """Every module or name that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    return plain | {
        f"{node.module}.{name.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def test_nothing_is_ever_unpickled() -> None:
    unpicklers = ("pickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve")
    found = {
        name
        for path in Path(gpt2dash.__file__).parent.rglob("*.py")
        for name in imported(path)
        if name.partition(".")[0] in unpicklers
    }
    assert found == {"pickle.UnpicklingError"}
