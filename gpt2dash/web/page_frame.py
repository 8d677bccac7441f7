"""The HTML around the app, and the headers that keep it to itself."""

from collections.abc import Sequence

from dash import Dash
from flask import Flask, Response

from gpt2dash.components.ids import Shell
from gpt2dash.figures import theme

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<link id="PLOTLY_ID" rel="preload" href="PLOTLY_URL" as="script">
<link id="HTML_TO_IMAGE_ID" rel="prefetch" href="HTML_TO_IMAGE_URL" as="script">
<link rel="icon" href="FAVICON_URL" type="image/svg+xml">
<script src="THEME_URL"></script>
MODULES
<link rel="stylesheet" href="BOOTSTRAP_URL">
<style>COLOURS</style>
{%css%}
</head>
<body>
{%app_entry%}
<footer>
{%config%}
{%scripts%}
{%renderer%}
</footer>
</body>
</html>"""

_OF_THE_FRAME = {
    "FAVICON_URL": "favicon.svg",
    "THEME_URL": "theme.js",
    "BOOTSTRAP_URL": "vendor/bootstrap.min.css",
    "PLOTLY_URL": "vendor/plotly.min.js",
    "HTML_TO_IMAGE_URL": "vendor/html-to-image.js",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def index_string(app: Dash, modules: Sequence[str]) -> str:
    """The page frame; the theme is set before the first paint, and our rules come after Bootstrap's.

    Args:
        app: whose assets they are.
        modules: scripts that import one another; fetched together, not each when its importer has come.
    """
    links = [f'<link rel="modulepreload" href="{app.get_asset_url(module)}">' for module in modules]
    filled = {
        "COLOURS": theme.style_sheet(),
        "MODULES": "\n".join(links),
        "PLOTLY_ID": Shell.plotly,
        "HTML_TO_IMAGE_ID": Shell.html_to_image,
        **{placeholder: app.get_asset_url(asset) for placeholder, asset in _OF_THE_FRAME.items()},
    }
    frame = INDEX
    for placeholder, value in filled.items():
        frame = frame.replace(placeholder, value)
    return frame


def content_security_policy(app: Dash) -> str:
    """Scripts from here only, plus the hashes of Dash's own inline ones.

    Styles must allow inline rules: Dash's components write them.
    """
    scripts = " ".join(["'self'", *(f"'{h.strip(chr(39))}'" for h in app.csp_hashes())])
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def add_security_headers(server: Flask, app: Dash) -> None:
    """Send the headers with every response.

    The hashes are known after Dash's first set-up only, so they are taken at each response.
    """

    @server.after_request
    def _secure(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", content_security_policy(app))
        return response
