"""The stages of a run: short windows and many copies first, the whole context at the end.

Short windows make a step cheaper, and heads that copy form within two million tokens when a third
of the windows are worth copying; once they stand, a small share keeps them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose

from gpt2dash.errors import InvalidInput

MIN_WINDOW = 32
_FORM = "SHARE:WINDOW:BATCH:COPIES"


@dataclass(frozen=True)
class Stage:
    """A part of a run in which every step is alike.

    Attributes:
        share: of the budget, 0 to 1.
        window: tokens that are predicted in one window.
        batch: windows in one step.
        copies: share of the windows that say one passage over and over, 0 to 1.

    Raises:
        InvalidInput: a value outside its limits.
    """

    share: float
    window: int
    batch: int
    copies: float

    def __post_init__(self) -> None:
        """Refuse what cannot be trained."""
        if not 0 < self.share <= 1 or not 0 <= self.copies <= 1:
            raise InvalidInput(f"The shares of --stage {self} are above 0 and at most 1; copies may be 0.")
        if self.window < MIN_WINDOW or self.batch < 1:
            raise InvalidInput(
                f"--stage {self} needs windows of at least {MIN_WINDOW} tokens and a batch of at least 1."
            )

    def __str__(self) -> str:
        """As on the command line."""
        return f"{self.share:g}:{self.window}:{self.batch}:{self.copies:g}"


def parsed(text: str) -> Stage:
    """A stage from the command line: `0.15:128:32:0.3`.

    Raises:
        InvalidInput: four numbers were not given, or one is outside its limits.
    """
    try:
        share, window, batch, copies = text.split(":")
        return Stage(float(share), int(window), int(batch), float(copies))
    except ValueError as error:
        raise InvalidInput(f"--stage is {_FORM}, as in 0.15:128:32:0.3; you gave {text!r}.") from error


def require_whole(stages: Sequence[Stage], n_ctx: int) -> None:
    """Refuse stages that do not fill a run, or whose windows the model cannot read.

    Raises:
        InvalidInput: shares that do not add up to 1, or a window longer than `n_ctx`.
    """
    total = sum(stage.share for stage in stages)
    if not isclose(total, 1.0, abs_tol=1e-6):
        raise InvalidInput(f"The shares of all --stage must add up to 1; yours add up to {total:g}.")
    longest = max(stage.window for stage in stages)
    if longest > n_ctx:
        raise InvalidInput(
            f"A stage has windows of {longest:,} tokens, and the model reads {n_ctx:,}. "
            "Give a larger --n-ctx, or a --stage with a shorter window."
        )


def stage_at(stages: Sequence[Stage], progress: float) -> Stage:
    """The stage in which a run is at `progress`, 0 to 1."""
    end = 0.0
    for stage in stages:
        end += stage.share
        if progress < end:
            return stage
    return stages[-1]
