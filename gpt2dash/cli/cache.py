"""`gpt2dash cache`: what is kept between runs, and the way to be rid of it."""

from dataclasses import asdict, dataclass
from pathlib import Path

from gpt2dash.cli.output import amount, write_json, write_line
from gpt2dash.file_cache import FileCache
from gpt2dash.settings import read_settings

PARTS = ("traces", "runs")
"""The folders that the server keeps its caches in."""


@dataclass(frozen=True)
class Contents:
    """How full the cache folder is."""

    folder: str
    entries: int
    bytes: int
    budget: int


def show_cache(*, clear: bool, as_json: bool) -> None:
    """Print entries, bytes, budget and folder, after removing every entry if asked.

    Raises:
        PublicError: the folder cannot be used.
    """
    settings = read_settings()
    contents = look(settings.cache_folder, settings.cache_bytes, clear=clear)
    if as_json:
        write_json(asdict(contents))
        return
    write_line(f"{contents.folder}: {contents.entries:,} entries")
    write_line(f"{amount(contents.bytes)} of at most {amount(contents.budget)} (GPT2DASH_CACHE_MIB)")


def look(folder: Path, budget: int, *, clear: bool = False) -> Contents:
    """Count what a cache folder holds, after removing it if asked."""
    parts = [FileCache(folder / name, budget) for name in PARTS if (folder / name).is_dir()]
    if clear:
        for part in parts:
            part.clear()
    sizes = [part.size() for part in parts]
    return Contents(str(folder), sum(n for n, _ in sizes), sum(size for _, size in sizes), budget)
