"""How well a model predicts a text, in a unit that does not depend on its tokens: bits per byte."""

import bz2
import lzma
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it

from gpt2dash.errors import InvalidInput
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.tokens import Tokenizer
from gpt2dash.training.corpus import pieces

Ids = npt.NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True)
class Evaluation:
    """A text's code length under a model.

    Attributes:
        nats: sum of -ln p over all tokens, the marks that end documents among them.
        n_tokens: how many those are.
        n_bytes: of the text in UTF-8, without the marks.
    """

    nats: float
    n_tokens: int
    n_bytes: int

    @property
    def loss(self) -> float:
        """Nats per token."""
        return self.nats / self.n_tokens

    @property
    def bits_per_byte(self) -> float:
        """What an arithmetic coder driven by the model would need: nats / ln 2 / bytes."""
        return self.nats / math.log(2) / self.n_bytes


def text_ids(paths: Iterable[Path], tokenizer: Tokenizer) -> tuple[Ids, int]:
    """The files' tokens, each document followed by end-of-text where there is such a token, and their bytes.

    Raises:
        InvalidInput: a file that cannot be read, or no text in any of them.
    """
    mark = [] if tokenizer.eot_id is None else [tokenizer.eot_id]
    parts, n_bytes = [], 0
    for piece in pieces(paths):
        ids = tokenizer.encode(piece.text) + (mark if piece.is_last else [])
        parts.append(np.array(ids, dtype=np.uint32))
        n_bytes += len(piece.text.encode())
    if n_bytes == 0:
        raise InvalidInput(f"There is no text in {', '.join(map(str, paths))}.")
    return np.concatenate(parts), n_bytes


@torch.inference_mode()
def evaluate(
    model: GPT2, ids: Ids, n_bytes: int, on_tokens: Callable[[int], object] = lambda _n: None
) -> Evaluation:
    """Predict every token of a text once, from at least half a context of what comes before it.

    The first token is predicted from end-of-text. Windows of n_ctx positions advance by half of
    that, and each scores the tokens that no earlier one has.

    Args:
        model: in evaluation mode.
        ids: the text's tokens.
        n_bytes: the text's size.
        on_tokens: told how many more tokens are done.
    """
    n_ctx, device = model.config.n_ctx, model.unembedding.device
    first = model.config.eot_id if model.config.eot_id is not None else int(ids[0])
    text = torch.cat([torch.tensor([first]), torch.from_numpy(ids.astype("int64"))]).to(device)
    nats, scored = 0.0, 0
    while scored < len(ids):
        start = max(0, scored - n_ctx // 2)
        window = text[start : start + n_ctx + 1]
        resid = model.residual(window[None, :-1])[0, scored - start :]
        losses = F.cross_entropy(model.unembed(resid), window[1 + scored - start :], reduction="none")
        nats += float(losses.double().sum())
        scored += len(losses)
        on_tokens(len(losses))
    return Evaluation(nats, len(ids), n_bytes)


def compressors(data: bytes) -> dict[str, float]:
    """Bits per byte that xz -9 and bzip2 -9 need for the same text."""
    packed = {"xz -9": lzma.compress(data, preset=9), "bzip2 -9": bz2.compress(data, 9)}
    return {name: 8 * len(result) / len(data) for name, result in packed.items()}
