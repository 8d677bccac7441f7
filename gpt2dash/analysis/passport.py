"""What the heads of a model do whatever the text: on random tokens said twice, and by their weights alone."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.analysis.composition import key_composition
from gpt2dash.analysis.heads import chance_of, mass_on
from gpt2dash.analysis.targets import Targets, after_duplicate, previous_token
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.quantity import Quantity
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace, record

_N_RANDOM = 64
_N_TEXT = 8


@dataclass(frozen=True)
class Passport:
    """Scores of every head, means over the texts: of the model as it is, whatever is edited in a run of it.

    A head is named when its score is a quarter above its null.

    Attributes:
        n_random: random tokens in each text, which says them twice.
        n_text: texts.
        previous_token: mean attention to the token before, in the first copy.
        previous_token_null: of a head that looks everywhere alike.
        induction: mean attention, in the second copy, to the token after the query's first copy.
        induction_null: attention to the same places when the second copy is shuffled, so that nothing
            but the distance is left.
        key_composition: how much of what each earlier head writes goes into each head's keys.
    """

    n_random: int
    n_text: int
    previous_token: Float[Tensor, "layer head"]
    previous_token_null: Float[Tensor, "layer head"]
    induction: Float[Tensor, "layer head"]
    induction_null: Float[Tensor, "layer head"]
    key_composition: Float[Tensor, "layer head earlier_layer earlier_head"]


def passport(model: GPT2, seed: int = 0) -> Passport:
    """Look at every head on random texts; the same seed draws the same texts.

    Args:
        model: one that reads at least 4 tokens.
        seed: of the texts.
    """
    texts = random_texts(model, seed)
    n_random = len(texts[0])
    generator = torch.Generator().manual_seed(seed)
    scores = [_scores(model, ids, _shuffled(ids, generator)) for ids in texts]
    previous, induction, shuffled = torch.stack(scores).mean(dim=0)
    chance = torch.full_like(previous, chance_of(previous_token(n_random)))
    return Passport(n_random, _N_TEXT, previous, chance, induction, shuffled, key_composition(model))


PASSPORT = Quantity(Passport, passport)
"""What the heads of a model do on random tokens."""


def random_texts(model: GPT2, seed: int = 0) -> list[list[int]]:
    """Eight texts of 64 random ids, or half a context if that is less."""
    n_random = min(_N_RANDOM, model.config.n_ctx // 2)
    generator = torch.Generator().manual_seed(seed)
    return [_random_ids(model, n_random, generator) for _ in range(_N_TEXT)]


def _shuffled(ids: list[int], generator: torch.Generator) -> list[int]:
    return [ids[i] for i in torch.randperm(len(ids), generator=generator).tolist()]


def _random_ids(model: GPT2, n: int, generator: torch.Generator) -> list[int]:
    """Ids drawn evenly from the vocabulary, end-of-text left out."""
    eot_id, n_vocab = model.config.eot_id, model.config.n_vocab
    allowed = torch.tensor([i for i in range(n_vocab) if i != eot_id])
    ids: list[int] = allowed[torch.randint(len(allowed), (n,), generator=generator)].tolist()
    return ids


def _scores(model: GPT2, ids: list[int], shuffled: list[int]) -> Float[Tensor, "score layer head"]:
    """Previous token, induction, and induction's places when the second copy is shuffled."""
    n = len(ids)
    copied = after_duplicate(torch.tensor(ids + ids))
    copied[:n] = False
    said_twice, said_anew = (
        Trace(model, TensorReader(record(model, ids + more))) for more in (ids, shuffled)
    )
    return torch.stack(
        [
            _masses(said_twice, previous_token(n)),
            _masses(said_twice, copied),
            _masses(said_anew, copied),
        ]
    )


def _masses(trace: Trace, targets: Targets) -> Float[Tensor, "layer head"]:
    """Attention of every head to the targets, in as many tokens as these are for."""
    n, config = len(targets), trace.config
    layers = (
        torch.stack([trace.pattern(layer, head)[:n, :n] for head in range(config.n_head)])
        for layer in range(config.n_layer)
    )
    return torch.stack([mass_on(patterns, targets) for patterns in layers])
