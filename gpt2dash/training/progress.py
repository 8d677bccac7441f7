"""Progress bars on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def progress_bar(title: str, *, unit: str, total: int | None = None) -> Iterator[Callable[[int], object]]:
    """A bar for one stage; yields what to tell how much more is done."""
    with tqdm(total=total, desc=title, unit=unit, unit_scale=True, mininterval=interval()) as bar:
        yield bar.update


def interval() -> float:
    """Seconds between two looks at a bar: often on a terminal, seldom in a log."""
    return 0.2 if sys.stderr.isatty() else 30.0
