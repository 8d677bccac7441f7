"""Whatever is read from an edited trace is what a forward pass with the same hooks has."""

import threading
from collections.abc import Callable
from typing import cast

import hooked as by_hand
import pytest
import torch
from hooked import Hooked, Hooks, hooked
from torch import Tensor

from gpt2dash.analysis.across import mixing, rollouts
from gpt2dash.analysis.difference import js_distance, js_distances
from gpt2dash.analysis.flow import flow
from gpt2dash.analysis.measures import MEASURES
from gpt2dash.analysis.moved import value_norms, write_norms
from gpt2dash.analysis.overview import overview
from gpt2dash.analysis.predictions import predictions_in
from gpt2dash.analysis.rollout import norm_weighted, rollout
from gpt2dash.analysis.shown import shown
from gpt2dash.edit import Edit, Mean, Zero, canonical
from gpt2dash.model.gpt2 import GPT2, Block
from gpt2dash.model.sites import Site
from gpt2dash.options import chosen
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace, record

IDS = [3, 14, 15, 92, 65, 35, 89, 79, 3, 14, 15, 92]
PAIRS = [(0, 0), (2, 2), (5, 4), (9, 11)]

Case = tuple[list[Edit], Hooks]
CASES: dict[str, Case] = {
    "no head": ([Edit(Site.Z, 0, 2)], {(Site.Z, 0): by_hand.no_head(2)}),
    "a mean head": ([Edit(Site.Z, 1, 3, change=Mean())], {(Site.Z, 1): by_hand.mean_head(3)}),
    "no head at one position": ([Edit(Site.Z, 0, 1, (4,))], {(Site.Z, 0): by_hand.no_head_at(1, 4)}),
    "no head at all": ([Edit(Site.Z, 0)], {(Site.Z, 0): lambda z: 0 * z}),
    "no query": ([Edit(Site.Q, 1, 0)], {(Site.Q, 1): by_hand.no_head(0)}),
    "a mean key": ([Edit(Site.K, 0, 1, change=Mean())], {(Site.K, 0): by_hand.mean_head(1)}),
    "no value": ([Edit(Site.V, 0, 3)], {(Site.V, 0): by_hand.no_head(3)}),
    "no neuron, before": ([Edit(Site.PRE, 0, 17)], {(Site.PRE, 0): by_hand.no_neuron(17)}),
    "no neuron, after": ([Edit(Site.POST, 0, 17)], {(Site.POST, 0): by_hand.no_neuron(17)}),
    "a mean neuron at one position": (
        [Edit(Site.POST, 0, 99, (6,), Mean())],
        {(Site.POST, 0): by_hand.mean_neuron_at(99, 6)},
    ),
    "several": (
        [Edit(Site.POST, 0, 5), Edit(Site.Z, 1, 1), Edit(Site.K, 1, 1), Edit(Site.Z, 0, 0, change=Mean())],
        {
            (Site.Z, 0): by_hand.mean_head(0),
            (Site.POST, 0): by_hand.no_neuron(5),
            (Site.K, 1): by_hand.no_head(1),
            (Site.Z, 1): by_hand.no_head(1),
        },
    ),
}


def recorded(model: GPT2, edits: list[Edit], ids: list[int] = IDS) -> Trace:
    return Trace(model, TensorReader(record(model, ids, canonical(edits))))


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def trace(case: Case, tiny_model: GPT2) -> Trace:
    return recorded(tiny_model, case[0])


@pytest.fixture
def expected(case: Case, tiny_model: GPT2) -> Hooked:
    return hooked(tiny_model, IDS, case[1])


def close(found: Tensor, expected: Tensor) -> bool:
    return torch.allclose(found, expected, rtol=1e-4, atol=1e-5, equal_nan=True)


BY_LAYER: dict[Site, Callable[[Trace, int], Tensor]] = {
    Site.RESID_PRE: Trace.resid_pre,
    Site.Q: Trace.q,
    Site.K: Trace.k,
    Site.V: Trace.v,
    Site.PRE: Trace.mlp_pre,
}
BY_HEAD: dict[Site, Callable[[Trace, int, int], Tensor]] = {
    Site.ATTN_SCORES: Trace.scores,
    Site.PATTERN: Trace.pattern,
    Site.Z: Trace.z,
}


def test_an_edit_changes_what_the_model_says(trace: Trace, tiny_model: GPT2) -> None:
    assert (trace.logits - recorded(tiny_model, []).logits).abs().max() > 1e-3


def test_a_trace_knows_its_edits(trace: Trace, case: Case) -> None:
    assert trace.edits == canonical(case[0])


@pytest.mark.parametrize("site", BY_LAYER)
def test_stored_tensors(trace: Trace, expected: Hooked, site: Site) -> None:
    found = [BY_LAYER[site](trace, layer) for layer in range(2)]
    assert close(torch.stack(found), torch.stack(expected.seen[site]))


@pytest.mark.parametrize("site", BY_HEAD)
def test_what_every_head_does(trace: Trace, expected: Hooked, site: Site) -> None:
    found = [torch.stack([BY_HEAD[site](trace, layer, head) for head in range(4)]) for layer in range(2)]
    assert close(torch.stack(found), torch.stack(expected.seen[site]))


def test_logits_and_predictions(trace: Trace, expected: Hooked) -> None:
    assert close(trace.resid_pre(2), expected.seen[Site.RESID_POST][-1])
    assert close(trace.logits, expected.logits)
    assert close(trace.logits_at(7), expected.logits[7])
    bits = -expected.logits.log_softmax(dim=-1)[range(len(IDS) - 1), IDS[1:]] / torch.tensor(2.0).log()
    assert close(predictions_in(trace).surprisal, bits)


def test_the_overviews_measures_and_maps(trace: Trace, expected: Hooked) -> None:
    found, ids = overview(trace), torch.tensor(IDS)
    assert close(found.maps, expected.pattern())
    assert close(found.measures, torch.stack([measure.of(expected.pattern(), ids) for measure in MEASURES]))


def test_what_heads_move(trace: Trace, expected: Hooked) -> None:
    found = overview(trace)
    assert close(found.moved_to, expected.writes(Site.Z))
    later = expected.carried().tril(-1).sum(dim=-2) / torch.arange(len(IDS) - 1, -1, -1).clamp_min(1)
    assert close(found.moved_from, later * expected.writes(Site.V))


def test_lengths_of_values_and_writes(trace: Trace, expected: Hooked) -> None:
    norms = torch.stack(expected.seen[Site.V]).norm(dim=-1)
    assert close(torch.stack([value_norms(trace, layer) for layer in range(2)]), norms)
    found = torch.stack([write_norms(trace, layer) for layer in range(2)])
    assert torch.allclose(found, expected.writes(Site.V), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("weight", ["value", "write"])
def test_lengths_on_the_heat_map(trace: Trace, expected: Hooked, weight: str) -> None:
    norms = torch.stack(expected.seen[Site.V]).norm(dim=-1)
    lengths = expected.carried() * (norms if weight == "value" else expected.writes(Site.V))[:, :, None]
    options = chosen({"weight": weight})
    for layer in range(2):
        found = torch.stack([shown(trace, layer, head, options).values for head in range(4)])
        assert torch.allclose(found, lengths[layer], rtol=1e-4, atol=1e-4)


def test_rollouts(trace: Trace, expected: Hooked) -> None:
    found, carried = rollouts(trace), expected.carried()
    weighted = [norm_weighted(*layer) for layer in zip(carried, expected.writes(Site.V), strict=True)]
    assert close(found.plain, rollout(carried.mean(dim=1))[-1])
    assert close(found.weighted, rollout(torch.stack(weighted))[-1])


def test_flow(trace: Trace, expected: Hooked) -> None:
    found, wanted = flow(mixing(trace)[0], 9), flow(expected.carried().mean(dim=1), 9)
    assert abs(found - wanted).max() < 1e-4


def test_distances(trace: Trace, expected: Hooked, tiny_model: GPT2) -> None:
    clean = recorded(tiny_model, [])
    plain = hooked(tiny_model, IDS, {}).pattern()
    wanted = js_distance(expected.pattern(), plain, PAIRS)
    assert torch.allclose(js_distances(trace, clean, PAIRS).js, wanted, atol=1e-3)


def all_stored(trace: Trace, layer: int) -> list[Tensor]:
    return [stored(trace, layer) for stored in BY_LAYER.values()]


def test_no_edit_is_the_plain_file(tiny_model: GPT2) -> None:
    assert record(tiny_model, IDS, ()) == record(tiny_model, IDS)
    assert recorded(tiny_model, []).edits == ()
    assert b"edits" not in record(tiny_model, IDS)


@pytest.mark.parametrize("change", [Zero(), Mean()])
def test_layers_below_an_edit_are_the_same_to_the_bit(tiny_model: GPT2, change: Zero | Mean) -> None:
    clean, trace = recorded(tiny_model, []), recorded(tiny_model, [Edit(Site.Z, 1, 2, change=change)])
    assert all(map(torch.equal, all_stored(clean, 0), all_stored(trace, 0)))
    assert torch.equal(clean.q(1), trace.q(1))
    assert torch.equal(clean.z(1, 1), trace.z(1, 1))
    assert not torch.equal(clean.mlp_pre(1), trace.mlp_pre(1))


@pytest.mark.parametrize("change", [Zero(), Mean()])
@pytest.mark.parametrize("site", [Site.Z, Site.POST])
def test_positions_before_an_edit_are_the_same_to_the_bit(
    tiny_model: GPT2, site: Site, change: Zero | Mean
) -> None:
    clean, trace = recorded(tiny_model, []), recorded(tiny_model, [Edit(site, 0, 2, (5, 7), change)])
    assert torch.equal(clean.resid_pre(1)[:5], trace.resid_pre(1)[:5])
    assert torch.equal(clean.resid_pre(2)[:5], trace.resid_pre(2)[:5])
    assert torch.equal(clean.resid_pre(1)[6], trace.resid_pre(1)[6])
    assert not torch.equal(clean.resid_pre(1)[5], trace.resid_pre(1)[5])


def test_a_last_head_is_missed_where_it_is_silent_and_nowhere_else(tiny_model: GPT2) -> None:
    clean, trace = recorded(tiny_model, []), recorded(tiny_model, [Edit(Site.Z, 1, 2, (5,))])
    differs = (clean.resid_pre(2) != trace.resid_pre(2)).any(dim=-1)
    assert differs.nonzero().flatten().tolist() == [5]


def test_a_silent_head_looks_but_moves_nothing(tiny_model: GPT2) -> None:
    clean, trace = recorded(tiny_model, []), recorded(tiny_model, [Edit(Site.Z, 1, 2)])
    assert trace.z(1, 2).count_nonzero() == 0
    assert torch.equal(trace.pattern(1, 2), clean.pattern(1, 2))
    found = overview(trace)
    assert found.moved_to[1, 2].count_nonzero() == 0
    assert found.moved_from[1, 2].count_nonzero() == 0
    assert trace.gathers(1)[2].count_nonzero() == 0
    assert trace.gathers(1).sum() == 3 * len(IDS)


def test_without_any_head_each_token_comes_from_itself(tiny_model: GPT2) -> None:
    found = rollouts(recorded(tiny_model, [Edit(Site.Z, 0), Edit(Site.Z, 1)]))
    assert torch.equal(found.plain, torch.eye(len(IDS)))
    assert torch.equal(found.weighted, torch.eye(len(IDS)))


def test_without_heads_and_neurons_the_embedding_and_the_biases_are_left(tiny_model: GPT2) -> None:
    trace = recorded(tiny_model, [Edit(site, layer) for site in (Site.Z, Site.POST) for layer in (0, 1)])
    biases = sum(
        cast(Block, block).attn.c_proj.bias + cast(Block, block).mlp.c_proj.bias for block in tiny_model.h
    )
    embedded = tiny_model.wte(torch.tensor(IDS)) + tiny_model.wpe(torch.arange(len(IDS)))
    assert close(trace.resid_pre(2), embedded + biases)


def test_a_head_without_values_is_a_head_without_z(tiny_model: GPT2) -> None:
    no_v, no_z = recorded(tiny_model, [Edit(Site.V, 0, 1)]), recorded(tiny_model, [Edit(Site.Z, 0, 1)])
    assert torch.equal(no_v.resid_pre(2), no_z.resid_pre(2))


def test_the_activation_of_zero_is_zero(tiny_model: GPT2) -> None:
    pre, post = recorded(tiny_model, [Edit(Site.PRE, 0, 17)]), recorded(tiny_model, [Edit(Site.POST, 0, 17)])
    assert torch.equal(pre.resid_pre(2), post.resid_pre(2))


@pytest.mark.parametrize("site", [Site.Q, Site.K])
def test_without_query_or_key_a_head_looks_everywhere_alike(tiny_model: GPT2, site: Site) -> None:
    uniform = torch.ones(len(IDS), len(IDS)).tril()
    found = recorded(tiny_model, [Edit(site, 1, 2)]).pattern(1, 2)
    assert close(found, uniform / uniform.sum(dim=-1, keepdim=True))


def test_the_mean_of_one_position_changes_nothing(tiny_model: GPT2) -> None:
    clean = recorded(tiny_model, [], [5])
    trace = recorded(tiny_model, [Edit(Site.Z, 0, 1, change=Mean()), Edit(Site.PRE, 1, change=Mean())], [5])
    assert torch.equal(trace.logits, clean.logits)


def test_the_mean_of_a_head_that_says_the_same_everywhere_changes_nothing(tiny_model: GPT2) -> None:
    constant = Edit(Site.V, 0, 1, change=Mean())
    once, twice = (
        recorded(tiny_model, [constant]),
        recorded(tiny_model, [constant, Edit(Site.Z, 0, 1, change=Mean())]),
    )
    assert close(once.logits, twice.logits)


def test_edits_named_in_another_order_leave_the_same_file(tiny_model: GPT2) -> None:
    edits = CASES["several"][0]
    files = {bytes(record(tiny_model, IDS, canonical(order))) for order in (edits, edits[::-1])}
    assert len(files) == 1


def test_two_threads_with_different_edits_get_the_answer_of_each_alone(tiny_model: GPT2) -> None:
    edits = [(Edit(Site.Z, 0, 1),), (Edit(Site.Z, 0, 2, change=Mean()),)]
    alone = [record(tiny_model, IDS, one) for one in edits]
    together: list[list[bytearray]] = [[], []]

    def work(number: int) -> None:
        for _ in range(20):
            together[number].append(record(tiny_model, IDS, edits[number]))

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(file == alone[number] for number in (0, 1) for file in together[number])
