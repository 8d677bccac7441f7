"""Times of several tasks, taken in turns, so that whatever else the machine does slows all of them alike."""

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median

Task = Callable[[], float]
"""Does its work once and returns what it measured, mostly seconds."""


def seconds(action: Callable[[], object]) -> float:
    """How long one call takes. What it returns is freed after the clock has stopped."""
    gc.collect()
    began = time.perf_counter()
    result = action()
    took = time.perf_counter() - began
    del result
    return took


def interleaved(tasks: Mapping[str, Task], rounds: int) -> dict[str, float]:
    """The median of each task over `rounds` rounds, after one round to warm up.

    Every round runs every task once; every other round runs them backwards, so that none always
    follows the same neighbour.
    """
    found: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(rounds + 1):
        order = list(tasks) if turn % 2 else list(tasks)[::-1]
        for name in order:
            value = tasks[name]()
            if turn > 0:
                found[name].append(value)
    return {name: median(values) for name, values in found.items()}
