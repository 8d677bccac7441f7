"""gunicorn's configuration, taken from the same settings as the app.

The app is built once in the master, with one torch thread, and the workers are forked from it:
they share the model's memory, and no thread pool crosses the fork.
"""

import os
import sys
from typing import Any

import torch

from gpt2dash.settings import read_settings

_settings = read_settings()

wsgi_app = "app:wsgi()"
bind = f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
workers = _settings.workers
threads = _settings.threads
preload_app = True
timeout = 120
graceful_timeout = 10
keepalive = 75
control_socket_disable = True

torch.set_num_threads(1)


def when_ready(server: Any) -> None:  # noqa: ANN401 - gunicorn's own classes have no types
    """Say where to point the browser, once connections are accepted."""
    del server
    sys.stdout.write(f"gpt2dash is ready: http://{_settings.host}:{_settings.port}\n")
    sys.stdout.flush()


def post_fork(server: Any, worker: Any) -> None:  # noqa: ANN401
    """Give the worker its cores, after the fork."""
    del server, worker
    torch.set_num_threads(_settings.torch_threads or len(os.sched_getaffinity(0)))
