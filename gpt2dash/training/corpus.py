"""Text files as one stream of token ids on disk, and windows drawn from it.

The ids live in a memory-mapped file of 16-bit numbers, so training takes the same memory for a
page and for a library.
"""

import hashlib
import lzma
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer
from tqdm import tqdm

from gpt2dash.errors import InvalidInput

SEPARATOR = "<|endoftext|>"
_PIECE_CHARACTERS = 20_000
_BATCH_PIECES = 256

Ids = npt.NDArray[np.uint16]


def documents(paths: Iterable[Path]) -> Iterator[str]:
    """Texts of the files, split where a line is the end-of-text mark. `.xz` files are unpacked.

    Raises:
        InvalidInput: a file that is missing or is not UTF-8 text.
    """
    for path in paths:
        lines: list[str] = []
        try:
            with (
                lzma.open(path, "rt", encoding="utf-8")
                if path.suffix == ".xz"
                else path.open(encoding="utf-8")
            ) as file:
                for line in file:
                    if line.strip() == SEPARATOR:
                        yield "".join(lines)
                        lines = []
                    else:
                        lines.append(line)
        except FileNotFoundError as error:
            raise InvalidInput(f"There is no file {path}.") from error
        except UnicodeDecodeError as error:
            raise InvalidInput(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}.") from error
        if lines:
            yield "".join(lines)


def pieces(text: str) -> Iterator[str]:
    """A document in runs of whole lines, small enough to tokenise many at once."""
    held: list[str] = []
    size = 0
    for line in text.splitlines(keepends=True):
        held.append(line)
        size += len(line)
        if size >= _PIECE_CHARACTERS:
            yield "".join(held)
            held, size = [], 0
    if held:
        yield "".join(held)


def write_ids(paths: Sequence[Path], tokenizer: Tokenizer, out: Path) -> int:
    """Tokenise the files into `out` (uint16, documents ended by end-of-text). Returns UTF-8 bytes read."""
    end = np.array([tokenizer.token_to_id(SEPARATOR)], dtype=np.uint16)
    n_bytes = 0
    unfinished = out.with_suffix(".part")
    with unfinished.open("wb") as file, tqdm(unit="B", unit_scale=True, desc="tokenising") as bar:
        for document in documents(paths):
            remaining = pieces(document)
            while batch := list(islice(remaining, _BATCH_PIECES)):
                for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
                    file.write(np.asarray(encoding.ids, dtype=np.uint16).tobytes())
                size = sum(len(piece.encode()) for piece in batch)
                n_bytes += size
                bar.update(size)
            file.write(end.tobytes())
    unfinished.replace(out)
    return n_bytes


def open_ids(path: Path) -> Ids:
    """The stream of ids, memory-mapped."""
    return np.memmap(path, dtype=np.uint16, mode="r")


def fingerprint(paths: Iterable[Path]) -> str:
    """SHA-256 over the files' bytes, in order."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def windows(ids: Ids, step: int, *, n_window: int, length: int, seed: int) -> Ids:
    """The windows of one training step: a function of (seed, step) alone, so a resumed run repeats it."""
    rng = np.random.default_rng([seed, step])
    starts = rng.integers(0, len(ids) - length, size=n_window)
    return np.stack([ids[start : start + length] for start in starts])


def with_copies(batch: Ids, step: int, *, share: float, n_vocab: int, seed: int) -> Ids:
    """Turn a share of the windows into something said twice, so that copying pays early.

    Half of them repeat a passage of their own text, half repeat random tokens. Each window is
    the same passage over and over, from its start.
    """
    rng = np.random.default_rng([seed, step, 1])
    batch = batch.copy()
    n_window, length = batch.shape
    for row in np.flatnonzero(rng.random(n_window) < share):
        period = int(rng.integers(8, length // 2))
        passage = batch[row, :period] if rng.random() < 0.5 else rng.integers(0, n_vocab, period)
        batch[row] = np.resize(passage, length)
    return batch
