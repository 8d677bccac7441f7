"""Refusals inside callbacks become one notice; everything else is logged under an id."""

import logging
import uuid

from dash import set_props

from gpt2dash.components.ids import Shell
from gpt2dash.errors import PublicError

logger = logging.getLogger(__name__)


def on_error(error: Exception) -> None:
    """Dash's handler: show a sentence, leave every output as it was."""
    if isinstance(error, PublicError):
        message = str(error)
    else:
        number = uuid.uuid4().hex[:8]
        logger.error("callback failed (%s)", number, exc_info=error)
        message = f"Something went wrong on the server; its log says more under number {number}."
    set_props(Shell.notice, {"children": message, "is_open": True, "color": "danger"})
