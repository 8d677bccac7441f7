import json
import re
import shutil
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import normalizers, processors
from transformers import AutoTokenizer

from gpt2dash.errors import InvalidInput, UnusableCheckpoint
from gpt2dash.model.tokens import Token, Tokenizer, label, load_tokenizer

TRICKY = (
    "The cat sat  ␣⏎⟨⟩◌�\\\n\r\t\x00\x7f\x85\xa0\u200b\u202e\u2066\ufeff\u0301\u0903\ufe0f\u3000é你🙂👩‍👧سلام"
)
texts = st.text() | st.text(alphabet=TRICKY)
SIGN = re.compile(r"⟨U\+([0-9A-F]+)⟩|⟨([0-9A-F ]+)⟩|◌|.", re.DOTALL)


def read_back(shown: str) -> bytes:
    """The bytes a label stands for, found from what the docstring of `label` says."""
    signs = {"␣": " ", "⏎": "\n", "⇥": "\t", "␡": "\x7f", "◌": ""}
    signs |= {chr(0x2400 + code): chr(code) for code in range(32)}
    parts = []
    for match in SIGN.finditer(shown):
        code, stray = match.groups()
        character = chr(int(code, 16)) if code else signs.get(match.group(), match.group())
        parts.append(bytes.fromhex(stray) if stray else character.encode())
    return b"".join(parts)


@given(text=texts)
def test_any_text_comes_back_from_its_tokens_byte_for_byte(tiny_tokenizer: Tokenizer, text: str) -> None:
    ids = tiny_tokenizer.encode(text)
    assert tiny_tokenizer.decode(ids) == text
    assert b"".join(map(tiny_tokenizer.token_bytes, ids)) == text.encode()


@given(text=texts)
def test_encoding_is_that_of_transformers(tiny_tokenizer: Tokenizer, tiny_folder: Path, text: str) -> None:
    theirs = AutoTokenizer.from_pretrained(tiny_folder, local_files_only=True)
    assert tiny_tokenizer.encode(text) == theirs(text, add_special_tokens=False).input_ids


def test_merges_are_used(tiny_tokenizer: Tokenizer) -> None:
    tokens = tiny_tokenizer.describe(tiny_tokenizer.encode("The cat gave"))
    assert [token.bytes for token in tokens] == [b"The", b" cat", b" gave"]


def test_the_end_of_text_mark_is_one_special_token(tiny_tokenizer: Tokenizer) -> None:
    ids = tiny_tokenizer.encode("a<|endoftext|>")
    end = Token(tiny_tokenizer.eot_id or -1, b"<|endoftext|>", "<|endoftext|>", "special")
    assert tiny_tokenizer.describe(ids)[-1] == end
    assert tiny_tokenizer.decode(ids) == "a<|endoftext|>"


def test_the_vocabulary_ends_at_its_largest_id(tiny_tokenizer: Tokenizer) -> None:
    assert tiny_tokenizer.n_vocab == 360
    assert tiny_tokenizer.describe([360, -1]) == [
        Token(360, b"", "⟨unused 360⟩", "special"),
        Token(-1, b"", "⟨unused -1⟩", "special"),
    ]


def test_a_character_split_over_tokens_is_shown_as_bytes(tiny_tokenizer: Tokenizer) -> None:
    tokens = tiny_tokenizer.describe(tiny_tokenizer.encode("😀"))
    assert {token.kind for token in tokens} == {"bytes"}
    assert [token.label for token in tokens] == ["⟨F0 9F⟩", "⟨98⟩", "⟨80⟩"]


def test_bytes_without_the_rest_of_their_character_decode_to_the_replacement(
    tiny_tokenizer: Tokenizer,
) -> None:
    ids = tiny_tokenizer.encode("a😀")
    assert tiny_tokenizer.decode(ids[:-1]) == "a�"


def test_half_a_surrogate_pair_is_refused(tiny_tokenizer: Tokenizer) -> None:
    with pytest.raises(InvalidInput, match=r"Character 4 of the text .* \(U\+D83D\)"):
        tiny_tokenizer.encode("ab \ud83d")


def test_threads_share_a_tokenizer(tiny_tokenizer: Tokenizer) -> None:
    prompts = [f"The cat {number} 🙂\n" * 20 for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(tiny_tokenizer.encode, prompts))
    assert together == [tiny_tokenizer.encode(prompt) for prompt in prompts]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b" the", "␣the"),
        (b"\n\n", "⏎⏎"),
        (b"\r\t\x00\x1b\x7f", "␍⇥␀␛␡"),
        ("\u0085".encode(), "⟨U+0085⟩"),
        ("\u00a0\u200b\u200d\u202e\u2067\ufeff".encode(), "⟨U+00A0⟩⟨U+200B⟩⟨U+200D⟩⟨U+202E⟩⟨U+2067⟩⟨U+FEFF⟩"),
        ("❤\ufe0f".encode(), "❤⟨U+FE0F⟩"),
        ("\U000e0041".encode(), "⟨U+E0041⟩"),
        ("\u0301".encode(), "◌\u0301"),
        ("e\u0301".encode(), "e\u0301"),
        ("\ufffd".encode(), "⟨U+FFFD⟩"),
        ("␣⟨".encode(), "⟨U+2423⟩⟨U+27E8⟩"),
        (b"\xf0\x9f", "⟨F0 9F⟩"),
        (b"na\xc3", "na⟨C3⟩"),
        (b"\xa9\xe2\x80\x8d\xf0\x9f\x91", "⟨A9⟩⟨U+200D⟩⟨F0 9F 91⟩"),
        (b"\xed\xa0\x80", "⟨ED A0 80⟩"),
        (b"\\n<b>", "\\n<b>"),
        (b"", ""),
    ],
)
def test_labels_hide_nothing(data: bytes, shown: str) -> None:
    assert label(data) == shown


@given(
    data=st.binary() | texts.map(str.encode) | st.text(alphabet=TRICKY).map(lambda text: text.encode()[1:-1])
)
def test_the_bytes_can_be_read_back_from_a_label(data: bytes) -> None:
    assert read_back(label(data)) == data


@given(data=st.binary() | texts.map(str.encode))
def test_a_label_has_no_character_that_cannot_be_seen(data: bytes) -> None:
    hidden = {"Cc", "Cf", "Cn", "Co", "Cs", "Zs", "Zl", "Zp"}
    shown = SIGN.sub(lambda match: "" if match[0].startswith("⟨") else match[0], label(data))
    assert not [c for c in shown if unicodedata.category(c) in hidden or c == "�"]


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """The tokenizer files of the tiny checkpoint, to be damaged."""
    for name in ("config.json", "vocab.json", "merges.txt", "tokenizer_config.json"):
        shutil.copy(tiny_folder / name, tmp_path)
    return tmp_path


def test_a_folder_without_tokenizer_files_is_refused(folder: Path) -> None:
    (folder / "merges.txt").unlink()
    with pytest.raises(UnusableCheckpoint, match=r"no tokenizer files \(vocab.json and merges.txt, or"):
        load_tokenizer(folder)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vocab.json", ""),
        ("vocab.json", "[1]"),
        ("vocab.json", '{"a": "b"}'),
        ("merges.txt", "#version: 0.2\nno such\n"),
        ("tokenizer_config.json", "[1]"),
        ("tokenizer_config.json", '{"a": '),
        ("tokenizer_config.json", '{"tokenizer_class": "NoSuchTokenizer"}'),
        ("tokenizer.json", ""),
        ("tokenizer.json", "{}"),
    ],
)
def test_damaged_tokenizer_files_are_refused(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    with pytest.raises(UnusableCheckpoint, match="cannot be read"):
        load_tokenizer(folder)


def test_a_tokenizer_that_adds_a_space_is_refused(folder: Path) -> None:
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(settings | {"add_prefix_space": True}))
    with pytest.raises(UnusableCheckpoint, match="does not keep every byte"):
        load_tokenizer(folder)


def test_a_tokenizer_without_a_letter_for_every_byte_is_refused(folder: Path) -> None:
    (folder / "vocab.json").write_text('{"T": 0, "h": 1}')
    (folder / "merges.txt").write_text("#version: 0.2\n")
    with pytest.raises(UnusableCheckpoint, match="does not keep every byte"):
        load_tokenizer(folder)


def test_tokens_added_by_a_fine_tune_are_special(folder: Path) -> None:
    (folder / "added_tokens.json").write_text('{"<pad>": 360}')
    tokenizer = load_tokenizer(folder)
    assert tokenizer.describe(tokenizer.encode("a<pad>"))[1] == Token(360, b"<pad>", "<pad>", "special")


def rebuild(folder: Path, change: Callable[[tokenizers.Tokenizer], None]) -> None:
    """Write the tokenizer as one file that is taken as it is, with a change."""
    backend = AutoTokenizer.from_pretrained(folder, local_files_only=True).backend_tokenizer
    change(backend)
    backend.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}')


@pytest.mark.parametrize(
    "normalizer",
    [normalizers.Lowercase(), normalizers.NFC(), normalizers.Strip(), normalizers.Strip(right=False)],
)
def test_a_tokenizer_that_changes_the_text_is_refused(
    folder: Path, normalizer: normalizers.Normalizer
) -> None:
    rebuild(folder, lambda backend: setattr(backend, "normalizer", normalizer))
    with pytest.raises(UnusableCheckpoint, match="does not keep every byte"):
        load_tokenizer(folder)


def test_what_a_tokenizer_would_add_cut_or_pad_is_left_alone(folder: Path) -> None:
    def change(backend: tokenizers.Tokenizer) -> None:
        end = "<|endoftext|>"
        backend.post_processor = processors.TemplateProcessing(f"{end} $A", special_tokens=[(end, 359)])
        backend.enable_truncation(3)
        backend.enable_padding(length=30)

    rebuild(folder, change)
    tokenizer = load_tokenizer(folder)
    assert tokenizer.decode(tokenizer.encode("a b c d e f")) == "a b c d e f"
