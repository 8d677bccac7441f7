import logging
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask_caching import Cache

from gpt2dash.errors import Cancelled, InvalidInput, StorageProblem
from gpt2dash.file_cache import FileCache

BLOCK = 4_096
DIE_HALFWAY = """
import sys
from pathlib import Path
import gpt2dash.file_cache as file_cache

def open_and_stop_halfway(*args, **kwargs):
    file = open(*args, **kwargs)
    write = file.write
    def halfway(value):
        write(value[:len(value) // 2])
        file.flush()
        print("half", flush=True)
        sys.stdin.read()
    return Stopping(file, halfway)

class Stopping:
    def __init__(self, file, write):
        self.file, self.write = file, write
    def __enter__(self):
        return self
    def __exit__(self, *_):
        self.file.close()

file_cache.open = open_and_stop_halfway
file_cache.FileCache(Path(sys.argv[1]), 1 << 20).set("key", bytes(100_000))
"""


@pytest.fixture
def cache(tmp_path: Path) -> FileCache:
    return FileCache(tmp_path / "cache", 10 * BLOCK)


def files(cache: FileCache) -> list[str]:
    return sorted(path.name for path in cache.folder.rglob("*") if path.is_file())


@contextmanager
def largest_file(n_bytes: int) -> Iterator[None]:
    """The system refuses to write more into one file, as a full disk does: in the middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("value", [b"", b"one", bytes(range(256)) * 40])
def test_what_was_set_is_got(cache: FileCache, value: bytes) -> None:
    assert cache.set("key", value)
    found = cache.get("key")
    assert found is not None
    assert bytes(found) == value
    assert cache.has("key")


def test_what_was_not_set_is_missing(cache: FileCache) -> None:
    assert cache.get("key") is None
    assert not cache.has("key")
    assert not cache.delete("key")


def test_a_small_value_is_whole_at_the_moment_it_appears(
    cache: FileCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    rename = Path.replace

    def look_and_rename(path: Path, target: Path) -> Path:
        sizes.append(path.stat().st_size)
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", look_and_rename)
    cache.set("key", b"a few bytes")
    assert sizes == [11]


def test_delete_and_clear_remove_values(cache: FileCache) -> None:
    for key in ("a", "b", "c"):
        cache.set(key, b"x")
    assert cache.delete("a")
    assert cache.size() == (2, 2)
    cache.clear()
    assert files(cache) == []


def test_an_old_value_stays_readable_while_it_is_replaced(cache: FileCache) -> None:
    cache.set("key", b"old")
    old = cache.get("key")
    cache.set("key", b"new")
    assert old is not None
    assert bytes(old) == b"old"


def test_writing_into_a_value_changes_nobody_elses(cache: FileCache) -> None:
    cache.set("key", b"abc")
    mine, theirs = cache.get("key"), cache.get("key")
    assert mine is not None
    assert theirs is not None
    mine[0] = ord("X")
    assert bytes(theirs) == b"abc"


@pytest.mark.parametrize("key", ["", "../up", "a/b", ".hidden", "A", "a\n", "ä", "x" * 129, "a\0b"])
def test_a_key_is_never_a_path(cache: FileCache, key: str) -> None:
    with pytest.raises(InvalidInput, match="is not a cache key"):
        cache.get(key)


def test_folder_and_files_are_their_owners_alone(cache: FileCache) -> None:
    cache.set("key", b"secret")
    assert cache.folder.stat().st_mode & 0o777 == 0o700
    assert (cache.folder / "key.value").stat().st_mode & 0o777 == 0o600


def test_an_open_folder_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir(mode=0o755)
    assert FileCache(tmp_path / "cache", BLOCK).folder.stat().st_mode & 0o777 == 0o700


def test_the_least_recently_used_goes_first(cache: FileCache) -> None:
    for i in range(10):
        cache.set(f"key{i}", bytes(BLOCK))
    cache.get("key0")
    cache.set("new", bytes(2 * BLOCK))
    assert [f"key{i}" for i in range(10) if not cache.has(f"key{i}")] == ["key1", "key2"]


def test_asking_whether_a_value_is_there_is_no_use_of_it(cache: FileCache) -> None:
    for i in range(10):
        cache.set(f"key{i}", bytes(BLOCK))
    cache.has("key0")
    cache.set("new", b"x")
    assert not cache.has("key0")


def test_the_budget_holds_for_any_sizes(cache: FileCache) -> None:
    for i in range(200):
        cache.set(f"key{i % 50}", bytes(37 * i))
        assert (
            sum(-(-path.stat().st_size // BLOCK) * BLOCK for path in cache.folder.glob("*.value"))
            <= 10 * BLOCK
        )


def test_many_tiny_values_count_what_the_disk_gives_them(cache: FileCache) -> None:
    for i in range(25):
        cache.set(f"key{i}", b"x")
    assert cache.size() == (10, 10)


def test_replacing_a_value_drops_no_other(cache: FileCache) -> None:
    cache.set("small", b"x")
    for _ in range(3):
        cache.set("large", bytes(9 * BLOCK))
    assert cache.has("small")


def test_a_value_larger_than_the_whole_budget_is_refused_and_drops_nothing(cache: FileCache) -> None:
    cache.set("small", b"x")
    with pytest.raises(StorageProblem, match="GPT2DASH_CACHE_MIB"):
        cache.set("large", bytes(11 * BLOCK))
    assert files(cache) == ["small.value"]


def test_a_full_disk_is_told_and_leaves_nothing_behind(cache: FileCache) -> None:
    with largest_file(2 * BLOCK), pytest.raises(StorageProblem, match=r"too large.*GPT2DASH_CACHE_DIR"):
        cache.set("key", bytes(5 * BLOCK))
    assert files(cache) == []


def test_a_full_disk_leaves_the_old_value(cache: FileCache) -> None:
    cache.set("key", b"old")
    with largest_file(2 * BLOCK), pytest.raises(StorageProblem):
        cache.set("key", bytes(5 * BLOCK))
    assert bytes(cache.get("key") or b"") == b"old"


def test_a_full_disk_is_not_writable(cache: FileCache) -> None:
    cache.require_writable()
    with largest_file(0), pytest.raises(StorageProblem):
        cache.require_writable()


def test_a_folder_that_is_a_file_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageProblem, match="GPT2DASH_CACHE_DIR"):
        FileCache(tmp_path / "file" / "traces", BLOCK)


@pytest.fixture
def lost(cache: FileCache) -> FileCache:
    """A cache whose folder has been taken away and can be neither read nor written nor made again."""
    shutil.rmtree(cache.folder)
    cache.folder.touch()
    return cache


def test_a_lost_folder_refuses_to_write_in_a_sentence(lost: FileCache) -> None:
    with pytest.raises(StorageProblem, match="GPT2DASH_CACHE_DIR"):
        lost.set("key", b"x")
    with pytest.raises(StorageProblem, match="GPT2DASH_CACHE_DIR"), lost.lock("key"):
        pass


def test_a_lost_folder_reads_as_empty(lost: FileCache, caplog: pytest.LogCaptureFixture) -> None:
    assert lost.get("key") is None
    assert not lost.delete("key")
    assert not lost.has("key")
    assert "cannot be read" in caplog.text


def test_a_writer_killed_halfway_leaves_no_value_and_no_lock(cache: FileCache) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DIE_HALFWAY, str(cache.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half\n"
        assert "key.value.part" in files(cache)
        writer.kill()
        writer.wait()
    assert cache.get("key") is None
    cache.set("key", b"whole")
    assert files(cache) == ["key.value"]


def test_a_live_writers_unfinished_file_is_left_alone(cache: FileCache) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DIE_HALFWAY, str(cache.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        other = threading.Thread(target=cache.set, args=("other", b"x"))
        other.start()
        other.join(timeout=0.2)
        assert (cache.folder / "key.value.part").exists()
        assert not cache.has("other")
        writer.kill()
        other.join()
    assert files(cache) == ["other.value"]


def test_threads_that_set_and_get_at_once_see_whole_values(cache: FileCache) -> None:
    wrong = []

    def work(name: int) -> None:
        for _ in range(25):
            cache.set("shared", bytes([name]) * 3_000)
            found = cache.get("shared")
            if found is None or len(set(found)) != 1 or len(found) != 3_000:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_key_has_one_lock(cache: FileCache) -> None:
    again = FileCache(cache.folder, BLOCK)
    with cache.lock("key"), pytest.raises(Cancelled), again.lock("key", is_cancelled=lambda: True):
        pass
    with again.lock("key", is_cancelled=lambda: True):
        pass


def test_an_error_of_the_work_under_a_lock_stays_what_it_is(cache: FileCache) -> None:
    with pytest.raises(FileNotFoundError), cache.lock("key"):
        raise FileNotFoundError


def test_flask_caching_finds_it_by_its_configuration(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    config = {
        "CACHE_TYPE": "gpt2dash.file_cache.FileCache",
        "CACHE_DIR": str(tmp_path / "cache"),
        "CACHE_OPTIONS": {"max_bytes": BLOCK},
    }
    app = Flask("test")
    cache = Cache(app, config=config)
    with app.app_context():
        cache.set("key", b"value")
        assert bytes(cache.get("key")) == b"value"
    assert caplog.records == []
