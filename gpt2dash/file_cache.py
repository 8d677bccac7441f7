"""A flask-caching back end that keeps bytes in private files, within a budget of bytes.

Values are bytes and come back as a memory map: reading a part of a large value touches that part
only, and all processes share the pages. A value appears whole or not at all: it is written to a
temporary name, then renamed. (After a power cut a file may still be damaged; whoever needs to know
keeps checksums in the value.) There is no pickle and no expiry; when the budget is reached, the
least recently used values go first.
"""

import contextlib
import logging
import mmap
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_caching.backends.base import BaseCache

from gpt2dash.errors import InvalidInput, StorageProblem
from gpt2dash.file_lock import file_lock
from gpt2dash.tensor_file import Buffer

logger = logging.getLogger(__name__)

_KEY = re.compile(r"[0-9a-z][0-9a-z._-]{0,127}")
_SUFFIX = ".value"
_UNFINISHED = ".part"
_BLOCK = 4_096
"""Disks give space in such pieces, so a value of a few bytes counts as much."""


class FileCache(BaseCache):
    """get, set, delete, has and clear over one folder, plus a lock per key.

    Args:
        folder: made when missing, readable by its owner only.
        max_bytes: most bytes of all values together, each rounded up to whole blocks of 4 KiB.

    Raises:
        StorageProblem: the folder cannot be made or written.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        super().__init__(default_timeout=0)
        self.folder = folder
        self.max_bytes = max_bytes
        self._locks = folder / "locks"
        with self._told_in_a_sentence():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
            self._locks.mkdir(exist_ok=True, mode=0o700)
        self.require_writable()

    @classmethod
    def factory(
        cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> "FileCache":
        """What flask-caching calls: `CACHE_DIR` and `CACHE_OPTIONS["max_bytes"]`."""
        del app, args
        return cls(Path(config["CACHE_DIR"]), kwargs["max_bytes"])

    def get(self, key: str) -> memoryview | None:
        """The value as a memory map, or None. Marks it as used now."""
        try:
            with self._path(key).open("rb") as file:
                # a disk that has become read-only still serves what it holds
                with contextlib.suppress(OSError):
                    _mark_used(file.fileno())
                return _mapped(file.fileno())
        except FileNotFoundError:
            return None
        except OSError as error:
            logger.warning("cache value %s cannot be read: %s", key, error)
            return None

    def set(self, key: str, value: Buffer, timeout: int | timedelta | None = None) -> bool:
        """Store a value, making room first; always True.

        Raises:
            StorageProblem: the value exceeds the whole budget, the disk is full or the folder
                cannot be written; nothing is left behind.
        """
        del timeout
        path = self._path(key)
        size = _on_disk(memoryview(value).nbytes)
        if size > self.max_bytes:
            raise StorageProblem(
                f"The result takes {_mib(size)}, the whole cache {_mib(self.max_bytes)}, so it is not kept. "
                "Raise GPT2DASH_CACHE_MIB or take a shorter text."
            )
        # One writer at a time: whatever is unfinished when the lock is ours belongs to nobody alive.
        with self._told_in_a_sentence(), file_lock(self._locks / ".store"):
            self._remove_unfinished()
            self._make_room(size, keep=path)
            _write(path, value)
        return True

    def delete(self, key: str) -> bool:
        """Remove a value. True when there was one and it could be removed."""
        try:
            self._path(key).unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            logger.warning("cache value %s cannot be removed: %s", key, error)
            return False
        return True

    def has(self, key: str) -> bool:
        """Is there a value? Does not mark it as used."""
        return self._path(key).exists()

    def clear(self) -> bool:
        """Remove every value; always True.

        Raises:
            StorageProblem: the folder cannot be written.
        """
        with self._told_in_a_sentence(), file_lock(self._locks / ".store"):
            self._remove_unfinished()
            for path, _ in self._values():
                path.unlink(missing_ok=True)
        return True

    def size(self) -> tuple[int, int]:
        """Number of values, and their bytes together."""
        sizes = [stat.st_size for _, stat in self._values()]
        return len(sizes), sum(sizes)

    @contextlib.contextmanager
    def lock(self, key: str, is_cancelled: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Hold the one lock of a key, among all threads and processes on this machine.

        Raises:
            Cancelled: nobody waits any more.
            StorageProblem: the folder cannot be written.
        """
        with contextlib.ExitStack() as held:
            with self._told_in_a_sentence():
                held.enter_context(file_lock(self._locks / self._path(key).stem, is_cancelled))
            yield

    def require_writable(self) -> None:
        """Try the disk with one block, which leaves no trace.

        Raises:
            StorageProblem: it is full, or the folder cannot be written.
        """
        with self._told_in_a_sentence(), tempfile.TemporaryFile(dir=self.folder) as file:
            file.write(bytes(_BLOCK))
            file.flush()

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise InvalidInput(f"{key[:80]!r} is not a cache key.")
        return self.folder / f"{key}{_SUFFIX}"

    def _values(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self.folder.glob(f"*{_SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):
                yield path, path.stat()

    def _remove_unfinished(self) -> None:
        for leftover in self.folder.glob(f"*{_UNFINISHED}"):
            leftover.unlink(missing_ok=True)

    def _make_room(self, size: int, keep: Path) -> None:
        others = [(stat.st_mtime_ns, _on_disk(stat.st_size), path) for path, stat in self._values()]
        others = sorted(other for other in others if other[2] != keep)
        excess = sum(on_disk for _, on_disk, _ in others) + size - self.max_bytes
        for _, on_disk, path in others:
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= on_disk

    @contextlib.contextmanager
    def _told_in_a_sentence(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageProblem(
                f"Results cannot be kept in the cache folder {self.folder}: {error.strerror or error}. "
                "Make room there, let this user write there, or name another folder in GPT2DASH_CACHE_DIR."
            ) from error


def _write(path: Path, value: Buffer) -> None:
    unfinished = path.with_name(f"{path.name}{_UNFINISHED}")
    try:
        with open(unfinished, "xb", opener=_private) as file:
            file.write(value)
            _mark_used(file.fileno())
        unfinished.replace(path)  # only now, when the last byte has left the buffer
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _mapped(descriptor: int) -> memoryview:
    if os.fstat(descriptor).st_size == 0:
        return memoryview(b"")
    # copy-on-write: torch accepts the map, the file stays as it is, pages are shared
    return memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_COPY))


def _mark_used(descriptor: int) -> None:
    """To the nanosecond; the system's own stamps tell no order within a few milliseconds."""
    now = time.time_ns()
    os.utime(descriptor, ns=(now, now))


def _on_disk(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _mib(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MiB"
