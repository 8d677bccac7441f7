import pytest
import torch
from planted import induction_circuit

from gpt2dash.analysis.heads import induction_score, previous_token_score
from gpt2dash.analysis.passport import passport
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2

PATTERN = torch.tensor([[1.0, 0, 0, 0], [0.25, 0.75, 0, 0], [0.5, 0.125, 0.375, 0], [0.1, 0.2, 0.5, 0.2]])


def test_the_previous_token_score_is_the_mean_below_the_diagonal() -> None:
    assert float(previous_token_score(PATTERN)) == pytest.approx((0.25 + 0.125 + 0.5) / 3)


def test_the_induction_score_is_the_weight_of_what_came_next_last_time() -> None:
    # a b a b: query 2 looks at key 1, query 3 at key 2
    assert float(induction_score(PATTERN, period=2)) == pytest.approx((0.125 + 0.5) / 2)


def test_scores_of_many_heads_at_once() -> None:
    heads = torch.stack([PATTERN, torch.eye(4)]).expand(3, 2, 4, 4)
    assert previous_token_score(heads).shape == (3, 2)
    assert torch.equal(induction_score(heads, period=2)[:, 1], torch.zeros(3))


@pytest.mark.parametrize("period", [2, 3, 7])
def test_a_perfect_induction_head_scores_one(period: int) -> None:
    n = 3 * period
    pattern = torch.zeros(n, n)
    pattern[torch.arange(n), (torch.arange(n) - period + 1).clamp_min(0)] = 1.0
    assert float(induction_score(pattern, period)) == 1.0


def test_the_passport_knows_planted_heads() -> None:
    found = passport(induction_circuit())
    assert found.n_random == 8
    assert float(found.previous_token[0, 0]) > 0.99
    assert float(found.induction[1, 0]) > 0.8  # the first token copies itself, and draws half of one query
    assert float(found.induction[0, 0]) < 0.01
    assert float(found.previous_token[1, 0]) < 0.5


def test_a_fresh_model_has_no_heads_to_speak_of() -> None:
    model = GPT2(GPT2Config(n_vocab=99, n_ctx=64, d_model=32, n_layer=2, n_head=4, d_mlp=64)).eval()
    model.initialise(seed=0)
    found = passport(model)
    assert float(found.previous_token.max()) < 0.2
    assert float(found.induction.max()) < 0.1


def test_the_same_seed_gives_the_same_passport() -> None:
    model = induction_circuit()
    first, again, other = (passport(model, seed) for seed in (3, 3, 4))
    assert torch.equal(first.induction, again.induction)
    assert not torch.equal(first.induction, other.induction)
