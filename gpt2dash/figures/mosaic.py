"""All heads as one image: their patterns side by side, one pixel a cell, small enough to send whole."""

from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from gpt2dash.figures import theme

_NOTHING = 0
"""The palette's transparent colour: the future, and the gaps between heads."""

_GAP = 1


def mosaic(maps: npt.NDArray[np.float32]) -> bytes:
    """A PNG of weights, layer by layer downwards, head by head across; colour as in the heat map.

    Args:
        maps: layer x head x query x key, 0 to 1.
    """
    n_layer, n_head, n = maps.shape[:3]
    levels = 1 + np.rint(254 * np.sqrt(maps.clip(0, 1))).astype(np.uint8)
    tiles = np.where(np.tri(n, dtype=bool), levels, np.uint8(_NOTHING))
    framed = np.pad(tiles, ((0, 0), (0, 0), (0, _GAP), (0, _GAP)), constant_values=_NOTHING)
    side = n + _GAP
    image = Image.fromarray(framed.transpose(0, 2, 1, 3).reshape(n_layer * side, n_head * side), mode="P")
    image.putpalette(theme.palette())
    out = BytesIO()
    image.save(out, "PNG", transparency=_NOTHING)
    return out.getvalue()
