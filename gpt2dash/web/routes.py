"""Routes beside Dash's own: the run stream, health and readiness, in JSON; and a card's picture."""

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from http import HTTPStatus
from io import BytesIO
from typing import Any

import numpy as np
import orjson
from flask import Blueprint, Flask, Response, jsonify, request, stream_with_context
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from gpt2dash.callbacks.side_view import side_view
from gpt2dash.errors import Cancelled, InvalidInput, PublicError
from gpt2dash.jobs import Event, RunRequest, begin
from gpt2dash.model.hub import resolve
from gpt2dash.model.model_card import read_curve
from gpt2dash.runtime import current
from gpt2dash.web.incidents import reported

logger = logging.getLogger(__name__)

routes = Blueprint("gpt2dash", __name__)

Answer = tuple[Response, int]


def register_routes(server: Flask) -> None:
    """Add the routes to a server whose extensions hold a `Runtime`."""
    server.register_blueprint(routes)


@routes.post("/api/run")
def run() -> Response:
    """Generate and record: NDJSON events until done, or until the client leaves."""
    events = begin(current(), RunRequest.parse(_json()), _client_gone(request.environ))
    return Response(
        stream_with_context(_lines(events)),
        mimetype="application/x-ndjson",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@routes.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="alive")


@routes.get("/readyz")
def readyz() -> Response | Answer:
    """The default model is loaded and results can be kept; otherwise 503 and what is wrong."""
    try:
        lm = current().require_ready()
    except PublicError as problem:
        return _told(type(problem).__name__, str(problem), HTTPStatus.SERVICE_UNAVAILABLE)
    return jsonify(status="ready", model=lm.name, fingerprint=lm.fingerprint)


@routes.get("/api/models/<int:number>/loss.png")
def loss_curve(number: int) -> Response | Answer:
    """The loss curve in a model's card, by the model's place in the list of those on offer."""
    names = current().models.names
    curve = read_curve(resolve(names[number])) if number < len(names) else None
    if curve is None:
        return _told("NotFound", f"Model {number} has no loss curve here.", HTTPStatus.NOT_FOUND)
    return Response(curve, mimetype="image/png", headers={"Cache-Control": "max-age=3600"})


@routes.get("/api/pattern.npz")
def pattern() -> Response:
    """One head's pattern at full precision, with the token ids, as NumPy's archive."""
    view = side_view({name: request.args.get(name) for name in ("key",)} | _numbers("layer", "head"))
    if view is None:
        raise InvalidInput("Name a run: key, layer and head.")
    found = view.trace.pattern(view.layer, view.head)
    out = BytesIO()
    np.savez_compressed(out, pattern=found.numpy(), token_ids=np.array(view.run.ids))
    return Response(out.getvalue(), mimetype="application/zip")


def _numbers(*names: str) -> dict[str, int]:
    """The query's whole numbers of these names.

    Raises:
        InvalidInput: one of them is missing or no number.
    """
    found = {name: request.args.get(name, type=int) for name in names}
    if missing := [name for name, value in found.items() if value is None]:
        raise InvalidInput(f"{' and '.join(missing)} must be whole numbers.")
    return {name: value for name, value in found.items() if value is not None}


@routes.route("/api/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@routes.route("/api/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown(path: str) -> Answer:
    """Addresses that do not exist; without this, Dash would answer them with the page."""
    message = f"There is no {request.method} /api/{path[:80]}."
    return _told("NotFound", message, HTTPStatus.NOT_FOUND)


@routes.errorhandler(PublicError)
def _refused(error: PublicError) -> Answer:
    return _told(type(error).__name__, str(error), error.status)


@routes.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Answer:
    return _told(type(error).__name__, error.description or error.name, error.code or 500)


@routes.errorhandler(Exception)
def _defect(error: Exception) -> Answer:
    return _told("InternalError", reported(error, request.path), HTTPStatus.INTERNAL_SERVER_ERROR)


def _json() -> object:
    """The request's JSON, or None where it is none.

    Raises:
        InvalidInput: another content type, too many bytes, or more levels than can be read.
    """
    if not request.is_json:
        raise InvalidInput("Send JSON: Content-Type must be application/json.")
    try:
        return request.get_json(silent=True)
    except RequestEntityTooLarge as error:
        raise InvalidInput(
            f"The request has more than {request.max_content_length:,} bytes; shorten the text."
        ) from error
    except RecursionError as error:
        raise InvalidInput("The JSON is nested too deeply.") from error


def _lines(events: Iterator[Event]) -> Iterator[bytes]:
    """Events as lines; what goes wrong after the first line can only be told in a line as well."""
    try:
        for event in events:
            yield _line(event)
    except Cancelled:
        logger.info("the client left; the run was stopped")
    except PublicError as refusal:
        yield _line({"event": "error", "message": str(refusal)})
    except Exception as error:  # noqa: BLE001 - the status is sent already, so no handler can tell
        yield _line({"event": "error", "message": reported(error, "a run")})


def _line(event: Event) -> bytes:
    return orjson.dumps(event) + b"\n"


def _client_gone(environ: dict[str, Any]) -> Callable[[], bool]:
    """Has the other end closed the connection? Looks without reading, so it costs microseconds.

    Where the socket cannot be looked at (another server than gunicorn, TLS in this process), a
    client that has left is noticed when the next line cannot be sent.
    """
    connection = environ.get("gunicorn.socket")
    if not isinstance(connection, socket.socket) or isinstance(connection, ssl.SSLSocket):
        return lambda: False

    def gone() -> bool:
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    return gone


def _told(kind: str, message: str, status: int) -> Answer:
    return jsonify(error=kind, message=message), status
