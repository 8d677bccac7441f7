import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from planted import induction_circuit

from gpt2dash.analysis import heads, targets
from gpt2dash.analysis.measures import MEASURES, is_clear, uniform_pattern
from gpt2dash.analysis.overview import overview
from gpt2dash.analysis.passport import passport
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace, record

PATTERN = torch.tensor([[1.0, 0, 0, 0], [0.25, 0.75, 0, 0], [0.5, 0.125, 0.375, 0], [0.1, 0.2, 0.5, 0.2]])
ABAB = torch.tensor([3, 5, 3, 5])
BY_NAME = {measure.name: measure for measure in MEASURES}


def test_the_measures_of_four_tokens_by_hand() -> None:
    found = {name: float(measure.of(PATTERN, ABAB)) for name, measure in BY_NAME.items()}
    assert found["self"] == pytest.approx((1 + 0.75 + 0.375 + 0.2) / 4)
    assert found["previous"] == pytest.approx((0.25 + 0.125 + 0.5) / 3)
    assert found["first"] == pytest.approx((0.25 + 0.5 + 0.1) / 3)
    assert found["duplicate"] == pytest.approx((0.5 + 0.2) / 2)  # 2 looks at 0, 3 at 1
    assert found["induction"] == pytest.approx((0.125 + 0.5) / 2)  # 2 looks at 1, 3 at 2
    assert found["distance"] == pytest.approx((0 + 0.25 + (2 * 0.5 + 0.125) + (0.3 + 0.4 + 0.5)) / 4)


def test_entropy_and_span_of_half_and_half() -> None:
    pattern = torch.tensor([[1.0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5]])
    assert float(heads.entropy(pattern)) == pytest.approx(2 / 3)
    assert float(heads.effective_span(pattern)) == pytest.approx(5 / 3)


@pytest.mark.parametrize("n_pos", [1, 2, 7, 64])
def test_entropy_is_highest_where_attention_is_even(n_pos: int) -> None:
    bound = sum(math.log2(q + 1) for q in range(n_pos)) / n_pos
    assert float(heads.entropy(uniform_pattern(n_pos))) == pytest.approx(bound, abs=1e-5)
    peaked = torch.randn(n_pos, n_pos).masked_fill(uniform_pattern(n_pos) == 0, -math.inf).softmax(-1)
    assert float(heads.entropy(peaked)) <= bound + 1e-5


@pytest.mark.parametrize("name", BY_NAME)
def test_chance_is_the_measure_of_even_attention(name: str) -> None:
    ids = torch.tensor([1, 2, 1, 3, 2, 2, 1])
    measure = BY_NAME[name]
    assert measure.chance(ids) == pytest.approx(float(measure.of(uniform_pattern(7), ids)), rel=1e-5)


def test_chance_of_the_previous_token() -> None:
    harmonic = sum(1 / (q + 1) for q in range(1, 20)) / 19
    assert BY_NAME["previous"].chance(torch.arange(20)) == pytest.approx(harmonic)


def test_without_a_repeated_token_there_is_nothing_to_duplicate() -> None:
    for name in ("duplicate", "induction"):
        assert math.isnan(float(BY_NAME[name].of(uniform_pattern(4), torch.arange(4))))


@pytest.mark.parametrize("period", [2, 3, 7])
def test_a_perfect_induction_head_scores_one(period: int) -> None:
    ids = torch.arange(period).repeat(3)
    first = torch.zeros(3 * period, 3 * period)
    first[torch.arange(3 * period), (torch.arange(3 * period) - period + 1).clamp_min(0)] = 1.0
    second = heads.mass_on(first, targets.after_duplicate(ids))
    assert float(second) == pytest.approx(1.0)


def test_on_a_block_said_twice_induction_is_the_mean_of_a_diagonal() -> None:
    n = 6
    pattern = torch.randn(2 * n, 2 * n).masked_fill(uniform_pattern(2 * n) == 0, -math.inf).softmax(-1)
    found = BY_NAME["induction"].of(pattern, torch.arange(n).repeat(2))
    assert float(found) == pytest.approx(float(pattern.diagonal(1 - n)[1:].mean()), rel=1e-5)


@pytest.mark.parametrize(("name", "counted"), [("previous", 3), ("duplicate", 2), ("induction", 2)])
def test_transformer_lens_divides_by_all_queries_and_we_by_those_with_a_target(
    name: str, counted: int
) -> None:
    """TransformerLens 2, `head_detector.compute_head_attention_similarity_score`, error_measure "mul"."""
    measure = BY_NAME[name]
    assert measure.targets is not None
    detection_pattern = measure.targets(ABAB).float()
    theirs = float((PATTERN * detection_pattern).sum() / PATTERN.sum())
    assert float(measure.of(PATTERN, ABAB)) == pytest.approx(theirs * len(PATTERN) / counted)


def test_looking_at_heads_leaves_the_trace_as_it_was() -> None:
    model = induction_circuit(n_ctx=32, n_vocab=64)
    stored = record(model, list(range(8)) * 2)
    before = bytes(stored)
    overview(Trace(model, TensorReader(stored)), n_cell=8)
    assert bytes(stored) == before


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_targets_by_their_definitions(ids: list[int]) -> None:
    n = len(ids)
    duplicates, following = (
        targets.duplicate_token(torch.tensor(ids)),
        targets.after_duplicate(torch.tensor(ids)),
    )
    for q in range(n):
        copies = [k for k in range(q) if ids[k] == ids[q]]
        assert duplicates[q].nonzero().flatten().tolist() == copies
        assert following[q].nonzero().flatten().tolist() == [k + 1 for k in copies]


def test_many_heads_at_once_are_as_each_alone() -> None:
    both = torch.stack([PATTERN, uniform_pattern(4)])
    for measure in MEASURES:
        alone = [float(measure.of(head, ABAB)) for head in both]
        assert measure.of(both, ABAB).tolist() == pytest.approx(alone)


def test_the_null_s_deviation_is_that_of_dealing_the_weights() -> None:
    generator = torch.Generator().manual_seed(0)
    where = targets.after_duplicate(torch.tensor([1, 2, 1, 1, 2, 3]))
    pattern = torch.rand(6, 6, generator=generator).masked_fill(uniform_pattern(6) == 0, 0)
    pattern = pattern / pattern.sum(-1, keepdim=True)
    scores = []
    for _ in range(4_000):
        dealt = torch.stack(
            [
                torch.cat([row[: q + 1][torch.randperm(q + 1, generator=generator)], row[q + 1 :]])
                for q, row in enumerate(pattern)
            ]
        )
        scores.append(heads.mass_on(dealt, where))
    assert float(torch.stack(scores).mean()) == pytest.approx(heads.chance_of(where), abs=0.005)
    assert float(torch.stack(scores).std()) == pytest.approx(
        float(heads.dealt_deviation(pattern.square().sum(dim=-1), where)), rel=0.05
    )


def labels(model: GPT2, ids: torch.Tensor) -> list[list[list[str]]]:
    """What the pages would call each head of each layer."""
    found = overview(Trace(model, TensorReader(record(model, ids.tolist()))), n_cell=8)
    return [
        [
            [
                measure.name
                for index, measure in enumerate(MEASURES)
                if is_clear(
                    float(found.measures[index, layer, head]),
                    float(found.chance[index]),
                    float(found.deviations[index, layer, head]),
                )
            ]
            for head in range(model.config.n_head)
        ]
        for layer in range(model.config.n_layer)
    ]


def test_planted_heads_get_their_labels_and_no_others() -> None:
    ids = torch.randperm(64, generator=torch.Generator().manual_seed(1))[:16].repeat(2)
    assert labels(induction_circuit(n_ctx=32, n_vocab=64), ids) == [[["previous"]], [["induction"]]]


def test_where_there_is_nothing_to_measure_no_head_gets_a_label() -> None:
    assert labels(induction_circuit(n_ctx=32, n_vocab=64), torch.arange(8)) == [[["previous"]], [[]]]


def test_a_random_model_gets_no_label() -> None:
    model = GPT2(GPT2Config(n_vocab=99, n_ctx=64, d_model=32, n_layer=3, n_head=4, d_mlp=64)).eval()
    model.initialise(seed=0)
    ids = torch.randint(0, 99, (32,), generator=torch.Generator().manual_seed(0)).repeat(2)
    assert labels(model, ids) == [[[]] * 4] * 3


def test_the_passport_knows_planted_heads() -> None:
    found = passport(induction_circuit())
    assert found.n_random == 8
    assert float(found.previous_token[0, 0]) > 0.99
    assert float(found.induction[1, 0]) > 0.8  # the first token copies itself, and draws half of one query
    assert float(found.induction[0, 0]) < 0.1
    assert float(found.previous_token[1, 0]) < 0.5
    assert float(found.induction_null[1, 0]) < 0.3  # in another order the places hold other tokens
    assert float(found.previous_token_null[0, 0]) == pytest.approx(sum(1 / (q + 1) for q in range(1, 8)) / 7)


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
