"""Routes beside Dash's own: the run stream, health and readiness."""

import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, jsonify, request, stream_with_context

from gpt2dash.errors import Cancelled, InvalidInput, PublicError
from gpt2dash.jobs import Event, RunRequest, begin
from gpt2dash.runtime import current

logger = logging.getLogger(__name__)

routes = Blueprint("gpt2dash", __name__)


def register_routes(server: Flask) -> None:
    """Add the routes and turn refusals into JSON with their sentence."""
    server.register_blueprint(routes)
    server.register_error_handler(PublicError, _refused)


@routes.post("/api/run")
def run() -> Response:
    """Generate and record: NDJSON events until done, or until the client leaves."""
    if not request.is_json:
        raise InvalidInput("Send JSON: Content-Type must be application/json.")
    asked = RunRequest.parse(request.get_json(silent=True))
    events = begin(current(), asked, _client_gone(request.environ))
    lines = stream_with_context(_lines(events))
    return Response(
        lines,
        mimetype="application/x-ndjson",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@routes.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="alive")


@routes.get("/readyz")
def readyz() -> Response:
    """The default model is loaded and the cache can be written."""
    runtime = current()
    lm = runtime.models.get(runtime.models.names[0])
    return jsonify(status="ready", model=lm.name, fingerprint=lm.fingerprint)


def _lines(events: Iterator[Event]) -> Iterator[bytes]:
    """Events as lines; what goes wrong after the first line can only be told in a line as well."""
    try:
        for event in events:
            yield orjson.dumps(event) + b"\n"
    except Cancelled:
        logger.info("the client left; the run was stopped")
    except PublicError as refusal:
        yield orjson.dumps({"event": "error", "message": str(refusal)}) + b"\n"


def _client_gone(environ: dict[str, Any]) -> Callable[[], bool]:
    """Has the other end closed the connection? Looks without reading, so it costs microseconds."""
    connection = environ.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return lambda: False

    def gone() -> bool:
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    return gone


def _refused(error: PublicError) -> tuple[Response, int]:
    return jsonify(error=type(error).__name__, message=str(error)), error.status
