"""A flask-caching back end that keeps bytes in private files, within a budget of bytes.

Values are bytes and come back as a memory map: reading a part of a large value touches that part
only, and all processes share the pages. A value appears whole or not at all (written to a
temporary name, then renamed). There is no pickle and no expiry; when the budget is reached the
least recently used value goes first.
"""

import contextlib
import logging
import mmap
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from flask import Flask
from flask_caching.backends.base import BaseCache

from gpt2dash.errors import Cancelled, InvalidInput, StorageProblem
from gpt2dash.tensor_file import Buffer

logger = logging.getLogger(__name__)

_KEY = re.compile(r"[0-9a-z][0-9a-z._-]{0,127}")
_SUFFIX = ".value"
_POLL_S = 0.05
_UNUSED_LOCK_S = 24 * 3_600.0


class FileCache(BaseCache):
    """get, set, delete, has and clear over one folder, plus a lock per key.

    Args:
        folder: made when missing, readable by its owner only.
        max_bytes: most bytes of all values together.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        super().__init__(default_timeout=0)
        self.folder = folder
        self.max_bytes = max_bytes
        try:
            (folder / "locks").mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        except OSError as error:
            raise StorageProblem(
                f"The cache folder {folder} cannot be used: {error.strerror}. "
                "Name another folder in GPT2DASH_CACHE_DIR."
            ) from error
        self._require_writable()

    @classmethod
    def factory(
        cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> "FileCache":
        """What flask-caching calls: `CACHE_DIR` and `CACHE_OPTIONS["max_bytes"]`."""
        del app, args
        return cls(Path(config["CACHE_DIR"]), kwargs["max_bytes"])

    def get(self, key: str) -> memoryview | None:
        """The value as a memory map, or None. Marks it as used now."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                os.utime(file.fileno())
                if os.fstat(file.fileno()).st_size == 0:
                    return memoryview(b"")
                # copy-on-write: torch accepts the map, the file stays as it is, pages are shared
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
        except FileNotFoundError:
            return None
        except PermissionError as error:
            logger.warning("cache value %s cannot be read: %s", key, error)
            return None

    def set(self, key: str, value: Buffer, timeout: int | timedelta | None = None) -> bool:
        """Store a value, making room first. False when it alone exceeds the budget.

        Raises:
            StorageProblem: the disk is full or the folder cannot be written; nothing is left behind.
        """
        del timeout
        size = memoryview(value).nbytes
        if size > self.max_bytes:
            logger.warning(
                "%s (%d bytes) is larger than the whole cache (%d bytes)", key, size, self.max_bytes
            )
            return False
        path = self._path(key)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            with FileLock(self.folder / "locks" / ".store", thread_local=False):
                self._make_room(size, keep=path)
                with self._removed_on_failure(unfinished), unfinished.open("xb") as file:
                    unfinished.chmod(0o600)
                    file.write(value)
                    unfinished.replace(path)
        except OSError as error:
            raise StorageProblem(
                f"The result could not be kept in the cache folder {self.folder}: {error.strerror}. "
                "Free some space there or name another folder in GPT2DASH_CACHE_DIR."
            ) from error
        return True

    def delete(self, key: str) -> bool:
        """Remove a value. True when there was one."""
        try:
            self._path(key).unlink()
        except FileNotFoundError:
            return False
        return True

    def has(self, key: str) -> bool:
        """Is there a value? Does not mark it as used."""
        return self._path(key).exists()

    def clear(self) -> bool:
        """Remove every value."""
        for path in self.folder.glob(f"*{_SUFFIX}"):
            path.unlink(missing_ok=True)
        return True

    def size(self) -> tuple[int, int]:
        """Number of values, and their bytes together."""
        sizes = [stat.st_size for _, stat in self._values()]
        return len(sizes), sum(sizes)

    @contextlib.contextmanager
    def lock(self, key: str, is_cancelled: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Hold the one lock of a key, among all threads and processes on this machine.

        The system frees it when its holder dies. Raises `Cancelled` when nobody waits any more.
        """
        held = FileLock(self.folder / "locks" / self._path(key).stem, thread_local=False)
        while True:
            try:
                held.acquire(timeout=_POLL_S * 4, poll_interval=_POLL_S)
                break
            except Timeout:
                if is_cancelled():
                    raise Cancelled from None
        try:
            yield
        finally:
            held.release()

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise InvalidInput(f"{key!r} is not a cache key.")
        return self.folder / f"{key}{_SUFFIX}"

    def _values(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self.folder.glob(f"*{_SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):
                yield path, path.stat()

    def _make_room(self, size: int, keep: Path) -> None:
        """Drop what killed writers left, then the least recently used values."""
        for leftover in self.folder.glob("*.part"):
            leftover.unlink(missing_ok=True)
        for lock in (self.folder / "locks").iterdir():
            if time.time() - lock.stat().st_mtime > _UNUSED_LOCK_S:
                lock.unlink(missing_ok=True)
        by_age = sorted(self._values(), key=lambda value: value[1].st_mtime_ns)
        used = sum(stat.st_size for path, stat in by_age if path != keep)
        for path, stat in by_age:
            if used + size <= self.max_bytes:
                return
            if path != keep:
                path.unlink(missing_ok=True)
                used -= stat.st_size

    @staticmethod
    @contextlib.contextmanager
    def _removed_on_failure(path: Path) -> Iterator[None]:
        try:
            yield
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def _require_writable(self) -> None:
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise StorageProblem(
                f"The cache folder {self.folder} cannot be written. "
                "Give this user the right to write there, or name another folder in GPT2DASH_CACHE_DIR."
            )
