"""Defects of ours: logged in full under a number, and told to the user by that number alone."""

import logging
import uuid

logger = logging.getLogger(__name__)


def reported(error: Exception, where: str) -> str:
    """Log an error with its traceback; the sentence to show instead of it."""
    number = uuid.uuid4().hex[:8]
    logger.error("%s failed (%s)", where, number, exc_info=error)
    return f"Something went wrong on the server; its log says more under number {number}."
