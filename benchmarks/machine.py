"""The machine that was measured on: numbers mean nothing without it."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import torch

from benchmarks import __version__
from benchmarks.browser import chromium

_LIBRARIES = ("torch", "transformers", "dash", "plotly", "gunicorn")


def machine() -> dict[str, str]:
    """What a reader needs to judge the numbers, name by name."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{_processor()}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{_memory_bytes() / 1e9:.0f} GB",
        "threads": f"{torch.get_num_threads()} of torch, waiting {os.environ['OMP_WAIT_POLICY'].lower()}",
        "load before": f"{os.getloadavg()[0]:.1f} processes in the last minute",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "versions": ", ".join(
            [f"gpt2dash {__version__}", *(f"{name} {version(name)}" for name in _LIBRARIES)]
        ),
        "browser": _browser(),
    }


def _processor() -> str:
    fields = dict(
        line.split(":", 1) for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines() if ":" in line
    )
    names = {name.strip(): value.strip() for name, value in fields.items()}
    return names.get("model name", platform.machine())


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _browser() -> str:
    program = chromium()
    if program is None:
        return "Playwright's own Chromium"
    return subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
