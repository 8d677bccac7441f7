"""How a run went: one row per checkpoint in `metrics.csv`."""

import csv
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass
class Clock:
    """How far a run has come: steps, tokens read, and seconds spent in steps."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0


@dataclass
class Row(Clock):
    """The clock at a checkpoint, and losses in nats per token.

    Attributes:
        train_loss: mean over the steps since the row before.
        heldout_loss: on fixed windows of the held-out text, if there is one.
    """

    train_loss: float = float("nan")
    heldout_loss: float | None = None


def read(path: Path, until_step: int) -> list[Row]:
    """The rows up to a step; those after it belong to work that was lost."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        rows = [_parsed(raw) for raw in csv.DictReader(file)]
    return [row for row in rows if row.step <= until_step]


def write(path: Path, rows: list[Row]) -> None:
    """Write all rows; the file appears whole or not at all."""
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("w", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Row)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    unfinished.replace(path)


def _parsed(raw: dict[str, str]) -> Row:
    heldout = raw["heldout_loss"]
    return Row(
        step=int(raw["step"]),
        tokens=int(raw["tokens"]),
        seconds=float(raw["seconds"]),
        train_loss=float(raw["train_loss"]),
        heldout_loss=float(heldout) if heldout else None,
    )
