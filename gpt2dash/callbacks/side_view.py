"""What the browser sends with a callback: a side's run key, and what else of its view the panel needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gpt2dash.language_model import LanguageModel
from gpt2dash.pattern_options import PatternOptions
from gpt2dash.run import Run
from gpt2dash.runtime import current
from gpt2dash.sampling_settings import SamplingSettings
from gpt2dash.trace import Trace

ViewData = Mapping[str, Any] | None
"""The browser's side of it: nothing in it is trusted."""


@dataclass(frozen=True)
class SideView:
    """One side's run and what is selected in it.

    Attributes:
        run: the text and its model.
        pos: the selected token, None when the selection is on the other side or outside this text.
        layer: a layer of this side's model.
        head: a head of it.
        settings: the sampling that wrote the text.
        role: "query" or "key": which side of attention the selected token is on.
        options: how patterns are shown.
        other: a second token of the same text, None when there is none.
        zoom: first and last query, first and last key of what the heat map shows; None for all of the text.
    """

    run: Run
    pos: int | None
    layer: int
    head: int
    settings: SamplingSettings
    role: str
    options: PatternOptions
    other: int | None = None
    zoom: tuple[int, int, int, int] | None = None

    @cached_property
    def lm(self) -> LanguageModel:
        """The run's model."""
        return current().language_model(self.run)

    @cached_property
    def trace(self) -> Trace:
        """The run's trace."""
        return current().trace(self.run)

    @cached_property
    def labels(self) -> list[str]:
        """What is shown of each token."""
        return [token.label for token in self.lm.tokenizer.describe(self.run.ids)]

    def named(self, pos: int) -> str:
        """One token in a sentence."""
        return f"token {pos} “{self.lm.tokenizer.describe([self.run.ids[pos]])[0].label}”"

    @property
    def place(self) -> str:
        """The selected head in a sentence."""
        return f"layer {self.layer} head {self.head}"


def side_view(data: ViewData) -> SideView | None:
    """Read what the browser sent; None when nothing has been run on this side.

    Raises:
        UnknownRun: the server no longer holds the run.
        InvalidInput: settings outside their limits.
    """
    if not data or not data.get("key"):
        return None
    run = current().run(str(data["key"]))
    config = current().language_model(run).model.config
    return SideView(
        run,
        _position(data.get("pos"), run),
        _within(data.get("layer"), config.n_layer),
        _within(data.get("head"), config.n_head),
        SamplingSettings.parse(data.get("settings") or {}),
        "key" if data.get("role") == "key" else "query",
        PatternOptions.parse(data),
        _position(data.get("other"), run),
        _zoom(data.get("zoom"), run),
    )


def _position(value: object, run: Run) -> int | None:
    """A position of the text, or None."""
    return value if isinstance(value, int) and 0 <= value < len(run.ids) else None


def _zoom(value: object, run: Run) -> tuple[int, int, int, int] | None:
    """Four positions in order, or None."""
    if not isinstance(value, list) or not all(isinstance(pos, int) for pos in value):
        return None
    match value:
        case [q0, q1, k0, k1] if 0 <= q0 <= q1 < len(run.ids) and 0 <= k0 <= k1 < len(run.ids):
            return q0, q1, k0, k1
    return None


def _within(value: object, n: int) -> int:
    """An index brought into 0 .. n - 1."""
    return min(max(value, 0), n - 1) if isinstance(value, int) else 0
