"""`gpt2dash serve`: gunicorn in this process, after a look at what would stop it."""

import errno
import os
import socket
import sys

from gunicorn.app.wsgiapp import WSGIApplication

from gpt2dash.errors import InvalidInput
from gpt2dash.settings import read_settings


def serve(**options: str | int | None) -> None:
    """Serve until stopped. `options` are settings; those that are None come from the environment.

    Raises:
        PublicError: a setting out of range, an address that cannot be served on, a default model
            that cannot be loaded, or a cache folder that cannot be used.
    """
    settings = read_settings(**options)
    require_free(settings.host, settings.port)
    for name, value in options.items():
        if value is not None:
            os.environ[f"GPT2DASH_{name.upper()}"] = str(value)
    sys.argv = ["gpt2dash serve", "--config", "python:gpt2dash.web.gunicorn_conf"]
    WSGIApplication(prog="gpt2dash serve").run()


def require_free(host: str, port: int) -> None:
    """Refuse an address that this process cannot serve on.

    Raises:
        InvalidInput: in use, not permitted, or not an address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, UnicodeError) as error:
            raise InvalidInput(refusal(host, port, error)) from error


def refusal(host: str, port: int, error: OSError | UnicodeError) -> str:
    """What was wrong with an address, in a sentence."""
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use. "
            "Stop what uses it, or choose another with --port or GPT2DASH_PORT."
        )
    if code == errno.EACCES:
        return (
            f"This user may not serve on port {port}. "
            "Choose one from 1024 to 65535 with --port or GPT2DASH_PORT."
        )
    return (
        f"{host!r} is not an address of this machine. With --host or GPT2DASH_HOST name 127.0.0.1 "
        "(for this machine alone) or 0.0.0.0 (for others too)."
    )
