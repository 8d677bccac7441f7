"""What the browser sends with a callback: a side's run key, and what else of its view the panel needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jaxtyping import Float
from torch import Tensor

from gpt2dash.components.ids import Side
from gpt2dash.language_model import LanguageModel
from gpt2dash.options import chosen
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
        side: which of the two.
        run: the text and its model.
        pos: the selected token, None when the selection is on the other side or outside this text.
        layer: a layer of this side's model.
        head: a head of it.
        settings: the sampling that wrote the text.
        options: what is chosen of each of `gpt2dash.options`.
        other: a second token of the same text, None when there is none.
        zoom: first and last query, first and last key of what the heat map shows; None for all of the text.
    """

    side: Side
    run: Run
    pos: int | None
    layer: int
    head: int
    settings: SamplingSettings
    options: Mapping[str, str]
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
    def pattern(self) -> Float[Tensor, "query key"]:
        """The selected head's pattern, for all panels of one answer."""
        return self.trace.pattern(self.layer, self.head)

    @cached_property
    def labels(self) -> list[str]:
        """What is shown of each token."""
        return [token.label for token in self.lm.tokenizer.describe(self.run.ids)]

    @property
    def selected(self) -> int:
        """The selected token, for panels that are asked only when there is one."""
        assert self.pos is not None
        return self.pos

    @property
    def role(self) -> str:
        """Which side of attention the selected token is on: "query" or "key"."""
        return self.options["role"]

    def named(self, pos: int) -> str:
        """One token in a sentence."""
        return f"token {pos} “{self.lm.tokenizer.describe([self.run.ids[pos]])[0].label}”"

    @property
    def place(self) -> str:
        """The selected head in a sentence."""
        return f"layer {self.layer} head {self.head}"


def side_view(data: ViewData, side: Side = "a") -> SideView | None:
    """Read what the browser sent; None when nothing has been run on this side.

    Args:
        data: what the browser sent.
        side: which of the two it was sent for, where that matters.

    Raises:
        UnknownRun: the server no longer holds the run.
        InvalidInput: settings outside their limits.
    """
    if not data or not data.get("key"):
        return None
    run = current().run(str(data["key"]))
    config = current().language_model(run).model.config
    return SideView(
        side=side,
        run=run,
        pos=_position(data.get("pos"), run),
        layer=_within(data.get("layer"), config.n_layer),
        head=_within(data.get("head"), config.n_head),
        settings=SamplingSettings.parse(data.get("settings") or {}),
        options=chosen(data),
        other=_position(data.get("other"), run),
        zoom=_zoom(data.get("zoom"), run),
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
