"""From logits to one token: settings, the three stages, the draw."""

import math
from collections.abc import Iterable
from dataclasses import asdict

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from gpt2dash.errors import InvalidInput, UnusableCheckpoint
from gpt2dash.sampling import Stages, candidates, draw, entropy, leading, rank, stages, uniform
from gpt2dash.sampling_settings import SamplingSettings

OFF = SamplingSettings(temperature=1)
ALMOST_ONE = math.nextafter(1.0, 0.0)

# Few distinct values, so that ties are common; -inf is a token that cannot come.
numbers = st.sampled_from([-math.inf, -5.0, -1.0, 0.0, 0.5, 0.5, 2.0]) | st.floats(-20, 20, width=32)
vocabularies = st.lists(numbers, min_size=2, max_size=60).filter(lambda v: max(v) > -math.inf)
temperatures = st.floats(0.05, 10)


def logits_of(probabilities: Iterable[float]) -> Tensor:
    return torch.tensor([math.log(p) if p else -math.inf for p in probabilities])


def parts(of: Stages) -> list[Tensor]:
    return [of.raw, of.tempered, of.top_k, of.top_p]


def in_order(logits: list[float]) -> list[int]:
    """Ids by logit, the highest first, equal ones by lower id: worked out without tensors."""
    return sorted(range(len(logits)), key=lambda i: (-logits[i], i))


REFUSALS: list[tuple[dict[str, object], str]] = [
    ({"temperature": "warm"}, "Temperature must be a number from 0 to 10; you gave 'warm'."),
    ({"temperature": -0.1}, "Temperature must be a number from 0 to 10; you gave -0.1."),
    ({"temperature": 10.1}, "Temperature must be a number from 0 to 10; you gave 10.1."),
    ({"temperature": "nan"}, "Temperature must be a number from 0 to 10; you gave nan."),
    ({"temperature": True}, "Temperature must be a number from 0 to 10; you gave True."),
    ({"temperature": None}, "Temperature must be a number from 0 to 10; you gave nothing."),
    ({"temperature": ""}, "Temperature must be a number from 0 to 10; you gave nothing."),
    ({"temperature": [1]}, "Temperature must be a number from 0 to 10; you gave [1]."),
    ({"top_k": -1}, "Top-k must be a whole number, 0 (off) or more; you gave -1."),
    ({"top_k": "2.5"}, "Top-k must be a whole number, 0 (off) or more; you gave 2.5."),
    ({"top_k": math.inf}, "Top-k must be a whole number, 0 (off) or more; you gave inf."),
    ({"top_p": 0}, "Top-p must be a number above 0 and at most 1; you gave 0."),
    ({"top_p": 1.01}, "Top-p must be a number above 0 and at most 1; you gave 1.01."),
    ({"top_p": math.nan}, "Top-p must be a number above 0 and at most 1; you gave nan."),
    ({"seed": 2**32}, "Seed must be a whole number from 0 to 4,294,967,295; you gave 4294967296."),
    ({"seed": -1}, "Seed must be a whole number from 0 to 4,294,967,295; you gave -1."),
    ({"max_new_tokens": -1}, "New tokens must be a whole number, 0 or more; you gave -1."),
    ({"stop_at_eot": 1}, "Stop at end of text must be true or false; you gave 1."),
    ({"stop_at_eot": "no"}, "Stop at end of text must be true or false; you gave 'no'."),
    (
        {"temp": 1},
        "'temp' is not a sampling setting; the settings are temperature, top_k, top_p, seed, "
        "max_new_tokens, stop_at_eot.",
    ),
    ({"temperature": "x" * 500}, f"Temperature must be a number from 0 to 10; you gave '{'x' * 38}…."),
]


@pytest.mark.parametrize(("raw", "sentence"), REFUSALS)
def test_a_bad_setting_is_refused_in_one_sentence(raw: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        SamplingSettings.parse(raw)
    assert str(refusal.value) == sentence


def test_the_constructor_refuses_what_parse_refuses() -> None:
    with pytest.raises(InvalidInput, match="you gave inf"):
        SamplingSettings(temperature=math.inf)


def test_limits_themselves_are_allowed() -> None:
    lowest = SamplingSettings(0, 0, 5e-324, 0, 0, False)
    highest = SamplingSettings(10, 10**9, 1, 2**32 - 1, 10**9, True)
    assert (lowest.temperature, highest.seed) == (0.0, 4_294_967_295)


def test_numbers_may_be_typed_into_a_form() -> None:
    typed = {"temperature": " 0.5 ", "top_k": "40", "top_p": "1", "seed": "7", "max_new_tokens": 3.0}
    assert SamplingSettings.parse(typed) == SamplingSettings(0.5, 40, 1.0, 7, 3)


def test_settings_that_mean_the_same_are_the_same() -> None:
    parsed = SamplingSettings.parse({"temperature": 1, "top_k": 40.0})
    assert repr(asdict(parsed)) == repr(asdict(SamplingSettings(temperature=1.0, top_k=40)))


def test_nothing_given_is_the_defaults() -> None:
    assert SamplingSettings.parse({}) == SamplingSettings()


# --- the stages


@given(vocabularies, temperatures, st.integers(0, 70), st.floats(0.01, 1))
def test_every_stage_is_a_distribution_in_the_order_of_the_logits(
    values: list[float], temperature: float, k: int, p: float
) -> None:
    for part in parts(stages(torch.tensor(values), SamplingSettings(temperature, k, p))):
        ordered = part[in_order(values)]
        assert float(part.sum()) == pytest.approx(1, abs=1e-5)
        assert bool((ordered.diff() <= 0).all())


@given(vocabularies, temperatures, st.integers(0, 70), st.floats(0.01, 1))
def test_each_stage_is_the_one_before_without_some_tokens(
    values: list[float], temperature: float, k: int, p: float
) -> None:
    of = stages(torch.tensor(values), SamplingSettings(temperature, k, p))
    for before, after, dropped in ((of.tempered, of.top_k, of.dropped_k), (of.top_k, of.top_p, of.dropped_p)):
        expected = torch.where(after > 0, before / (1 - dropped), 0.0)
        torch.testing.assert_close(after, expected, rtol=1e-4, atol=1e-7)


@given(vocabularies, temperatures)
def test_temperature_raises_each_probability_to_a_power(values: list[float], temperature: float) -> None:
    of = stages(torch.tensor(values), SamplingSettings(temperature))
    powers = of.raw.double() ** (1 / temperature)
    torch.testing.assert_close(of.tempered.double(), powers / powers.sum(), rtol=1e-3, atol=1e-6)


@given(vocabularies, temperatures, temperatures)
def test_entropy_grows_with_temperature(values: list[float], one: float, other: float) -> None:
    cold, hot = (stages(torch.tensor(values), SamplingSettings(t)) for t in sorted((one, other)))
    assert entropy(cold.tempered) <= entropy(hot.tempered) + 1e-5


@pytest.mark.parametrize("temperature", [0, 1e-300, 1e-40, 1e-6])
def test_temperature_towards_zero_is_the_most_likely_token(temperature: float) -> None:
    of = stages(torch.tensor([100.0, -math.inf, 300.0, 299.99]), SamplingSettings(temperature))
    assert of.top_p.tolist() == [0, 0, 1, 0]


def test_temperature_zero_takes_the_lowest_id_among_equals() -> None:
    of = stages(torch.tensor([1.0, 3.0, 3.0]), SamplingSettings(0))
    assert (of.top_p.tolist(), of.n_kept_k, of.n_kept_p) == ([0, 1, 0], 1, 1)


def test_a_high_temperature_is_nearly_uniform() -> None:
    of = stages(torch.tensor([0.0, 0.01, -0.01]), SamplingSettings(10))
    torch.testing.assert_close(of.tempered, torch.full((3,), 1 / 3), rtol=0, atol=1e-3)


@given(vocabularies, st.integers(1, 70))
def test_top_k_keeps_the_first_k_that_can_come(values: list[float], k: int) -> None:
    of = stages(torch.tensor(values), SamplingSettings(temperature=1, top_k=k))
    expected = [i for i in in_order(values)[:k] if of.raw[i] > 0]
    assert of.top_k.nonzero().flatten().tolist() == sorted(expected)
    assert of.n_kept_k == len(expected)


def test_top_k_by_hand() -> None:
    of = stages(logits_of([0.1, 0.4, 0.2, 0.2, 0.1]), SamplingSettings(1, top_k=2))
    torch.testing.assert_close(of.top_k, torch.tensor([0, 2 / 3, 1 / 3, 0, 0]))  # the tie keeps the lower id
    assert [of.n_kept_k, of.dropped_k, of.k_cut] == pytest.approx([2, 0.4, 0.2])


@given(vocabularies, st.integers(0, 70), st.floats(0.01, 0.999))
def test_top_p_keeps_the_smallest_prefix_that_reaches_p(values: list[float], k: int, p: float) -> None:
    of = stages(torch.tensor(values), SamplingSettings(1, k, p))
    ordered = of.top_k[in_order(values)].double()
    kept = int((of.top_p > 0).sum())
    assert bool((of.top_p[in_order(values)][:kept] > 0).all())
    assert float(ordered[: kept - 1].sum()) < p <= float(ordered[:kept].sum()) + 1e-6


def test_top_p_by_hand() -> None:
    of = stages(logits_of([0.125, 0.5, 0.25, 0.125]), SamplingSettings(1, top_p=0.76))
    torch.testing.assert_close(of.top_p, torch.tensor([0.125, 0.5, 0.25, 0]) / 0.875)
    assert [of.n_kept_p, of.dropped_p, of.p_cut] == pytest.approx([3, 0.125, 0.125])


@pytest.mark.parametrize(("p", "kept"), [(1e-9, 1), (0.5, 1), (0.5001, 2), (0.75, 2), (0.9999, 4)])
def test_top_p_at_its_borders(p: float, kept: int) -> None:
    of = stages(logits_of([0.125, 0.5, 0.25, 0.125]), SamplingSettings(1, top_p=p))
    assert of.n_kept_p == kept


@pytest.mark.parametrize("p", [0.05, 0.3, 0.6, 0.95, 0.99999999])
def test_top_p_over_a_large_flat_vocabulary(p: float) -> None:
    """The prefix is longer than the tokens that are put in order at first."""
    logits = torch.randn(5_000, generator=torch.Generator().manual_seed(0))
    of = stages(logits, SamplingSettings(1, top_p=p))
    mass = of.raw.sort(descending=True).values.double().cumsum(0)
    assert of.n_kept_p == min(int((mass < p).sum()) + 1, 5_000)


@given(vocabularies, temperatures, st.integers(1, 70), st.floats(0.05, 0.95))
def test_the_order_is_temperature_then_k_then_p(
    values: list[float], temperature: float, k: int, p: float
) -> None:
    powers = [math.exp((v - max(values)) / temperature) for v in values]
    kept = in_order(values)[:k]
    total = sum(powers[i] for i in kept)
    masses = [sum(powers[i] for i in kept[: n + 1]) / total for n in range(len(kept))]
    assume(all(abs(mass - p) > 1e-5 for mass in masses))  # rounding may decide such a border
    n_nucleus = 1 + sum(mass < p for mass in masses)
    nucleus = torch.zeros(len(values))
    nucleus[kept[:n_nucleus]] = torch.tensor([powers[i] for i in kept[:n_nucleus]])
    of = stages(torch.tensor(values), SamplingSettings(temperature, k, p))
    torch.testing.assert_close(of.top_p, nucleus / nucleus.sum(), rtol=1e-3, atol=1e-6)


def test_stages_that_are_off_change_nothing() -> None:
    of = stages(torch.tensor([0.0, 1.0, -math.inf]), OFF)
    assert all(torch.equal(part, of.raw) for part in parts(of))
    assert (of.n_kept_k, of.n_kept_p, of.dropped_k, of.dropped_p, of.k_cut, of.p_cut) == (
        2,
        2,
        0,
        0,
        None,
        None,
    )


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_logits_that_are_no_numbers_are_refused(bad: float) -> None:
    with pytest.raises(UnusableCheckpoint, match="not a number"):
        stages(torch.tensor([0.0, bad, 1.0]), OFF)


# --- the draw


def test_a_draw_depends_on_seed_and_position_alone() -> None:
    grid = {(seed, pos): uniform(seed, pos) for seed in (0, 1, 2**32 - 1) for pos in (0, 1, 1_023)}
    assert len(set(grid.values())) == len(grid)
    assert all(uniform(*place) == u and 0 <= u < 1 for place, u in reversed(grid.items()))


def test_draws_follow_the_distribution() -> None:
    expected = torch.tensor([0.4, 0.0, 0.3, 0.15, 0.1, 0.05])
    drawn = torch.tensor([draw(expected, uniform(5, pos)) for pos in range(10_000)]).bincount(minlength=6)
    surplus = (drawn - 10_000 * expected)[expected > 0] ** 2 / (10_000 * expected[expected > 0])
    assert drawn[1] == 0
    assert float(surplus.sum()) < 18.47  # chi-square, 4 degrees of freedom: exceeded once in 1,000


@pytest.mark.parametrize(
    ("u", "token"), [(0.0, 1), (0.2499, 1), (0.25, 3), (0.7499, 3), (0.75, 4), (ALMOST_ONE, 4), (1.0, 4)]
)
def test_draw_at_the_borders(u: float, token: int) -> None:
    assert draw(torch.tensor([0.0, 0.25, 0.0, 0.5, 0.25, 0.0]), u) == token


@given(vocabularies, st.floats(0, 1) | st.sampled_from([0.0, ALMOST_ONE, 1.0]))
def test_an_impossible_token_is_never_drawn(values: list[float], u: float) -> None:
    probabilities = torch.tensor(values).softmax(dim=-1)
    assert probabilities[draw(probabilities, u)] > 0


# --- what is recorded of a step


@given(vocabularies, st.integers(1, 70))
def test_leading_tokens_are_a_prefix_of_the_order(values: list[float], n: int) -> None:
    assert leading(torch.tensor(values), n).tolist() == in_order(values)[:n]


@given(vocabularies)
def test_rank_counts_the_strictly_greater(values: list[float]) -> None:
    ranks = [rank(torch.tensor(values), token) for token in range(len(values))]
    assert ranks == [1 + sum(other > value for other in values) for value in values]
    assert ranks[in_order(values)[0]] == 1


def test_candidates_are_the_likely_tokens_and_the_chosen_one() -> None:
    of = stages(logits_of([0.1, 0.4, 0.2, 0.2, 0.1]), SamplingSettings(1, top_k=2))
    first, second, chosen = candidates(of, 2, include=4)
    assert [(c.id, c.rank) for c in (first, second, chosen)] == [(1, 1), (2, 2), (4, 4)]
    assert [chosen.raw, chosen.top_k, chosen.top_p] == pytest.approx([0.1, 0, 0])
    assert [second.tempered, second.top_p] == pytest.approx([0.2, 1 / 3])


def test_a_chosen_token_among_the_likely_ones_comes_once() -> None:
    of = stages(logits_of([0.1, 0.5, 0.4]), OFF)
    assert candidates(of, 2, include=2) == candidates(of, 2)


def test_more_candidates_than_were_put_in_order_may_be_asked_for() -> None:
    values = torch.randn(50, generator=torch.Generator().manual_seed(0))
    of = stages(values, OFF)
    assert [c.id for c in candidates(of, 45)] == in_order(values.tolist())[:45]
    assert [c.rank for c in candidates(of, 99)] == list(range(1, 51))


def test_entropy_by_hand() -> None:
    assert entropy(torch.tensor([0.5, 0.25, 0.25, 0.0])) == pytest.approx(1.5 * math.log(2))
    assert str(entropy(torch.tensor([0.0, 1.0]))) == "0.0"
    assert entropy(torch.full((50_257,), 1 / 50_257)) == pytest.approx(math.log(50_257), rel=1e-5)
