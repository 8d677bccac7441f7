"""The files that a browser fetches and keeps: scripts, modules, style."""

import hashlib
from pathlib import Path

_LENGTH = 12


def digest(folder: Path) -> str:
    """Stands in the address of every asset, so that a browser may keep what it has fetched for days.

    A module imports its neighbours by their plain names; with the digest in the folder's name those
    addresses, too, are new when any file is.
    """
    found = hashlib.sha256()
    for path in _files(folder):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:_LENGTH]


def modules(folder: Path) -> list[str]:
    """Every script that is a module, by its path in the folder."""
    return [path.relative_to(folder).as_posix() for path in _files(folder) if path.suffix == ".mjs"]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
