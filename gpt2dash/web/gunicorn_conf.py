"""gunicorn's configuration, taken from the same settings as the app.

The app is built once in the master, with one torch thread, and the workers are forked from it:
they share the model's memory, and no thread pool crosses the fork.
"""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import torch
from flask import Flask

from gpt2dash.runtime import current
from gpt2dash.settings import read_settings

_PACKAGE = Path(__file__).resolve().parents[1]
_settings = read_settings()
_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host

wsgi_app = f"{__name__}:load()"
bind = f"{_host}:{_settings.port}"
worker_class = "gthread"
workers = _settings.workers
threads = _settings.threads
preload_app = True
timeout = 120
graceful_timeout = 10
keepalive = 75
control_socket_disable = True

torch.set_num_threads(1)


def load() -> Flask:
    """The app, whatever the working folder holds, with its default model loaded.

    In a wheel app.py, pages and assets are inside the package, in a checkout they are beside it.

    Raises:
        PublicError: the default model or the cache folder cannot be used.
    """
    inside = _PACKAGE / "served"
    sys.path.insert(0, str(inside if inside.is_dir() else _PACKAGE.parent))
    server: Flask = importlib.import_module("app").wsgi()
    with server.app_context():
        models = current().models
        models.get(models.names[0])
    return server


def when_ready(server: Any) -> None:  # noqa: ANN401 - gunicorn's own classes have no types
    """Say where to point the browser, once connections are accepted."""
    del server
    sys.stdout.write(f"gpt2dash is ready: http://{_host}:{_settings.port}\n")
    sys.stdout.flush()


def post_fork(server: Any, worker: Any) -> None:  # noqa: ANN401
    """Give the worker its cores, after the fork."""
    del server, worker
    torch.set_num_threads(_settings.torch_threads or len(os.sched_getaffinity(0)))
