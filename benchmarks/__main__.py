"""`python -m benchmarks CHECKPOINT_FOLDER`: measure, print one table with ratios and targets."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks import (
    clicking,
    first_page,
    generating,
    heads,
    many_clicks,
    memory,
    reading,
    recording,
    streaming,
    writing,
)
from benchmarks.machine import machine
from benchmarks.measurement import Measurement
from benchmarks.report import summary, table, write_json
from benchmarks.subject import Subject, read_subject

MEASURES: dict[str, Callable[[Subject], list[Measurement]]] = {
    "record": recording.measure,
    "memory": memory.measure,
    "read": reading.measure,
    "generate": generating.measure,
    "stream": streaming.measure,
    "page": first_page.measure,
    "write": writing.measure,
    "click": clicking.measure,
    "clicks": many_clicks.measure,
    "heads": heads.measure,
}


def main() -> None:
    """Measure what was asked for, one thing after the other."""
    asked = _arguments()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    about = machine()
    subject = read_subject(asked.checkpoint, asked.rounds)
    print(f"gpt2dash measured on {subject.lm.label}\n")
    for name, value in about.items():
        print(f"- {name}: {value}")
    print()
    found: list[Measurement] = []
    for name in asked.only or MEASURES:
        print(f"measuring {name}", flush=True)
        found += MEASURES[name](subject)
    print(f"\n{table(found)}\n\n{summary(found)}")
    if asked.json:
        write_json(asked.json, about, found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="folder of a checkpoint in the Hugging Face layout")
    parser.add_argument(
        "--only", nargs="+", choices=MEASURES, metavar="NAME", help=f"of {', '.join(MEASURES)}"
    )
    parser.add_argument("--rounds", type=int, default=9, help="times everything is measured (default: 9)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there as well")
    return parser.parse_args()


if __name__ == "__main__":
    main()
