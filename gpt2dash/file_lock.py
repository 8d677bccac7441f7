"""Locks that all threads and processes of one machine share: each is an open file, held by `flock`.

The system frees a lock when its holder dies, however it dies. The file is removed on release,
so that locks of many names do not pile up; only a killed holder leaves an empty file behind.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from gpt2dash.errors import Cancelled

_POLL_S = 0.02


@contextlib.contextmanager
def file_lock(path: Path, is_cancelled: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Hold the lock named by `path`, waiting for whoever holds it.

    Raises:
        Cancelled: `is_cancelled` turned true while waiting.
        OSError: the file cannot be made.
    """
    descriptor = _acquired(path, is_cancelled)
    try:
        yield
    finally:
        # Removed while still held: whoever waits with this very file open finds it gone and starts over.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _acquired(path: Path, is_cancelled: Callable[[], bool]) -> int:
    while True:
        with contextlib.ExitStack() as unless_held:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            unless_held.callback(os.close, descriptor)
            while not _taken(descriptor):
                if is_cancelled():
                    raise Cancelled
                time.sleep(_POLL_S)
            if _is_named(path, descriptor):
                unless_held.pop_all()
                return descriptor


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_named(path: Path, descriptor: int) -> bool:
    """Is this still the file that others find under the name?"""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
