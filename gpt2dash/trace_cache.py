"""Recorded traces by content: the same text in the same model is computed once, by whoever asks first.

Read-through and single-flight over any flask-caching back end that holds bytes and locks keys.
"""

import contextlib
import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable

from torch import Tensor

from gpt2dash.edit import Edit
from gpt2dash.errors import StorageProblem
from gpt2dash.tensor_file import Buffer, DamagedFile, TensorReader
from gpt2dash.trace import FORMAT

logger = logging.getLogger(__name__)

IsCancelled = Callable[[], bool]


@runtime_checkable
class ByteCache(Protocol):
    """flask-caching's interface, as far as it is used here, and a lock per key."""

    def get(self, key: str) -> Buffer | None:
        """The value, or None."""
        ...

    def set(self, key: str, value: Buffer, timeout: int | None = None) -> bool | None:
        """Keep a value; `StorageProblem` when that is impossible."""
        ...

    def delete(self, key: str) -> bool:
        """Forget a value."""
        ...

    def lock(self, key: str, is_cancelled: IsCancelled = ...) -> AbstractContextManager[None]:
        """Hold the key's lock; `StorageProblem` when that is impossible."""
        ...

    def require_writable(self) -> None:
        """`StorageProblem` when nothing can be kept at present."""
        ...


def trace_key(
    fingerprint: str, ids: Sequence[int], edits: Sequence[Edit] = (), *, quantity: str = "trace"
) -> str:
    """The address of a result: a hash of the weights, the tokens, the edits, number format and layout.

    Edits are told in canonical order; without any, the address says nothing of edits.
    """
    parts = [quantity, FORMAT, "float32", fingerprint, list(ids)]
    if edits:
        parts.append([str(edit) for edit in edits])
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

        Raises:
            Cancelled: `is_cancelled` turned true while somebody else was computing.
        """
        return CachedTensors(self.cache, key, compute, is_cancelled)


class CachedTensors:
    """Tensors of one cache entry; heals itself when the entry turns out to be damaged.

    Attributes:
        problem: why the result could not be kept, if it could not.
    """

    def __init__(
        self, cache: ByteCache, key: str, compute: Callable[[], Buffer], is_cancelled: IsCancelled
    ) -> None:
        self.problem: StorageProblem | None = None
        self._cache = cache
        self._key = key
        self._compute = compute
        self._reader = self._open(is_cancelled)

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the entry says of itself."""
        return self._reader.metadata

    def __getitem__(self, name: str) -> Tensor:
        """One tensor, read and checked when first asked for."""
        try:
            return self._reader[name]
        except DamagedFile:
            self._reader = self._open(lambda: False, name)
            return self._reader[name]

    def _open(self, is_cancelled: IsCancelled, *needed: str) -> TensorReader:
        with contextlib.suppress(DamagedFile):  # dropped below by one, not by all who see it
            found = self._read(needed)
            if found is not None:
                return found
        with self._lock(is_cancelled):
            return self._read_or_drop(needed) or self._computed()

    def _read(self, needed: Sequence[str]) -> TensorReader | None:
        """What is stored, with the needed tensors checked."""
        value = self._cache.get(self._key)
        if value is None:
            return None
        reader = TensorReader(value)
        for name in needed:
            _ = reader[name]
        return reader

    def _read_or_drop(self, needed: Sequence[str]) -> TensorReader | None:
        try:
            return self._read(needed)
        except DamagedFile as damage:
            logger.warning("cache entry %s is damaged (%s); it is computed again", self._key, damage)
            self._cache.delete(self._key)
            return None

    def _computed(self) -> TensorReader:
        value = self._compute()
        try:
            self._cache.set(self._key, value)
        except StorageProblem as problem:
            self._note(problem)
        return TensorReader(value)

    @contextlib.contextmanager
    def _lock(self, is_cancelled: IsCancelled) -> Iterator[None]:
        """The key's lock, or none where the disk refuses one: then some may compute the same twice."""
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(self._cache.lock(self._key, is_cancelled))
            except StorageProblem as problem:
                self._note(problem)
            yield

    def _note(self, problem: StorageProblem) -> None:
        logger.warning("%s", problem)
        self.problem = problem
