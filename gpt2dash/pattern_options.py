"""How a pattern is shown: the choices that a page offers, the first of each the default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHOICES = {
    "stage": ("pattern", "masked", "scaled", "raw"),
    "weight": ("plain", "value", "write"),
    "first": ("shown", "hidden"),
    "across": ("rollout", "weighted", "flow"),
}


@dataclass(frozen=True)
class PatternOptions:
    """One of each of the choices.

    Attributes:
        stage: softmax weights, or the scores they are made from.
        weight: what a weight is multiplied by: nothing, the value's length, or the length of what is written.
        first: whether the first token's column is shown.
        across: how attention is followed through all layers.
    """

    stage: str = "pattern"
    weight: str = "plain"
    first: str = "shown"
    across: str = "rollout"

    @classmethod
    def parse(cls, raw: object) -> "PatternOptions":
        """Read what a browser sent; what is not among the choices becomes the default."""
        given: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
        found = {name: given.get(name) for name in CHOICES}
        return cls(**{name: value for name, value in found.items() if value in CHOICES[name]})
