"""The loss curve of a run as a picture for its model card."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from gpt2dash.training.metrics import Row

_INCHES = (7.2, 3.6)
_DPI = 120


def draw(rows: Sequence[Row], path: Path) -> None:
    """Write a PNG: both losses in nats per token over the tokens read; appears whole or not at all."""
    figure = Figure(figsize=_INCHES, dpi=_DPI, layout="constrained")
    axes = figure.add_subplot()
    tokens = [row.tokens / 1e6 for row in rows]
    axes.plot(tokens, [row.train_loss for row in rows], linewidth=1, label="training windows")
    heldout = [(t, row.heldout_loss) for t, row in zip(tokens, rows, strict=True) if row.heldout_loss]
    if heldout:
        axes.plot(*zip(*heldout, strict=True), linewidth=2, label="held-out text")
    axes.set(xlabel="tokens read, millions", ylabel="loss, nats per token")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("wb") as file:
        figure.savefig(file, format="png")
    unfinished.replace(path)
