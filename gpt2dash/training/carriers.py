"""Which heads carry a behaviour: how much worse the model does when one of them writes nothing."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.edit import Edit, edit_tap
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.sites import Site, Tap
from gpt2dash.model.tokens import Tokenizer
from gpt2dash.training.behaviours import Answered, Case, answer, likeliest


def effects(model: GPT2, tokenizer: Tokenizer, cases: Sequence[Case]) -> Float[Tensor, "layer head"]:
    """What each head adds to the answers, in nats: the score with it less the score without it.

    The score of a case is the log odds of what is right over what is wrong, or, where nothing is
    wrong, the log probability of what is right (of an invented name's rest, given its first token),
    averaged over the cases. A head is taken out by setting its z to zero at every position.

    Args:
        model: in evaluation mode.
        tokenizer: the model's.
        cases: of one behaviour.
    """
    clean = _score(answer(model, tokenizer, cases))
    config = model.config
    without = [
        [_score(answer(model, tokenizer, cases, _without(layer, head))) for head in range(config.n_head)]
        for layer in range(config.n_layer)
    ]
    return clean - torch.tensor(without)


def strongest(effect: Float[Tensor, "layer head"], n: int = 3) -> list[tuple[int, int, float]]:
    """The heads of the largest effects: layer, head, nats."""
    n_head = effect.shape[1]
    values, places = effect.flatten().topk(min(n, effect.numel()))
    return [
        (place // n_head, place % n_head, round(value, 2))
        for value, place in zip(values.tolist(), places.tolist(), strict=True)
    ]


def _without(layer: int, head: int) -> Tap:
    return edit_tap((Edit(Site.Z, layer, head),))


def _score(answered: Sequence[Answered]) -> float:
    return sum(map(_score_of_case, answered)) / len(answered)


def _score_of_case(one: Answered) -> float:
    if one.case.wrong:
        return likeliest(one.right) - likeliest(one.wrong)
    if one.case.behaviour == "invented name":
        return one.right[0].log_p_rest
    return math.log(sum(math.exp(each.log_p) for each in one.right))
