"""A byte-level BPE vocabulary learned from text (Sennrich et al. 2016; Radford et al. 2019, 2.2)."""

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from gpt2dash.training.corpus import SEPARATOR, documents, pieces

_GPT2_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def learn(paths: Iterable[Path], n_vocab: int, *, every: int = 4) -> Tokenizer:
    """Learn merges from one piece in `every`; the last id is end-of-text.

    GPT-2's own splitting pattern, all 256 bytes in the alphabet: any text can be encoded.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_GPT2_SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=n_vocab - 1,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    sample = (p for text in documents(paths) for i, p in enumerate(pieces(text)) if i % every == 0)
    tokenizer.train_from_iterator(sample, trainer)
    tokenizer.add_special_tokens([SEPARATOR])
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path, n_ctx: int) -> None:
    """Write the files that transformers' GPT-2 tokenizer reads."""
    model = json.loads(tokenizer.to_str())["model"]
    vocab = dict(model["vocab"]) | {SEPARATOR: tokenizer.token_to_id(SEPARATOR)}
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    text = json.dumps(vocab, ensure_ascii=False)
    (folder / "vocab.json").write_text(text, encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    settings = {
        "tokenizer_class": "GPT2Tokenizer",
        "model_max_length": n_ctx,
        "bos_token": SEPARATOR,
        "eos_token": SEPARATOR,
        "unk_token": SEPARATOR,
        "add_prefix_space": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")
