import numpy as np
import pytest

from gpt2dash.training.mixture import NOT_COUNTED, Mixture, batch_of, mix
from gpt2dash.training.stages import Stage

N_VOCAB, EOT = 64, 63
LOW = np.arange(30, dtype=np.uint16).repeat(4)
HIGH = np.arange(30, 60, dtype=np.uint16).repeat(8)


def mixture(shares: tuple[float, ...] | None = (3.0, 1.0)) -> Mixture:
    return mix([LOW, HIGH], shares, N_VOCAB, EOT)


def test_windows_are_runs_of_one_text_and_follow_from_seed_and_step() -> None:
    counting = mix([np.arange(100, dtype=np.uint16)], None, 100, None)
    stage = Stage(1.0, 32, 50, copies=0.0)
    found = batch_of(counting, stage, step=3, seed=1)
    assert (np.diff(found.ids) == 1).all()
    assert np.array_equal(found.targets, found.ids + 1)
    assert np.array_equal(found.ids, batch_of(counting, stage, step=3, seed=1).ids)
    assert not np.array_equal(found.ids, batch_of(counting, stage, step=4, seed=1).ids)
    assert not np.array_equal(found.ids, batch_of(counting, stage, step=3, seed=2).ids)


def test_every_place_of_the_shortest_text_is_read() -> None:
    short = mix([np.arange(34, dtype=np.uint16)], None, 64, None)
    firsts = batch_of(short, Stage(1.0, 32, 64, copies=0.0), step=0, seed=0).ids[:, 0]
    assert set(firsts.tolist()) == {0, 1}


@pytest.mark.parametrize(("shares", "of_low"), [((3.0, 1.0), 0.75), (None, 1 / 3)])
def test_texts_give_windows_by_their_shares(shares: tuple[float, ...] | None, of_low: float) -> None:
    batch = batch_of(mixture(shares), Stage(1.0, 32, 2_000, copies=0.0), step=0, seed=0)
    assert (batch.ids[:, 0] < 30).mean() == pytest.approx(of_low, abs=0.03)


def test_frequent_tokens_are_copied_more_often_but_less_than_by_their_number() -> None:
    found = mixture((3.0, 1.0)).frequencies
    assert found.sum() == pytest.approx(1.0)
    assert found[0] / found[30] == pytest.approx(3**0.5)


def test_end_of_text_is_never_copied() -> None:
    marked = mix([np.full(40, EOT, dtype=np.uint16), LOW], None, N_VOCAB, EOT)
    assert marked.frequencies[EOT] == 0.0


def test_a_copied_passage_counts_only_where_it_was_heard_before() -> None:
    batch = batch_of(mixture(), Stage(1.0, 64, 40, copies=1.0), step=0, seed=0)
    for ids, targets in zip(batch.ids, batch.targets, strict=True):
        period = int((targets == NOT_COUNTED).sum())
        assert 8 <= period < 32
        assert (targets[:period] == NOT_COUNTED).all()
        assert np.array_equal(ids[period:], ids[:-period])
        assert np.array_equal(targets[period:-1], ids[period + 1 :])
        assert np.array_equal(targets[period:], ids[1 : 64 - period + 1])


@pytest.mark.parametrize(("copies", "at_least", "at_most"), [(0.0, 0, 0), (0.25, 30, 70), (1.0, 200, 200)])
def test_the_share_of_copies(copies: float, at_least: int, at_most: int) -> None:
    batch = batch_of(mixture(), Stage(1.0, 32, 200, copies), step=0, seed=0)
    copied = int((batch.targets == NOT_COUNTED).any(axis=1).sum())
    assert at_least <= copied <= at_most
