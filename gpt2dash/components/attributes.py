"""HTML attributes whose names Python cannot spell."""

from typing import Any


def attributes(**values: str) -> dict[str, Any]:
    """`aria_label="x"` as {"aria-label": "x"}, to be unpacked into a Dash component.

    >>> attributes(data_run="a")
    {'data-run': 'a'}
    """
    return {name.replace("_", "-"): value for name, value in values.items()}
