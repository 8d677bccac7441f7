"""The server under test: gunicorn with two workers, started the way `gpt2dash serve` starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_READY_WITHIN_S = 120
_TICKS = os.sysconf("SC_CLK_TCK")
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        url: its address, without a slash at the end.
        pid: gunicorn's master.
        log: what it has written.
    """

    url: str
    pid: int
    log: Path

    def cpu_seconds(self) -> float:
        """Processor time that the workers have used so far."""
        stats = [_stat(path) for path in Path("/proc").glob("[0-9]*/stat")]
        return sum(int(f[11]) + int(f[12]) for f in stats if f and int(f[1]) == self.pid) / _TICKS


def _stat(path: Path) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, ..."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
        return []


@contextmanager
def serving(folder: Path, models: list[Path]) -> Iterator[Server]:
    """Start the server, wait until it is ready, and end it with all its workers."""
    port = _free_port()
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GPT2DASH_")}
    env = ours | {
        "GPT2DASH_PORT": str(port),
        "GPT2DASH_CACHE_DIR": str(folder / "cache"),
        "GPT2DASH_MODELS": ",".join(map(str, models)),
        "GPT2DASH_WORKERS": "2",
        "GPT2DASH_TORCH_THREADS": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:gpt2dash.web.gunicorn_conf"]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=_ROOT, env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process, log)
        yield Server(f"http://127.0.0.1:{port}", process.pid, log)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not become ready:\n{log.read_text()}")
