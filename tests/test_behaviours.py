import math
from collections import Counter
from dataclasses import replace

import pytest
import tokenizers
import torch

from gpt2dash.errors import InvalidInput
from gpt2dash.language_model import LanguageModel, load
from gpt2dash.model.sites import NO_TAP, Site, Tap
from gpt2dash.model.tokens import Tokenizer
from gpt2dash.training.behaviours import (
    MEASURES,
    Answered,
    Case,
    Following,
    answer,
    measure,
    most_likely,
    probability,
    probability_of_the_rest,
    read_cases,
    right_above_wrong,
)
from gpt2dash.training.carriers import effects, strongest
from gpt2dash.training.repetition import losses_of_copies

TWO = Case("giving", "Tom met Anna. Tom gave it to", (" Anna",), (" Tom",))
LONG = Case("sequence", "one, two,", (" three and then four",), ())
CASES = (TWO, LONG, replace(TWO, prompt="x"))


@pytest.fixture(scope="module")
def lm() -> LanguageModel:
    return load("bundled")


def following(p: float, *, rest: float = 1.0, top: bool = False) -> Following:
    return Following(math.log(p), math.log(rest), top)


def answered(right: list[Following], wrong: list[Following]) -> Answered:
    return Answered(TWO, right, wrong)


def test_every_behaviour_of_the_cases_is_measured_on_fifty_cases_at_least() -> None:
    counts = Counter(case.behaviour for case in read_cases())
    assert counts.keys() == MEASURES.keys()
    assert min(counts.values()) >= 50


def test_measures_of_hand_worked_answers() -> None:
    clear = answered([following(0.5, rest=0.8, top=True), following(0.2)], [following(0.1)])
    beaten = answered([following(0.1, rest=0.4), following(0.2)], [following(0.3, top=True), following(0.01)])
    both = [clear, beaten]
    assert probability(both) == pytest.approx((0.7 + 0.3) / 2)
    assert probability_of_the_rest(both) == pytest.approx((0.8 + 0.4) / 2)
    assert right_above_wrong(both) == 0.5
    assert most_likely(both) == 0.5


def test_alternatives_are_taken_as_a_plain_forward_pass_takes_them(lm: LanguageModel) -> None:
    for case, found in zip(CASES, answer(lm.model, lm.tokenizer, CASES), strict=True):
        alternatives = [
            *zip(case.right, found.right, strict=True),
            *zip(case.wrong, found.wrong, strict=True),
        ]
        for text, following in alternatives:
            ids = [lm.tokenizer.eot_id or 0, *lm.encode(case.prompt)]
            more = lm.encode(text)
            with torch.inference_mode():
                log_p = lm.model(torch.tensor([ids + more]))[0, len(ids) - 1 : -1].log_softmax(dim=-1)
            each = [float(log_p[i, id_]) for i, id_ in enumerate(more)]
            assert following.log_p == pytest.approx(sum(each), abs=1e-3)
            assert following.log_p_rest == pytest.approx(sum(each[1:]), abs=1e-3)
            assert following.is_top == (log_p.argmax(dim=-1).tolist() == more)


def test_chance_is_a_half_for_one_of_two_and_the_best_single_answer_for_the_most_likely(
    lm: LanguageModel,
) -> None:
    cases = [TWO, LONG, replace(LONG, right=(" a", " three and then four")), replace(LONG, right=(" b",))]
    probability_, above, likely = measure(lm.model, lm.tokenizer, cases)
    assert above.chance == 0.5
    assert likely.chance == pytest.approx(2 / 3)
    bare = answer(lm.model, lm.tokenizer, [replace(TWO, prompt="")])[0]
    assert probability_.chance == pytest.approx(math.exp(bare.right[0].log_p), rel=1e-4)
    assert [figure.n_case for figure in (probability_, above, likely)] == [1, 1, 3]


def test_a_model_without_end_of_text_is_refused(lm: LanguageModel) -> None:
    with pytest.raises(InvalidInput, match="has no such token"):
        answer(lm.model, Tokenizer(tokenizers.Tokenizer(tokenizers.models.BPE()), None), [TWO])


def test_an_effect_is_the_log_odds_with_a_head_less_those_without_it(lm: LanguageModel) -> None:
    effect = effects(lm.model, lm.tokenizer, [TWO])
    assert effect.shape == (lm.model.config.n_layer, lm.model.config.n_head)

    def silence(_site: Site, layer: int, z: torch.Tensor) -> torch.Tensor:
        kept = torch.ones(lm.model.config.n_head, 1, 1)
        kept[2] = layer != 1
        return z * kept

    odds = []
    for tap in (NO_TAP, Tap(frozenset({Site.Z}), silence)):
        (found,) = answer(lm.model, lm.tokenizer, [TWO], tap)
        odds.append(found.right[0].log_p - found.wrong[0].log_p)
    assert odds[0] != odds[1]
    assert float(effect[1, 2]) == pytest.approx(odds[0] - odds[1], abs=1e-3)


def test_the_strongest_heads_come_first() -> None:
    assert strongest(torch.tensor([[0.1, 2.0], [-3.0, 0.5]]), n=2) == [(0, 1, 2.0), (1, 1, 0.5)]


def test_a_model_that_copies_loses_less_the_second_time(lm: LanguageModel) -> None:
    first, second = losses_of_copies(lm.model)
    assert second < first
