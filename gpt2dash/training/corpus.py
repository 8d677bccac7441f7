"""Text files as one stream of token ids on disk.

The text is read in pieces and the ids live in a memory-mapped file of 16-bit numbers, so
training takes the same memory for a page and for a library.
"""

import hashlib
import json
import lzma
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from gpt2dash.errors import InvalidInput

SEPARATOR = "<|endoftext|>"
MAX_VOCAB = 1 << 16
"""Ids are kept in 16 bits."""

_PIECE_CHARACTERS = 20_000
_BATCH_PIECES = 256

Ids = npt.NDArray[np.uint16]


class Piece(NamedTuple):
    """A run of whole lines of one document (a part of a line where it is very long).

    Attributes:
        text: as in the file; its line ends are kept.
        number: 0 for the first piece of its document.
        is_last: the document ends here.
    """

    text: str
    number: int
    is_last: bool


@dataclass(frozen=True)
class Corpus:
    """A text as token ids, each document followed by end-of-text.

    Attributes:
        ids: memory-mapped.
        n_bytes: of the text in UTF-8, without the marks between documents.
        sha256: of the files it came from.
    """

    ids: Ids
    n_bytes: int
    sha256: str


def pieces(paths: Iterable[Path]) -> Iterator[Piece]:
    """The files' text, document by document.

    A document ends with its file and at a line that is the end-of-text mark alone. `.xz` files
    are unpacked.

    Raises:
        InvalidInput: a file that is missing, cannot be read or is not UTF-8 text.
    """
    for path in paths:
        with _opened(path) as file:
            yield from _pieces(file)


def _pieces(file: TextIOWrapper) -> Iterator[Piece]:
    held: list[str] = []
    number = size = 0
    while line := file.readline(_PIECE_CHARACTERS):
        if line.strip() == SEPARATOR:
            yield Piece("".join(held), number, is_last=True)
            held, number, size = [], 0, 0
            continue
        held.append(line)
        size += len(line)
        if size >= _PIECE_CHARACTERS:
            yield Piece("".join(held), number, is_last=False)
            held, number, size = [], number + 1, 0
    if held or number:
        yield Piece("".join(held), number, is_last=True)


@contextmanager
def _opened(path: Path) -> Iterator[TextIOWrapper]:
    """The file as text with its own line ends; whatever reading it meets becomes a sentence."""
    try:
        with (
            lzma.open(path, "rt", encoding="utf-8", newline="")
            if path.suffix == ".xz"
            else path.open(encoding="utf-8", newline="")
        ) as file:
            yield file
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8 text: {error.reason}.") from error
    except (lzma.LZMAError, EOFError) as error:
        raise InvalidInput(f"{path} is damaged or no xz file: {error}") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def fingerprint(paths: Iterable[Path]) -> str:
    """SHA-256 over the files' bytes, in order.

    Raises:
        InvalidInput: a file that is missing or cannot be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()


def prepare(
    paths: Sequence[Path],
    tokenizer: Tokenizer,
    out: Path,
    on_bytes: Callable[[int], object] = lambda _n: None,
) -> Corpus:
    """The files as ids in `out`, tokenised unless `out` already holds just that.

    Args:
        paths: text files.
        tokenizer: of at most 65,536 tokens, end-of-text among them.
        out: file of ids; what it was made from is noted beside it.
        on_bytes: told the size of each batch of text as it is done.

    Raises:
        InvalidInput: a file that cannot be read.
    """
    source = {
        "sha256": fingerprint(paths),
        "tokenizer": hashlib.sha256(tokenizer.to_str().encode()).hexdigest(),
    }
    note = out.with_suffix(".json")
    noted = json.loads(note.read_text()) if note.exists() else {}
    if not out.exists() or {key: noted.get(key) for key in source} != source:
        note.unlink(missing_ok=True)
        noted = {**source, "bytes": _write_ids(paths, tokenizer, out, on_bytes)}
        _write_note(note, noted)
    return Corpus(open_ids(out), noted["bytes"], source["sha256"])


def _write_ids(
    paths: Sequence[Path], tokenizer: Tokenizer, out: Path, on_bytes: Callable[[int], object]
) -> int:
    """Tokenise the files into `out`. Returns UTF-8 bytes read."""
    end = np.array([tokenizer.token_to_id(SEPARATOR)], dtype=np.uint16).tobytes()
    n_bytes = 0
    unfinished = out.with_suffix(".part")
    stream = pieces(paths)
    with unfinished.open("wb") as file:
        while batch := list(islice(stream, _BATCH_PIECES)):
            encodings = tokenizer.encode_batch_fast([piece.text for piece in batch], add_special_tokens=False)
            for piece, encoding in zip(batch, encodings, strict=True):
                file.write(np.asarray(encoding.ids, dtype=np.uint16).tobytes())
                file.write(end if piece.is_last else b"")
            size = sum(len(piece.text.encode()) for piece in batch)
            n_bytes += size
            on_bytes(size)
    unfinished.replace(out)
    return n_bytes


def _write_note(path: Path, note: dict[str, object]) -> None:
    unfinished = path.with_suffix(".json.part")
    unfinished.write_text(json.dumps(note))
    unfinished.replace(path)


def open_ids(path: Path) -> Ids:
    """The stream of ids, memory-mapped."""
    if path.stat().st_size == 0:
        return np.empty(0, dtype=np.uint16)  # an empty file cannot be mapped
    return np.memmap(path, dtype=np.uint16, mode="r")


def require_length(ids: Ids, n_ctx: int, name: str) -> None:
    """Refuse a text too short for one window.

    Raises:
        InvalidInput: fewer than n_ctx + 2 tokens.
    """
    if len(ids) < n_ctx + 2:
        raise InvalidInput(
            f"The {name} text has {len(ids):,} tokens; a context of {n_ctx:,} needs at least {n_ctx + 2:,}. "
            "Give more text or a smaller --n-ctx."
        )
