"""Colours, scales and margins of every figure, the browser's own too: the only place where they are written.

Text and lines take their colour from the style sheet, so that a figure follows the theme
without being drawn again.
"""

from functools import cache
from typing import Any

from plotly import io
from plotly.colors import sample_colorscale

io.templates.default = "none"  # Plotly's own would add 6 KB to every figure

MAGNITUDE = "Cividis"
DIVERGING = "RdBu_r"
_STOPS = 33
FIRST = "#3b7dd8"
SECOND = "#d98e04"
MARK = "#e4572e"


def layout(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - Plotly's own attributes
    """A quiet layout: no background, no title, small margins."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "font": {"family": "system-ui, sans-serif", "size": 12},
        **more,
    }


@cache
def style_sheet() -> str:
    """The colours as variables of the style sheet, for what the browser draws itself."""
    least, most = sample_colorscale(MAGNITUDE, [0.0, 1.0])
    colours = {"first": FIRST, "second": SECOND, "mark": MARK, "least": least, "most": most}
    return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in colours.items()) + " }"


@cache
def palette() -> bytes:
    """The magnitude scale as an image's palette: colour 0 is free, 1 to 255 run from least to most."""
    colours = sample_colorscale(MAGNITUDE, [level / 254 for level in range(255)], colortype="tuple")
    return bytes([0, 0, 0, *(round(255 * part) for colour in colours for part in colour)])


@cache
def square_root_scale() -> tuple[tuple[float, str], ...]:
    """The magnitude scale over 0 to 1, with colour growing as the square root: small weights stay visible."""
    places = [(stop / (_STOPS - 1)) ** 2 for stop in range(_STOPS)]
    colours = sample_colorscale(MAGNITUDE, [place**0.5 for place in places])
    return tuple(zip(places, colours, strict=True))
