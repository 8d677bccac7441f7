"""The real server, started for a measurement and stopped after it."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.child import ROOT

_START_S = 120
_STOP_S = 20


@contextlib.contextmanager
def served(model: Path, workers: int) -> Iterator[str]:
    """`host:port` of gunicorn with that model and an empty cache, ready to answer."""
    address = f"127.0.0.1:{_free_port()}"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        settings = {
            "GPT2DASH_PORT": address.partition(":")[2],
            "GPT2DASH_HOST": "127.0.0.1",
            "GPT2DASH_MODEL": str(model),
            "GPT2DASH_WORKERS": str(workers),
            "GPT2DASH_CACHE_DIR": str(Path(folder) / "cache"),
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "python:gpt2dash.web.gunicorn_conf"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **settings}, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            _wait_until_ready(process, address, log)
            yield address
        finally:
            process.terminate()
            process.wait(_STOP_S)


def _wait_until_ready(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    give_up = time.monotonic() + _START_S
    while not _is_ready(address):
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"the server did not start:\n{log.read_text('utf-8')}")
        time.sleep(0.1)


def _is_ready(address: str) -> bool:
    connection = http.client.HTTPConnection(address)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
