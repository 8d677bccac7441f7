"""A byte-level BPE vocabulary learned from text (Sennrich et al. 2016; Radford et al. 2019, 2.2)."""

import json
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from gpt2dash.errors import InvalidInput
from gpt2dash.training.corpus import MAX_VOCAB, SEPARATOR, pieces

MIN_VOCAB = 257
"""Every byte, and end-of-text."""

_SAMPLE_CHARACTERS = 40_000_000
_FILES = ("vocab.json", "merges.txt", "tokenizer_config.json")
_GPT2_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def learn(
    paths: Sequence[Path], n_vocab: int, shares: Sequence[float] = (), *, every: int | None = None
) -> Tokenizer:
    """Learn merges from the text; the last id is end-of-text.

    GPT-2's own splitting pattern, all 256 bytes in the alphabet: any text can be encoded. A
    short text may yield fewer tokens than asked for.

    Args:
        paths: text files.
        n_vocab: tokens to end with, from 257 to 65,536.
        shares: how much each text counts, relative to one another; by their lengths when empty.
        every: read one piece in so many; None reads about 40 million characters.

    Raises:
        InvalidInput: a size outside these limits, or a file that cannot be read.
    """
    if not MIN_VOCAB <= n_vocab <= MAX_VOCAB:
        raise InvalidInput(
            f"--vocab must be from {MIN_VOCAB} (256 bytes and end-of-text) to {MAX_VOCAB:,}; "
            f"you gave {n_vocab:,}."
        )
    steps = [every] * len(paths) if every is not None else _steps(paths, shares)
    tokenizer = _byte_level(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=n_vocab - 1,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    sample = (
        piece.text
        for path, step in zip(paths, steps, strict=True)
        for count, piece in enumerate(pieces([path]))
        if count % step == 0
    )
    tokenizer.train_from_iterator(sample, trainer)
    tokenizer.add_special_tokens([SEPARATOR])
    return tokenizer


def _steps(paths: Sequence[Path], shares: Sequence[float]) -> list[int]:
    """One piece in how many to read of each text, so that they count by their shares."""
    sizes = [sum(len(piece.text) for piece in pieces([path])) for path in paths]
    weights = shares or sizes
    wanted = [_SAMPLE_CHARACTERS * weight / (sum(weights) or 1) for weight in weights]
    return [max(1, round(size / (want or 1))) for size, want in zip(sizes, wanted, strict=True)]


def _byte_level(model: models.BPE) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_GPT2_SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path, n_ctx: int) -> None:
    """Write the files that transformers' GPT-2 tokenizer reads; the last one stands for all of them."""
    model = json.loads(tokenizer.to_str())["model"]
    vocab = dict(model["vocab"]) | {SEPARATOR: tokenizer.token_to_id(SEPARATOR)}
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    settings = {
        "tokenizer_class": "GPT2Tokenizer",
        "model_max_length": n_ctx,
        "bos_token": SEPARATOR,
        "eos_token": SEPARATOR,
        "unk_token": SEPARATOR,
        "add_prefix_space": False,
    }
    texts = (
        json.dumps(vocab, ensure_ascii=False),
        "#version: 0.2\n" + "\n".join(merges) + "\n",
        json.dumps(settings, indent=2),
    )
    for name, text in zip(_FILES, texts, strict=True):
        unfinished = folder / f"{name}.part"
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(folder / name)


def is_complete(folder: Path) -> bool:
    """Has a `save` into this folder come to its end?"""
    return (folder / _FILES[-1]).exists()


def load(folder: Path) -> Tokenizer:
    """The tokenizer whose `vocab.json` and `merges.txt` are in a folder, GPT-2's own for one.

    Raises:
        InvalidInput: the files are missing or damaged, lack end-of-text, or hold more than 65,536 tokens.
    """
    try:
        vocab = json.loads((folder / _FILES[0]).read_text(encoding="utf-8"))
        lines = (folder / _FILES[1]).read_text(encoding="utf-8").split("\n")
        pairs = [line.split(" ") for line in lines if line and not line.startswith("#version")]
        tokenizer = _byte_level(models.BPE(vocab=vocab, merges=[(left, right) for left, right in pairs]))
    except OSError as error:
        raise InvalidInput(
            f"{folder} holds no tokenizer: {error.filename} cannot be read ({error.strerror})."
        ) from error
    except Exception as error:  # the tokenizers library raises this very class for damaged files
        raise InvalidInput(f"The tokenizer files in {folder} are damaged: {error}") from error
    if SEPARATOR not in vocab or max(vocab.values()) >= MAX_VOCAB:
        raise InvalidInput(
            f"The tokenizer in {folder} cannot be used for training: "
            f"it needs {SEPARATOR} and at most {MAX_VOCAB:,} tokens."
        )
    tokenizer.add_special_tokens([SEPARATOR])
    return tokenizer
