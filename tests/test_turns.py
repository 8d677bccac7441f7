import threading

import pytest

from gpt2dash.turns import Turns


class Queue:
    """Threads that ask for a turn one after the other, and the order in which they got it."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.order: list[int] = []
        self._threads: list[threading.Thread] = []

    def ask(self, name: int) -> None:
        known = self._known()
        thread = threading.Thread(target=self._take, args=(name,))
        thread.start()
        self._threads.append(thread)
        while self._known() == known:
            pass

    def _known(self) -> int:
        """Threads that wait for a turn or have had it."""
        return len(self.turns._queue) + len(self.order)

    def _take(self, name: int) -> None:
        with self.turns.turn():
            self.order.append(name)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()


def test_turns_come_in_the_order_of_asking() -> None:
    turns = Turns()
    queue = Queue(turns)
    with turns.turn():
        for name in range(5):
            queue.ask(name)
        assert queue.order == []
    queue.join()
    assert queue.order == [0, 1, 2, 3, 4]


def test_who_asks_again_at_once_comes_after_those_who_wait() -> None:
    turns = Turns()
    queue = Queue(turns)
    with turns.turn():
        queue.ask(0)
    with turns.turn():
        assert queue.order == [0]
    queue.join()


def test_a_failure_ends_the_turn() -> None:
    turns = Turns()
    with pytest.raises(KeyError), turns.turn():
        raise KeyError
    with turns.turn():
        pass
