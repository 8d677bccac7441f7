"""Generation on a tiny model: the same tokens as the plain loop, refusals, cancelling."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
import torch

from gpt2dash import generation
from gpt2dash.errors import Cancelled, InvalidInput
from gpt2dash.generation import Progress, Step, generate
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.sampling import entropy
from gpt2dash.sampling_settings import SamplingSettings

PROMPT = [5, 17, 3, 101, 17]
GREEDY = SamplingSettings(temperature=0, max_new_tokens=12, stop_at_eot=False)
SAMPLED = SamplingSettings(
    temperature=1.5, top_k=60, top_p=0.95, seed=3, max_new_tokens=12, stop_at_eot=False
)


def steps_in(events: Iterable[Progress | Step]) -> list[Step]:
    return [event for event in events if isinstance(event, Step)]


def ids_in(events: Iterable[Progress | Step]) -> list[int]:
    return [step.id for step in steps_in(events)]


def last_logits(model: GPT2, ids: list[int]) -> torch.Tensor:
    with torch.no_grad():
        logits: torch.Tensor = model(torch.tensor([ids]))
        return logits[0, -1]


def ending_with(model: GPT2, eot_id: int | None) -> GPT2:
    """The same model with another end-of-text token."""
    other = GPT2(replace(model.config, eot_id=eot_id)).eval()
    other.load_state_dict(model.state_dict())
    return other


def cancelled_after(n_layers: int) -> tuple[Callable[[], bool], list[None]]:
    """A question that turns true after `n_layers` answers, and the list that counts them."""
    asked: list[None] = []

    def is_cancelled() -> bool:
        asked.append(None)
        return len(asked) > n_layers

    return is_cancelled, asked


def test_greedy_is_the_argmax_of_the_whole_text_read_again(tiny_model: GPT2) -> None:
    ids = list(PROMPT)
    for _ in range(GREEDY.max_new_tokens):
        ids.append(int(last_logits(tiny_model, ids).argmax()))
    assert ids_in(generate(tiny_model, PROMPT, GREEDY)) == ids[len(PROMPT) :]


def test_a_step_tells_what_it_was_chosen_from(tiny_model: GPT2) -> None:
    steps = steps_in(generate(tiny_model, PROMPT, SAMPLED))
    text = PROMPT + [step.id for step in steps[:4]]
    step, raw = steps[4], last_logits(tiny_model, text).softmax(dim=-1)
    assert (step.pos, step.rank) == (len(text), 1 + int((raw > raw[step.id]).sum()))
    assert [step.raw, step.entropy] == pytest.approx([float(raw[step.id]), entropy(raw)], rel=1e-4)
    assert step.final > step.raw / 2
    assert 0 < step.final_entropy < step.entropy + 1


def test_a_step_keeps_twenty_candidates_and_the_chosen_one(tiny_model: GPT2) -> None:
    flat = SamplingSettings(temperature=10, max_new_tokens=30, stop_at_eot=False)
    steps = steps_in(generate(tiny_model, PROMPT, flat))
    assert {len(step.candidates) for step in steps} == {20, 21}
    assert all(step.id in [candidate.id for candidate in step.candidates] for step in steps)


def test_cuts_are_told_with_what_they_kept(tiny_model: GPT2) -> None:
    step = steps_in(generate(tiny_model, PROMPT, replace(SAMPLED, max_new_tokens=1)))[0]
    assert step.n_kept_k == 60
    assert 1 <= step.n_kept_p < 60
    assert step.k_cut is not None
    assert step.p_cut is not None


def test_both_entropies_are_those_of_the_distributions(tiny_model: GPT2) -> None:
    few = replace(SAMPLED, top_k=15, top_p=0.9, max_new_tokens=1)
    step = steps_in(generate(tiny_model, PROMPT, few))[0]
    final = torch.tensor([candidate.top_p for candidate in step.candidates])
    raw = last_logits(tiny_model, PROMPT).softmax(dim=-1)
    assert step.n_kept_p < step.n_kept_k
    assert [step.entropy, step.final_entropy] == pytest.approx([entropy(raw), entropy(final)], rel=1e-4)


def test_a_greedy_step_is_certain(tiny_model: GPT2) -> None:
    step = steps_in(generate(tiny_model, PROMPT, GREEDY))[0]
    assert (step.rank, step.final, step.final_entropy, step.n_kept_k, step.n_kept_p) == (1, 1, 0, 1, 1)
    assert (step.k_cut, step.p_cut) == (None, None)


def test_the_same_seed_gives_the_same_steps(tiny_model: GPT2) -> None:
    assert list(generate(tiny_model, PROMPT, SAMPLED)) == list(generate(tiny_model, PROMPT, SAMPLED))


def test_another_seed_gives_another_text(tiny_model: GPT2) -> None:
    texts = [ids_in(generate(tiny_model, PROMPT, replace(SAMPLED, seed=seed))) for seed in range(3)]
    assert texts[0] != texts[1] != texts[2]


@pytest.mark.parametrize("n_kept", [1, 5, 11])
def test_rewinding_and_going_on_gives_the_same_text(tiny_model: GPT2, n_kept: int) -> None:
    text = ids_in(generate(tiny_model, PROMPT, SAMPLED))
    rest = replace(SAMPLED, max_new_tokens=SAMPLED.max_new_tokens - n_kept)
    assert ids_in(generate(tiny_model, PROMPT + text[:n_kept], rest)) == text[n_kept:]


def test_two_runs_in_turn_do_not_disturb_each_other(tiny_model: GPT2) -> None:
    other = replace(SAMPLED, seed=4)
    pairs = zip(generate(tiny_model, PROMPT, SAMPLED), generate(tiny_model, PROMPT, other), strict=True)
    one, two = zip(*pairs, strict=True)
    assert list(one) == list(generate(tiny_model, PROMPT, SAMPLED))
    assert list(two) == list(generate(tiny_model, PROMPT, other))


def test_the_prompt_is_read_in_chunks(tiny_model: GPT2, monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = PROMPT * 4
    whole = ids_in(generate(tiny_model, prompt, GREEDY))
    monkeypatch.setattr(generation, "CHUNK", 8)
    events = list(generate(tiny_model, prompt, GREEDY))
    assert events[:3] == [Progress(8, 20), Progress(16, 20), Progress(20, 20)]
    assert ids_in(events[3:]) == whole


def test_no_new_tokens_reads_the_prompt_only(tiny_model: GPT2) -> None:
    nothing = SamplingSettings(max_new_tokens=0)
    assert list(generate(tiny_model, PROMPT, nothing)) == [Progress(5, 5)]


def test_the_last_position_can_be_filled(tiny_model: GPT2) -> None:
    full = replace(GREEDY, max_new_tokens=tiny_model.config.n_ctx - len(PROMPT))
    assert steps_in(generate(tiny_model, PROMPT, full))[-1].pos == tiny_model.config.n_ctx - 1


def test_end_of_text_is_given_and_ends_the_run(tiny_model: GPT2) -> None:
    text = ids_in(generate(tiny_model, PROMPT, SAMPLED))
    model = ending_with(tiny_model, text[4])
    stopping = replace(SAMPLED, stop_at_eot=True)
    assert ids_in(generate(model, PROMPT, stopping)) == text[: text.index(text[4]) + 1]
    assert ids_in(generate(model, PROMPT, SAMPLED)) == text


def test_a_model_without_an_end_of_text_token_goes_on(tiny_model: GPT2) -> None:
    model = ending_with(tiny_model, None)
    assert len(ids_in(generate(model, PROMPT, replace(SAMPLED, stop_at_eot=True)))) == 12


REFUSALS = [
    (0, 1, "The prompt is empty: type at least one character."),
    (
        60,
        10,
        "The prompt has 60 tokens and 10 more were asked for; this model reads at most 64 together. "
        "Shorten the prompt by 6 tokens or ask for at most 4 new ones.",
    ),
    (
        5,
        64,
        "The prompt has 5 tokens and 64 more were asked for; this model reads at most 64 together. "
        "Ask for at most 59 new ones.",
    ),
    (
        64,
        1,
        "The prompt has 64 tokens and 1 more was asked for; this model reads at most 64 together. "
        "Shorten the prompt by 1 token.",
    ),
    (
        1,
        1_000,
        "The prompt has 1 token and 1,000 more were asked for; this model reads at most 64 together. "
        "Ask for at most 63 new ones.",
    ),
    (
        2_000,
        1_000,
        "The prompt has 2,000 tokens and 1,000 more were asked for; this model reads at most 64 together. "
        "Shorten the prompt to less than 64 tokens and ask for fewer new ones.",
    ),
    (
        65,
        0,
        "The prompt has 65 tokens; this model reads at most 64. Shorten the prompt by 1 token.",
    ),
]


@pytest.mark.parametrize(("n_prompt", "n_new", "sentence"), REFUSALS)
def test_a_run_that_cannot_be_is_refused_at_the_call(
    tiny_model: GPT2, n_prompt: int, n_new: int, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        generate(tiny_model, [1] * n_prompt, SamplingSettings(max_new_tokens=n_new))
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("token", [-1, 360])
def test_an_unknown_token_is_refused(tiny_model: GPT2, token: int) -> None:
    with pytest.raises(InvalidInput, match=f"Token id {token} is not one of this model's, 0 to 359"):
        generate(tiny_model, [1, token], GREEDY)


@pytest.mark.parametrize("n_layers", [0, 1, 3, 6])
def test_cancelling_stops_at_the_next_layer(tiny_model: GPT2, n_layers: int) -> None:
    is_cancelled, asked = cancelled_after(n_layers)
    with pytest.raises(Cancelled):
        list(generate(tiny_model, PROMPT, GREEDY, is_cancelled=is_cancelled))
    assert len(asked) == n_layers + 1


def test_a_closed_run_computes_no_more(tiny_model: GPT2) -> None:
    is_cancelled, asked = cancelled_after(1_000)
    run = generate(tiny_model, PROMPT, GREEDY, is_cancelled=is_cancelled)
    next(run)
    run.close()  # type: ignore[attr-defined]
    assert list(run) == []
    assert len(asked) == tiny_model.config.n_layer


def test_nothing_is_computed_before_the_first_event_is_asked_for(tiny_model: GPT2) -> None:
    is_cancelled, asked = cancelled_after(0)
    generate(tiny_model, PROMPT, GREEDY, is_cancelled=is_cancelled)
    assert asked == []


def test_a_suspended_run_leaves_its_caller_with_gradients(tiny_model: GPT2) -> None:
    for _ in generate(tiny_model, PROMPT, GREEDY):
        assert torch.is_grad_enabled()
        assert not torch.is_inference_mode_enabled()
