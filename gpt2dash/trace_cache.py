"""Recorded traces by content: the same text in the same model is computed once, by whoever asks first.

Read-through and single-flight over any flask-caching back end that holds bytes and locks keys.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from torch import Tensor

from gpt2dash.errors import StorageProblem
from gpt2dash.tensor_file import Buffer, DamagedFile, TensorReader
from gpt2dash.trace import FORMAT

logger = logging.getLogger(__name__)

IsCancelled = Callable[[], bool]


class ByteCache(Protocol):
    """flask-caching's interface, as far as it is used here, and a lock per key."""

    def get(self, key: str) -> Buffer | None:
        """The value, or None."""
        ...

    def set(self, key: str, value: Buffer, timeout: int | None = None) -> bool | None:
        """Keep a value."""
        ...

    def delete(self, key: str) -> bool:
        """Forget a value."""
        ...

    def lock(self, key: str, is_cancelled: IsCancelled = ...) -> AbstractContextManager[None]:
        """Hold the key's lock."""
        ...


def trace_key(fingerprint: str, ids: Sequence[int], *, quantity: str = "trace") -> str:
    """The address of a result: a hash of the weights, the tokens, the number format and the layout."""
    parts = [quantity, FORMAT, "float32", fingerprint, list(ids)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]


class TraceCache:
    """Tensor files that are computed when missing."""

    def __init__(self, cache: ByteCache) -> None:
        self.cache = cache

    def fetch(
        self, key: str, compute: Callable[[], Buffer], is_cancelled: IsCancelled = lambda: False
    ) -> "CachedTensors":
        """The tensors under a key, computed first if nobody has.

        Of all threads and processes that ask for one key at once, one computes and the others
        wait for it. A damaged entry is dropped, logged and computed anew. A result that cannot
        be kept is used all the same; `CachedTensors.problem` says why.
        """
        return CachedTensors(self, key, compute, is_cancelled)

    def read(self, key: str) -> TensorReader | None:
        """What is stored under a key and readable."""
        value = self.cache.get(key)
        if value is None:
            return None
        try:
            return TensorReader(value)
        except DamagedFile as damage:
            self.drop(key, damage)
            return None

    def drop(self, key: str, damage: DamagedFile) -> None:
        """Forget an entry that is not what was written."""
        logger.warning("cache entry %s is damaged (%s); it is computed again", key, damage)
        self.cache.delete(key)


class CachedTensors:
    """Tensors of one cache entry; heals itself when the entry turns out to be damaged."""

    def __init__(
        self, owner: TraceCache, key: str, compute: Callable[[], Buffer], is_cancelled: IsCancelled
    ) -> None:
        self.problem: StorageProblem | None = None
        self._owner = owner
        self._key = key
        self._compute = compute
        self._reader = self._open(is_cancelled)

    def __getitem__(self, name: str) -> Tensor:
        """One tensor, read and checked when first asked for."""
        try:
            return self._reader[name]
        except DamagedFile as damage:
            self._owner.drop(self._key, damage)
            self._reader = self._open(lambda: False)
            return self._reader[name]

    def _open(self, is_cancelled: IsCancelled) -> TensorReader:
        found = self._owner.read(self._key)
        if found is not None:
            return found
        with self._owner.cache.lock(self._key, is_cancelled):
            return self._owner.read(self._key) or self._computed()

    def _computed(self) -> TensorReader:
        value = self._compute()
        try:
            self._owner.cache.set(self._key, value)
        except StorageProblem as problem:
            logger.warning("%s", problem)
            self.problem = problem
        return TensorReader(value)
