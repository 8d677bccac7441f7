"""One measured number, what it is compared with, and the target it should reach."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Target:
    """A limit on a measurement's ratio or on its value.

    Attributes:
        of: what is limited.
        limit: in the measurement's unit where it limits the value.
        at_least: the limit is the smallest that will do; otherwise it is the largest.
    """

    of: Literal["ratio", "value"]
    limit: float
    at_least: bool = False


@dataclass(frozen=True)
class Measurement:
    """A median, and what stands beside it.

    Attributes:
        what: the thing measured, in words.
        value: gpt2dash's number.
        unit: of `value` and `other`.
        other: the number it is compared with, if there is one.
        versus: whose number that is.
        target: what to reach; None for numbers that only inform.
    """

    what: str
    value: float
    unit: str
    other: float | None = None
    versus: str = ""
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        """`value` in units of `other`."""
        return None if self.other is None else self.value / self.other

    @property
    def is_reached(self) -> bool | None:
        """Is the target reached? None when there is none."""
        if self.target is None:
            return None
        found = self.ratio if self.target.of == "ratio" else self.value
        if found is None:
            raise ValueError(f"{self.what}: a target for a ratio, but nothing to compare with")
        return found >= self.target.limit if self.target.at_least else found <= self.target.limit
