"""What the heads of a model do on tokens that mean nothing: random ones, said twice."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.analysis.heads import mass_on
from gpt2dash.analysis.targets import after_duplicate, previous_token
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace, record

_N_RANDOM = 64
_N_TEXT = 8


@dataclass(frozen=True)
class Passport:
    """Scores of every head, means over the texts.

    Attributes:
        n_random: random tokens in each text, which says them twice.
        n_text: texts.
        previous_token: mean attention to the token before, in the first copy.
        induction: mean attention, in the second copy, to the token after the query's first copy.
    """

    n_random: int
    n_text: int
    previous_token: Float[Tensor, "layer head"]
    induction: Float[Tensor, "layer head"]


def passport(model: GPT2, seed: int = 0) -> Passport:
    """Look at every head on random texts; the same seed draws the same texts.

    Args:
        model: one that reads at least 4 tokens.
        seed: of the texts.
    """
    n_random = min(_N_RANDOM, model.config.n_ctx // 2)
    generator = torch.Generator().manual_seed(seed)
    scores = [_scores(model, _random_ids(model, n_random, generator)) for _ in range(_N_TEXT)]
    previous_token, induction = torch.stack(scores).mean(dim=0)
    return Passport(n_random, _N_TEXT, previous_token, induction)


def _random_ids(model: GPT2, n: int, generator: torch.Generator) -> list[int]:
    """Ids drawn evenly from the vocabulary, end-of-text left out."""
    eot_id, n_vocab = model.config.eot_id, model.config.n_vocab
    allowed = torch.tensor([i for i in range(n_vocab) if i != eot_id])
    ids: list[int] = allowed[torch.randint(len(allowed), (n,), generator=generator)].tolist()
    return ids


def _scores(model: GPT2, ids: list[int]) -> Float[Tensor, "score layer head"]:
    config, n = model.config, len(ids)
    copied = after_duplicate(torch.tensor(ids + ids))
    copied[:n] = False
    trace = Trace(model, TensorReader(record(model, ids + ids)))
    found = torch.zeros(2, config.n_layer, config.n_head)
    for layer in range(config.n_layer):
        for head in range(config.n_head):
            pattern = trace.pattern(layer, head)
            found[0, layer, head] = mass_on(pattern[:n, :n], previous_token(n))
            found[1, layer, head] = mass_on(pattern, copied)
    return found
