import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from transformers import AutoTokenizer

from gpt2dash.errors import InvalidInput
from gpt2dash.training import vocabulary
from gpt2dash.training.corpus import SEPARATOR

TEXT = "The cat sat on the mat, and the dog didn't. The cat sat.\n\n 你好 🙂\n" * 30


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("text") / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tokenizer(text: Path) -> Tokenizer:
    return vocabulary.learn([text], 280)


@given(st.text())
def test_any_text_comes_back(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text


def test_end_of_text_is_the_last_of_the_tokens_asked_for(tokenizer: Tokenizer) -> None:
    assert tokenizer.get_vocab_size() == 280
    assert tokenizer.token_to_id(SEPARATOR) == 279


def test_frequent_words_become_one_token(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.encode(" the cat").ids) == 2


def test_a_short_text_yields_fewer_tokens(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("ab")
    assert vocabulary.learn([path], 4_096).get_vocab_size() == 258


@pytest.mark.parametrize("n_vocab", [-1, 256, 65_537])
def test_sizes_that_16_bits_or_bytes_do_not_allow(text: Path, n_vocab: int) -> None:
    with pytest.raises(InvalidInput, match=r"--vocab must be from 257 .* to 65,536"):
        vocabulary.learn([text], n_vocab)


def test_a_part_of_a_large_text_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("here\n" * 4_000 + "elsewhere\n" * 2_000)
    vocab = vocabulary.learn([path], 400, every=2).get_vocab()
    assert "here" in vocab
    assert "elsewhere" not in vocab


def test_what_is_saved_loads_as_the_same_tokenizer(tmp_path: Path, tokenizer: Tokenizer) -> None:
    vocabulary.save(tokenizer, tmp_path, n_ctx=64)
    loaded = vocabulary.load(tmp_path)
    assert loaded.encode(TEXT).ids == tokenizer.encode(TEXT).ids
    assert loaded.encode(SEPARATOR).ids == [279]


def test_transformers_reads_the_same_ids(tmp_path: Path, tokenizer: Tokenizer) -> None:
    vocabulary.save(tokenizer, tmp_path, n_ctx=64)
    theirs = AutoTokenizer.from_pretrained(tmp_path)
    assert theirs(TEXT, verbose=False)["input_ids"] == tokenizer.encode(TEXT).ids
    assert (theirs.eos_token_id, theirs.model_max_length) == (279, 64)


def test_the_last_file_stands_for_a_complete_save(tmp_path: Path, tokenizer: Tokenizer) -> None:
    assert not vocabulary.is_complete(tmp_path)
    vocabulary.save(tokenizer, tmp_path, n_ctx=64)
    assert vocabulary.is_complete(tmp_path)
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_without_a_tokenizer(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"holds no tokenizer: .*vocab\.json cannot be read"):
        vocabulary.load(tmp_path)


@pytest.mark.parametrize(
    ("vocab", "sentence"),
    [
        ("{", "are damaged"),
        (json.dumps({"a": 0}), r"it needs <\|endoftext\|>"),
        (json.dumps({"a": 0, SEPARATOR: 65_536}), r"at most 65,536 tokens"),
    ],
)
def test_tokenizers_that_cannot_be_used(tmp_path: Path, vocab: str, sentence: str) -> None:
    (tmp_path / "vocab.json").write_text(vocab)
    (tmp_path / "merges.txt").write_text("#version: 0.2\n")
    with pytest.raises(InvalidInput, match=sentence):
        vocabulary.load(tmp_path)
