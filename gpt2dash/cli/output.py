"""What goes in and out of a command: a prompt as typed or piped, bytes and JSON lines."""

import json
import sys

from gpt2dash.errors import InvalidInput

_STANDARD_INPUT = "-"


def read_prompt(prompt: str) -> str:
    """The prompt itself, or all of standard input when it is `-`; nothing is trimmed.

    Raises:
        InvalidInput: standard input is not UTF-8 text.
    """
    if prompt != _STANDARD_INPUT:
        return prompt
    data = sys.stdin.buffer.read()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"Standard input is not UTF-8 text: {error.reason} at byte {error.start}."
        ) from error


def write_bytes(data: bytes) -> None:
    """Write to standard output, at once."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_line(text: str) -> None:
    """Write one line to standard output, at once."""
    write_bytes(text.encode(errors="surrogateescape") + b"\n")


def write_json(value: object) -> None:
    """Write one line of JSON, its text readable."""
    write_line(json.dumps(value, ensure_ascii=False))


def amount(n_bytes: int) -> str:
    """A number of bytes in the unit that suits it: 10.3 MB."""
    for size, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if n_bytes >= size:
            return f"{n_bytes / size:.1f} {unit}"
    return f"{n_bytes} bytes"
