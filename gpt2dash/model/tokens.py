"""Text to tokens and back, byte for byte, and what a person sees of one token."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tokenizers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from gpt2dash.errors import InvalidInput, UnusableCheckpoint

_PROBE = "The  cat\n\n" + "".join(map(chr, range(0x250))) + " e\u0301 你好 \U0001f642\u200d\n "
_STRAY = re.compile("[\udc80-\udcff]+")
_SHOWN_AS = {" ": "␣", "\n": "⏎", "\t": "⇥", "\x7f": "␡"} | {
    chr(code): chr(0x2400 + code) for code in range(32) if chr(code) not in "\n\t"
}
_STAND_INS = frozenset("◌⟨⟩�") | frozenset(_SHOWN_AS.values())
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Zs", "Zl", "Zp"})


@dataclass(frozen=True)
class Token:
    """One token as a person meets it."""

    id: int
    bytes: bytes
    label: str
    kind: Literal["text", "bytes", "special"]


class Tokenizer:
    """A checkpoint's byte-level tokenizer. Never changed after it is loaded, so threads share it."""

    def __init__(self, backend: tokenizers.Tokenizer, eot_id: int | None) -> None:
        self.eot_id = eot_id
        self._backend = backend
        self._added = {i: token.content for i, token in backend.get_added_tokens_decoder().items()}
        self._bytes = {i: _bytes_of(piece) for piece, i in backend.get_vocab(with_added_tokens=False).items()}
        self._bytes |= {i: content.encode() for i, content in self._added.items()}

    @property
    def n_vocab(self) -> int:
        """One more than the largest id."""
        return max(self._bytes) + 1

    def encode(self, text: str) -> list[int]:
        """The ids of exactly this text: nothing is added, trimmed or cleaned.

        Raises:
            InvalidInput: the text holds half of a surrogate pair, which no UTF-8 can express.
        """
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidInput(
                f"Character {error.start + 1} of the text is half of a surrogate pair "
                f"(U+{ord(text[error.start]):04X}) and no Unicode character; remove it."
            ) from error
        ids: list[int] = self._backend.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of the ids; bytes that form no whole character become U+FFFD."""
        return b"".join(map(self.token_bytes, ids)).decode(errors="replace")

    def token_bytes(self, token_id: int) -> bytes:
        """The bytes one token stands for; none for an id the vocabulary does not use."""
        return self._bytes.get(token_id, b"")

    def describe(self, ids: Sequence[int]) -> list[Token]:
        """Each token with its bytes and a label that hides nothing."""
        return [self._token(token_id) for token_id in ids]

    def _token(self, token_id: int) -> Token:
        if token_id not in self._bytes:
            return Token(token_id, b"", f"⟨unused {token_id}⟩", "special")
        data = self._bytes[token_id]
        if token_id in self._added:
            return Token(token_id, data, label(data), "special")
        return Token(token_id, data, label(data), "text" if _is_text(data) else "bytes")


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a checkpoint folder.

    Raises:
        UnusableCheckpoint: its files are missing or damaged, or it does not keep every byte of a text.
    """
    if not (folder / "tokenizer.json").is_file() and not (
        (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file()
    ):
        raise UnusableCheckpoint(
            f"The folder {folder} has no tokenizer files (vocab.json and merges.txt, or tokenizer.json)."
        )
    backend, eot_id = _read(folder)
    backend.no_truncation()
    backend.no_padding()
    tokenizer = Tokenizer(backend, eot_id)
    for probe in (_PROBE, f" {_PROBE}"):
        if b"".join(map(tokenizer.token_bytes, tokenizer.encode(probe))) != probe.encode():
            raise _not_byte_level(folder)
    return tokenizer


def _read(folder: Path) -> tuple[tokenizers.Tokenizer, int | None]:
    try:
        theirs = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # the tokenizers library raises this very class for damaged files
        reason = str(error).strip().partition("\n")[0]
        raise UnusableCheckpoint(f"The tokenizer files in {folder} cannot be read: {reason}") from error
    if not isinstance(theirs, PreTrainedTokenizerFast):
        raise _not_byte_level(folder)
    return theirs.backend_tokenizer, theirs.eos_token_id


def _not_byte_level(folder: Path) -> UnusableCheckpoint:
    return UnusableCheckpoint(
        f"The tokenizer in {folder} does not keep every byte of a text; "
        "gpt2dash needs GPT-2's byte-level kind, without a normaliser or an added first space."
    )


def label(data: bytes) -> str:
    """The bytes as one readable line, different for different bytes.

    Spaces, line ends and control characters get visible signs; invisible characters their code,
    ⟨U+200B⟩; bytes that form no whole character their value, ⟨F0 9F⟩. A combining mark that
    comes first stands on ◌. Text that holds one of these signs itself shows its code.
    """
    text = data.decode(errors="surrogateescape")
    seen = "".join(map(_seen, text))
    if text and unicodedata.category(text[0]).startswith("M") and seen[0] == text[0]:
        seen = "◌" + seen
    return _STRAY.sub(_hexadecimal, seen)


def _seen(character: str) -> str:
    if character in _SHOWN_AS:
        return _SHOWN_AS[character]
    hidden = unicodedata.category(character) in _INVISIBLE_CATEGORIES or character in _INVISIBLE
    return f"⟨U+{ord(character):04X}⟩" if hidden or character in _STAND_INS else character


def _hexadecimal(stray: re.Match[str]) -> str:
    return f"⟨{stray.group().encode(errors='surrogateescape').hex(' ').upper()}⟩"


def _is_text(data: bytes) -> bool:
    return not _STRAY.search(data.decode(errors="surrogateescape"))


def _byte_alphabet() -> dict[str, int]:
    """GPT-2's printable stand-in for each byte (Radford et al. 2019): itself, or the next free one."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}


_ALPHABET = _byte_alphabet()


def _bytes_of(piece: str) -> bytes:
    """A vocabulary entry's bytes; an entry outside the byte alphabet is taken as plain text."""
    if all(character in _ALPHABET for character in piece):
        return bytes(_ALPHABET[character] for character in piece)
    return piece.encode()
