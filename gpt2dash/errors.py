"""Errors whose text is written for the user: what was wrong, the limit, what to do.

They become one notice in the page, a 4xx with JSON on the API, and one line with exit status 2
on the command line. Anything else is a defect of ours and is never shown raw.
"""


class PublicError(Exception):
    """A refusal in plain words, safe to show. Nothing has been changed when it is raised."""

    status = 400


class InvalidInput(PublicError):
    """A value outside its limits, or of the wrong type."""


class UnknownModel(PublicError):
    """A model name that this server does not offer, or that is not on this machine."""

    status = 404


class UnusableCheckpoint(PublicError):
    """A checkpoint that is damaged, incomplete or not a GPT-2."""

    status = 422


class UnknownRun(PublicError):
    """A run key that this server does not hold any more."""

    status = 404


class StorageProblem(PublicError):
    """The disk refused what had to be stored."""

    status = 507


class Cancelled(Exception):
    """The person who asked for a computation has left; nobody is told."""
