"""First come, first served: who computes next."""

import contextlib
import threading
from collections import deque
from collections.abc import Iterator


class Turns:
    """Lets one thread in at a time, in the order in which they asked.

    A forward pass uses all the cores it is given, so two at once gain nothing and slow each
    other down. The order matters: of a plain lock, a thread that writes token after token would
    take hold again before those who wait wake up.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn and hold it. Not to be nested, nor held while somebody else is waited for."""
        me = object()
        with self._changed:
            self._queue.append(me)
        try:
            with self._changed:
                self._changed.wait_for(lambda: self._queue[0] is me)
            yield
        finally:
            with self._changed:
                self._queue.remove(me)
                self._changed.notify_all()
