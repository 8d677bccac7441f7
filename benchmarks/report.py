"""Measurements as a table for people and as JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.measurement import Measurement

_COLUMNS = ("measured", "gpt2dash", "compared with", "ratio", "target", "")


def table(measurements: Sequence[Measurement]) -> str:
    """One line per measurement, in Markdown, columns aligned."""
    rows = [_COLUMNS, *(_row(measurement) for measurement in measurements)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = [
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"
        for row in rows
    ]
    rule = f"|{'|'.join('-' * (width + 2) for width in widths)}|"
    return "\n".join([lines[0], rule, *lines[1:]])


def summary(measurements: Sequence[Measurement]) -> str:
    """How many targets are reached, and which are not."""
    verdicts = [measurement.is_reached for measurement in measurements]
    missed = [m.what for m in measurements if m.is_reached is False]
    total = sum(verdict is not None for verdict in verdicts)
    reached = f"{total - len(missed)} of {total} targets reached"
    return f"{reached}. Not reached: {'; '.join(missed)}." if missed else f"{reached}."


def write_json(path: Path, machine: Mapping[str, str], measurements: Sequence[Measurement]) -> None:
    """The machine and every measurement with its ratio and verdict."""
    found = [{**asdict(m), "ratio": m.ratio, "is_reached": m.is_reached} for m in measurements]
    path.write_text(
        json.dumps({"machine": machine, "measurements": found}, indent=2) + "\n", encoding="utf-8"
    )


def _row(measurement: Measurement) -> tuple[str, ...]:
    other, ratio = measurement.other, measurement.ratio
    verdict = {None: "", True: "reached", False: "NOT REACHED"}[measurement.is_reached]
    return (
        measurement.what,
        _amount(measurement.value, measurement.unit),
        "" if other is None else f"{_amount(other, measurement.unit)} {measurement.versus}",
        "" if ratio is None else f"{ratio:.2f}",
        _target(measurement),
        verdict,
    )


def _target(measurement: Measurement) -> str:
    target = measurement.target
    if target is None:
        return ""
    sign = "≥" if target.at_least else "≤"
    limit = f"{target.limit:.2f}" if target.of == "ratio" else _amount(target.limit, measurement.unit)
    return f"{sign} {limit}"


def _amount(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
