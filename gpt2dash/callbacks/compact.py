"""Numbers for the browser: no more digits than are shown, so that a click stays small."""

import math

import numpy as np
import numpy.typing as npt
from jaxtyping import Float
from torch import Tensor

_SIGNIFICANT_BITS = 12
_SIGNIFICANT_DIGITS = 5

MAX_CELLS = 192
"""Cells per side of a heat map: the lower triangle of so many, at 12 bits each, stays under 64 KB."""

PRECISION = f"float32 rounded to {_SIGNIFICANT_BITS} significant bits"
"""How exact the cells of a heat map are."""


def rounded(cells: Tensor) -> npt.NDArray[np.float32]:
    """float32 with 12 significant bits (relative error at most 2.5e-4), so that it compresses."""
    bits = cells.numpy().astype(np.float32).view(np.uint32)
    drop = 24 - _SIGNIFICANT_BITS
    keep = np.uint32(0xFFFFFFFF ^ ((1 << drop) - 1))
    return ((bits + np.uint32(1 << (drop - 1))) & keep).view(np.float32)


def table(values: Float[Tensor, "layer head"]) -> list[list[float | None]]:
    """A number for each head for the browser, to 4 significant digits; None for NaN."""
    return [[finite(float(f"{value:.4g}")) for value in layer] for layer in values.tolist()]


def finite(value: float) -> float | None:
    """None in place of NaN, which JSON does not have: this text has nothing to measure."""
    return value if math.isfinite(value) else None


def shortened(weights: Float[Tensor, " any"]) -> list[float]:
    """Numbers to 5 significant digits."""
    return [float(f"{weight:.{_SIGNIFICANT_DIGITS}g}") for weight in weights.tolist()]


def places(labels: list[str], first: int, last: int, span: int) -> list[str]:
    """What stands beside the cells of a heat map: a token each, or the first of `span`."""
    if span == 1:
        return labels[first : last + 1]
    return [f"{start}… {labels[start]}" for start in range(first, last + 1, span)]
