"""What a model can do, measured on cases that its training text does not hold.

A case is a prompt and what may rightly follow it, for some also what may wrongly follow. The cases
stand in `behaviours.jsonl`; `python -m stories --cases` writes them.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

import torch
from torch import Tensor

from gpt2dash.errors import InvalidInput
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.sites import NO_TAP, Tap
from gpt2dash.model.tokens import Tokenizer

_CASES = files("gpt2dash.training") / "behaviours.jsonl"
_AT_ONCE = 32


@dataclass(frozen=True)
class Case:
    """A prompt, what may rightly follow it, and what may wrongly; alternatives bring their own space."""

    behaviour: str
    prompt: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]


class Following(NamedTuple):
    """How a model takes one alternative after its prompt.

    Attributes:
        log_p: of the whole alternative, nats.
        log_p_rest: of it, given its first token; 0 where it is one token.
        is_top: every token of it is the most likely one in its turn.
    """

    log_p: float
    log_p_rest: float
    is_top: bool


class Answered(NamedTuple):
    """A case and how its alternatives are taken, in the case's order."""

    case: Case
    right: Sequence[Following]
    wrong: Sequence[Following]


@dataclass(frozen=True)
class Figure:
    """One measure of one behaviour.

    Attributes:
        behaviour: as in the cases.
        measure: what was measured, in words.
        value: the mean over the cases; 0 to 1 where the measure names no unit.
        chance: the same by chance, as `MEASURES` says.
        n_case: cases.
    """

    behaviour: str
    measure: str
    value: float
    chance: float
    n_case: int


def read_cases() -> list[Case]:
    """All cases of the package, in the order of the file."""
    rows = map(json.loads, _CASES.read_text(encoding="utf-8").splitlines())
    return [Case(row["behaviour"], row["prompt"], tuple(row["right"]), tuple(row["wrong"])) for row in rows]


def probability(answered: Sequence[Answered]) -> float:
    """Mean probability of what is right: the sum over a case's alternatives."""
    return _mean([sum(math.exp(each.log_p) for each in one.right) for one in answered])


def probability_of_the_rest(answered: Sequence[Answered]) -> float:
    """Mean probability of what is right, given its first token."""
    return _mean([math.exp(one.right[0].log_p_rest) for one in answered])


def right_above_wrong(answered: Sequence[Answered]) -> float:
    """Share of the cases in which the likeliest right alternative is likelier than any wrong one."""
    return _mean([float(likeliest(one.right) > likeliest(one.wrong)) for one in answered])


def most_likely(answered: Sequence[Answered]) -> float:
    """Share of the cases in which a right alternative is the most likely text, token by token."""
    return _mean([float(any(each.is_top for each in one.right)) for one in answered])


Measure = Callable[[Sequence[Answered]], float]
MEASURES: dict[str, tuple[tuple[str, Measure], ...]] = {
    "giving": (
        ("probability of the right name", probability),
        ("the right name above the wrong one", right_above_wrong),
    ),
    "pronoun": (("the right pronoun above the wrong one", right_above_wrong),),
    "invented name": (("probability of the name's rest, given its first token", probability_of_the_rest),),
    "sequence": (("the next one is the most likely text", most_likely),),
    "agreement": (("the right number above the wrong one", right_above_wrong),),
    "closing": (("the closing mark is the most likely token", most_likely),),
    "opposite": (("the right one of the pair above the other", right_above_wrong),),
}
"""Behaviour -> what is measured. By chance: for one of two, a half; for the most likely text, the share
of the best single answer to all cases; for a probability, the same without the text before it."""


def measure(
    model: GPT2,
    tokenizer: Tokenizer,
    cases: Sequence[Case],
    on_cases: Callable[[int], object] = lambda _n: None,
) -> list[Figure]:
    """Every measure of every behaviour among the cases that fit into the model's context.

    Args:
        model: in evaluation mode.
        tokenizer: the model's.
        cases: of any behaviours.
        on_cases: told how many more cases are done.

    Raises:
        InvalidInput: the model has no end-of-text.
    """
    figures = []
    for behaviour, measures in MEASURES.items():
        its_cases = fitting(model, tokenizer, [case for case in cases if case.behaviour == behaviour])
        if not its_cases:
            continue
        answered = answer(model, tokenizer, its_cases)
        for words, function in measures:
            chance = _chance(function, model, tokenizer, its_cases)
            figures.append(Figure(behaviour, words, function(answered), chance, len(its_cases)))
        on_cases(len(its_cases))
    return figures


def _chance(function: Measure, model: GPT2, tokenizer: Tokenizer, cases: Sequence[Case]) -> float:
    if function is right_above_wrong:
        return 0.5
    if function is most_likely:
        return max(Counter(answer for case in cases for answer in case.right).values()) / len(cases)
    return function(answer(model, tokenizer, [_without_text(case) for case in cases]))


def _without_text(case: Case) -> Case:
    return Case(case.behaviour, "", case.right, case.wrong)


def fitting(model: GPT2, tokenizer: Tokenizer, cases: Sequence[Case]) -> list[Case]:
    """The cases that a model reads whole; GPT-2 and the bundled model read all of the package's."""
    return [
        case for case in cases if max(len(text.ids) for text in _texts(tokenizer, case)) <= model.config.n_ctx
    ]


def answer(model: GPT2, tokenizer: Tokenizer, cases: Sequence[Case], tap: Tap = NO_TAP) -> list[Answered]:
    """How the model takes the alternatives of each case, under a tap if one is given.

    Raises:
        InvalidInput: the model has no end-of-text.
    """
    texts = [text for case in cases for text in _texts(tokenizer, case)]
    found = iter(_following(model, texts, tap))
    return [
        Answered(case, [next(found) for _ in case.right], [next(found) for _ in case.wrong]) for case in cases
    ]


class _Text(NamedTuple):
    prompt: list[int]
    alternative: list[int]

    @property
    def ids(self) -> list[int]:
        return self.prompt + self.alternative


def _texts(tokenizer: Tokenizer, case: Case) -> list[_Text]:
    prompt = _prompt_ids(tokenizer, case.prompt)
    return [_Text(prompt, tokenizer.encode(alternative)) for alternative in (*case.right, *case.wrong)]


def _prompt_ids(tokenizer: Tokenizer, prompt: str) -> list[int]:
    """The prompt's tokens behind end-of-text, as a document begins in training."""
    if tokenizer.eot_id is None:
        raise InvalidInput("Behaviours are measured from end-of-text, and this model has no such token.")
    return [tokenizer.eot_id, *tokenizer.encode(prompt)]


@torch.inference_mode()
def _following(model: GPT2, texts: Sequence[_Text], tap: Tap) -> list[Following]:
    """In the order of the texts; texts of like length go together, padded behind their end."""
    by_length = sorted(range(len(texts)), key=lambda i: len(texts[i].ids))
    found: dict[int, Following] = {}
    for first in range(0, len(texts), _AT_ONCE):
        chosen = by_length[first : first + _AT_ONCE]
        rows = [torch.tensor(texts[i].ids) for i in chosen]
        batch = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        resid = model.residual(batch, tap)
        for row, i in enumerate(chosen):
            found[i] = _taken(model, resid[row], texts[i])
    return [found[i] for i in range(len(texts))]


def _taken(model: GPT2, resid: Tensor, text: _Text) -> Following:
    start = len(text.prompt) - 1
    log_p = model.unembed(resid[start : start + len(text.alternative)]).log_softmax(dim=-1)
    wanted = torch.tensor(text.alternative)
    chosen = log_p.gather(1, wanted[:, None])[:, 0]
    is_top = bool((log_p.argmax(dim=-1) == wanted).all())
    return Following(float(chosen.sum()), float(chosen[1:].sum()), is_top)


def likeliest(alternatives: Sequence[Following]) -> float:
    """The highest log probability among alternatives, nats."""
    return max(each.log_p for each in alternatives)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
