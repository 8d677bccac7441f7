"""The card that may lie beside a model's weights, and the picture in it."""

from pathlib import Path

CARD = "MODEL_CARD.md"
CURVE = "loss.png"
_MOST_BYTES = 1 << 20


def read_card(folder: Path) -> str | None:
    """The card in Markdown; None when there is none, or it is larger than 1 MiB."""
    path = folder / CARD
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        return None
    return path.read_text(encoding="utf-8", errors="replace")


def read_curve(folder: Path) -> bytes | None:
    """The loss curve, a PNG; None when there is none."""
    path = folder / CURVE
    return path.read_bytes() if path.is_file() else None
