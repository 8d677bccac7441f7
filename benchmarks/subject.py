"""What is measured: one checkpoint in gpt2dash and in transformers, and texts of exact lengths."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM

from gpt2dash.language_model import LanguageModel, load
from gpt2dash.model.tokens import Tokenizer

LENGTHS = (64, 256, 1_024)
FULL = 1_024
"""The length that targets in bytes and milliseconds are set for."""

_PASSAGE = (
    "The cat sat on the mat, and the dog sat by the door. When Mary and John went to the store, John "
    "gave a drink to Mary. A model of language reads the words one by one and says what may come next."
)


@dataclass(frozen=True)
class Subject:
    """A checkpoint and how much of it to measure.

    Attributes:
        folder: the checkpoint.
        lm: the checkpoint in gpt2dash.
        lengths: of the texts that are traced, in tokens, rising.
        n_prompt: tokens of the prompt that generation continues.
        n_new: tokens it generates.
        rounds: times that everything is measured.
    """

    folder: Path
    lm: LanguageModel
    lengths: Sequence[int] = LENGTHS
    n_prompt: int = 16
    n_new: int = 64
    rounds: int = 9

    def text(self, n_tokens: int) -> str:
        """English of exactly so many tokens."""
        return text_of(self.lm.tokenizer, n_tokens)

    def ids(self, n_tokens: int) -> list[int]:
        """The tokens of that text."""
        return self.lm.encode(self.text(n_tokens))

    @property
    def longest(self) -> int:
        """Tokens of the longest text."""
        return self.lengths[-1]


def read_subject(folder: Path, rounds: int) -> Subject:
    """Load a checkpoint; lengths beyond its context are left out."""
    lm = load(str(folder))
    n_ctx = lm.model.config.n_ctx
    lengths = [n for n in LENGTHS if n <= n_ctx] or [n_ctx]
    return Subject(folder, lm, lengths, rounds=rounds)


def peer(folder: Path, attention: str) -> Any:  # noqa: ANN401 - transformers has no types of use here
    """The checkpoint in transformers, in float32; `attention` is its attn_implementation."""
    return AutoModelForCausalLM.from_pretrained(  # in evaluation mode
        folder, attn_implementation=attention, dtype=torch.float32, local_files_only=True
    )


@torch.inference_mode()
def peer_outputs(model: Any, ids: Sequence[int], *, logits: int = 0) -> Tensor:  # noqa: ANN401
    """A forward pass of transformers that keeps attentions and hidden states.

    Args:
        model: from `peer`.
        ids: the text.
        logits: at how many of the last positions to compute logits; 0 = all.
    """
    found: Tensor = model(
        torch.tensor([ids]),
        output_attentions=True,
        output_hidden_states=True,
        use_cache=False,
        logits_to_keep=logits,
    )
    return found


def text_of(tokenizer: Tokenizer, n_tokens: int) -> str:
    """Words of one passage, again and again, as long as they fit.

    Raises:
        ValueError: this tokenizer cannot make that number of them.
    """
    words = [f" {word}" for word in _PASSAGE.split()]
    sizes = {word: len(tokenizer.encode(word)) for word in words}
    text, left = "", n_tokens
    for word in cycle(words):
        if left < min(sizes.values()):
            break
        if sizes[word] <= left:
            text, left = text + word, left - sizes[word]
    if len(tokenizer.encode(text)) != n_tokens:
        raise ValueError(f"no text of {n_tokens} tokens was found")
    return text
