import lzma
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from gpt2dash.errors import InvalidInput
from gpt2dash.training import corpus, vocabulary
from gpt2dash.training.corpus import SEPARATOR

TEXT = "The cat sat on the mat.\r\nIt didn't move.\n\n 🙂 你好\x0c\u2028end"


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    path = tmp_path_factory.mktemp("words") / "text.txt"
    path.write_text("the cat sat on the mat and the dog sat on the cat\n" * 20)
    return vocabulary.learn([path], 280)


def written(folder: Path, text: str, name: str = "text.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def decoded(tokenizer: Tokenizer, ids: corpus.Ids) -> str:
    text: str = tokenizer.decode(ids.tolist(), skip_special_tokens=False)
    return text


def test_ids_decode_to_the_file_byte_for_byte(tmp_path: Path, tokenizer: Tokenizer) -> None:
    prepared = corpus.prepare([written(tmp_path, TEXT)], tokenizer, tmp_path / "text.ids")
    assert decoded(tokenizer, prepared.ids) == TEXT + SEPARATOR
    assert prepared.n_bytes == len(TEXT.encode())


def test_documents_end_at_a_marked_line_and_at_the_end_of_a_file(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    first = written(tmp_path, f"one\n{SEPARATOR}\ntwo\n", "1.txt")
    second = written(tmp_path, "three", "2.txt")
    prepared = corpus.prepare([first, second], tokenizer, tmp_path / "text.ids")
    assert decoded(tokenizer, prepared.ids) == f"one\n{SEPARATOR}two\n{SEPARATOR}three{SEPARATOR}"


def test_xz_files_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "text.txt.xz"
    path.write_bytes(lzma.compress(TEXT.encode()))
    assert [piece.text for piece in corpus.pieces([path])] == [TEXT]


@given(lines=st.lists(st.integers(min_value=0, max_value=45_000), max_size=6))
def test_pieces_join_to_the_text(tmp_path_factory: pytest.TempPathFactory, lines: list[int]) -> None:
    text = "\n".join("x" * n for n in lines)
    found = list(corpus.pieces([written(tmp_path_factory.mktemp("pieces"), text)]))
    assert "".join(piece.text for piece in found) == text
    assert [piece.is_last for piece in found] == [False] * (len(found) - 1) + [True] * bool(text)


def test_one_endless_line_takes_little_memory(tmp_path: Path) -> None:
    path = written(tmp_path, "never a line end " * 1_000_000)
    tracemalloc.start()
    total = sum(len(piece.text) for piece in corpus.pieces([path]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == 17_000_000
    assert peak < 2_000_000


def damaged_xz() -> bytes:
    return lzma.compress(TEXT.encode())[:-20]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("absent.txt", None, "cannot be read: No such file or directory."),
        ("latin.txt", b"caf\xe9 au lait", "is not UTF-8 text: invalid continuation byte."),
        ("cut.xz", damaged_xz(), "is damaged or no xz file"),
        ("plain.xz", b"no xz at all", "is damaged or no xz file"),
    ],
)
def test_files_that_cannot_be_read_are_named(
    tmp_path: Path, name: str, data: bytes | None, sentence: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InvalidInput, match=f"{name} {sentence}"):
        list(corpus.pieces([tmp_path / name]))


def test_a_folder_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read: Is a directory"):
        corpus.fingerprint([tmp_path])


def test_ids_are_kept_while_the_text_is_the_same(tmp_path: Path, tokenizer: Tokenizer) -> None:
    path, batches = written(tmp_path, TEXT), list[int]()
    first = corpus.prepare([path], tokenizer, tmp_path / "text.ids", batches.append)
    second = corpus.prepare([path], tokenizer, tmp_path / "text.ids", batches.append)
    assert batches == [len(TEXT.encode())]
    assert (second.sha256, second.n_bytes) == (first.sha256, first.n_bytes)


def test_ids_are_made_anew_for_another_text(tmp_path: Path, tokenizer: Tokenizer) -> None:
    corpus.prepare([written(tmp_path, TEXT)], tokenizer, tmp_path / "text.ids")
    prepared = corpus.prepare([written(tmp_path, "the cat")], tokenizer, tmp_path / "text.ids")
    assert decoded(tokenizer, prepared.ids) == f"the cat{SEPARATOR}"


def test_ids_are_made_anew_for_another_tokenizer(tmp_path: Path, tokenizer: Tokenizer) -> None:
    path = written(tmp_path, "the cat")
    corpus.prepare([path], tokenizer, tmp_path / "text.ids")
    bytewise = vocabulary.learn([path], 257)
    assert len(corpus.prepare([path], bytewise, tmp_path / "text.ids").ids) == len("the cat") + 1


def test_ids_without_their_note_are_made_anew(tmp_path: Path, tokenizer: Tokenizer) -> None:
    path, out = written(tmp_path, "the cat"), tmp_path / "text.ids"
    corpus.prepare([path], tokenizer, out)
    (tmp_path / "text.json").unlink()
    out.write_bytes(b"\0\0")
    assert decoded(tokenizer, corpus.prepare([path], tokenizer, out).ids) == f"the cat{SEPARATOR}"


def test_an_empty_text_is_too_short(tmp_path: Path, tokenizer: Tokenizer) -> None:
    prepared = corpus.prepare([written(tmp_path, "")], tokenizer, tmp_path / "text.ids")
    with pytest.raises(InvalidInput, match="held-out text has 0 tokens; a context of 32 needs at least 34"):
        corpus.require_length(prepared.ids, 32, "held-out")
