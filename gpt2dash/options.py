"""What a person may choose of how pages show things: one table for pickers, links, checks and defaults."""

from collections.abc import Mapping
from dataclasses import dataclass

MEASURE_TITLES = {
    "entropy": "entropy",
    "span": "effective span",
    "distance": "mean distance",
    "self": "current token",
    "previous": "previous token",
    "first": "first token",
    "duplicate": "duplicate token",
    "induction": "induction",
}
"""What people call each measure that heads can be shown by; `analysis.measures` computes them."""


@dataclass(frozen=True)
class Option:
    """One choice of a page.

    Attributes:
        label: what stands over its picker.
        words: what each choice is called, by its name in links and code; the first is the default.
        page: whose picker it is.
        kinds: panels of these kinds (`components.ids.VIEWS`) are asked for anew when it changes. Without
            any the browser alone knows it.
        is_selected: it belongs to the selection, and links hold it there.
    """

    label: str
    words: Mapping[str, str]
    page: str
    kinds: tuple[str, ...] = ()
    is_selected: bool = False

    def checked(self, given: object) -> str:
        """What was given if it is one of the choices, else the default."""
        return given if isinstance(given, str) and given in self.words else next(iter(self.words))


OPTIONS = {
    "by": Option("Show heads by", {"attention": "their attention", **MEASURE_TITLES}, "attention"),
    "role": Option(
        "Selected token as",
        {"query": "query", "key": "key"},
        "attention",
        ("token", "reach"),
        is_selected=True,
    ),
    "stage": Option(
        "Stage",
        {"pattern": "softmax", "masked": "masked", "scaled": "scaled", "raw": "q·k"},
        "attention",
        ("pattern",),
    ),
    "weight": Option(
        "Weighted by",
        {"plain": "nothing", "value": "value norm", "write": "norm of what is written"},
        "attention",
        ("pattern",),
    ),
    "first": Option("First token", {"shown": "shown", "hidden": "hidden"}, "attention", ("pattern",)),
    "across": Option(
        "Across layers by",
        {"rollout": "rollout", "weighted": "weighted rollout", "flow": "flow"},
        "attention",
        ("reach",),
    ),
}
"""Every option, in the order of the pickers."""


def chosen(data: object) -> dict[str, str]:
    """Read what a browser sent: of each option what it chose, or the default."""
    given = data if isinstance(data, Mapping) else {}
    return {name: option.checked(given.get(name)) for name, option in OPTIONS.items()}


def choices() -> dict[str, list[str]]:
    """What links may say of each option, the default first; the selection's own are left out."""
    return {name: list(option.words) for name, option in OPTIONS.items() if not option.is_selected}


def of_kind(kind: str) -> tuple[str, ...]:
    """The options that a kind of panel depends on."""
    return tuple(name for name, option in OPTIONS.items() if kind in option.kinds)
