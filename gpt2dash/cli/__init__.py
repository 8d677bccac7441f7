"""The command line: `commands` declares what a person types, one module per command does it."""

import sys

from gpt2dash.cli.commands import command_line
from gpt2dash.errors import PublicError


def main() -> None:
    """Run one command. A refusal is one line on standard error and exit status 2."""
    try:
        command_line()
    except PublicError as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(2)
