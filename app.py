"""gpt2dash as a web application: `create_app(settings)` for tests and servers, nothing else."""

from pathlib import Path

from dash import ClientsideFunction, Dash, Input, Output
from flask import Flask

from gpt2dash.callbacks.pairs import paired
from gpt2dash.components.ids import SIDES, Shell, SideIds, view_store
from gpt2dash.components.shell import shell
from gpt2dash.options import choices
from gpt2dash.runtime import Runtime
from gpt2dash.settings import Settings, read_settings
from gpt2dash.web.assets import digest, modules
from gpt2dash.web.notices import on_error
from gpt2dash.web.page_frame import add_security_headers, index_string
from gpt2dash.web.routes import register_routes

HERE = Path(__file__).resolve().parent
ASSETS = HERE / "assets"
ASSETS_MAX_AGE_S = 7 * 24 * 3_600
MAX_REQUEST_BYTES = 4 << 20


def create_app(settings: Settings) -> Dash:
    """The Dash app over one runtime; `app.server` is what a WSGI server calls."""
    server = Flask("gpt2dash")
    server.secret_key = settings.secret_key or None
    server.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    server.config["SEND_FILE_MAX_AGE_DEFAULT"] = ASSETS_MAX_AGE_S
    runtime = Runtime(server, settings)
    register_routes(server)
    app = Dash(
        "app",
        server=server,  # type: ignore[arg-type]  # Dash takes a Flask; its annotation does not say so
        use_pages=True,
        pages_folder=str(HERE / "pages"),
        assets_folder=str(ASSETS),
        assets_url_path=f"assets/{digest(ASSETS)}",
        assets_ignore=r"\.mjs$|theme\.js|bootstrap|plotly\.min|html-to-image",  # named by the page's frame
        assets_path_ignore=["^app$"],  # modules: who needs one imports it
        compress=True,
        update_title=None,  # type: ignore[arg-type]  # None keeps the title while callbacks run
        serve_locally=True,
        on_error=on_error,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.index_string = index_string(app, modules(ASSETS))
    app.layout = shell(runtime.models.names, choices())
    wire_shell(app)
    add_security_headers(server, app)
    return app


def wire_shell(app: Dash) -> None:
    """The callbacks of the frame: the browser's own, and which tokens of two sides stand for one another."""
    app.clientside_callback(
        ClientsideFunction("gpt2dash", "boot"),
        Input(Shell.boot, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("gpt2dash", "opened"),
        Input(Shell.page, "children"),
        prevent_initial_call=True,
    )
    app.callback(
        Output(Shell.pairs, "data"),
        Input(view_store("text", "both"), "data"),
        prevent_initial_call=True,
    )(paired)
    app.clientside_callback(
        ClientsideFunction("gpt2dash", "pairTokens"),
        Input(Shell.pairs, "data"),
        prevent_initial_call=True,
    )
    for side in SIDES:
        ids = SideIds(side)
        app.clientside_callback(
            ClientsideFunction("gpt2dash", "useExample"),
            Output(ids.prompt, "value"),
            Output(ids.examples, "value"),
            Input(ids.examples, "value"),
            prevent_initial_call=True,
        )


def wsgi() -> Flask:
    """The WSGI application, configured by the environment: `gunicorn 'app:wsgi()'`."""
    server: Flask = create_app(read_settings()).server
    warm_up(server)
    return server


def warm_up(server: Flask) -> None:
    """Finish Dash's set-up and load the default model before anybody is served.

    Dash prepares itself at its first request and serves half-registered scripts to the second,
    should they come at once.
    """
    client = server.test_client()
    for path in ("/", "/_dash-layout", "/_dash-dependencies", "/readyz"):
        client.get(path)
