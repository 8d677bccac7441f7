"""Greedy generation with the candidates of every step, beside transformers' `generate`."""

from collections.abc import Sequence
from typing import Any

import torch

from benchmarks.measurement import Measurement, Target
from benchmarks.subject import Subject, peer
from benchmarks.timing import interleaved, seconds
from gpt2dash.generation import Step, generate
from gpt2dash.sampling_settings import SamplingSettings


def measure(subject: Subject) -> list[Measurement]:
    """Tokens per second, the prompt's reading included; and how many tokens are the same."""
    ids, n_new = subject.ids(subject.n_prompt), subject.n_new
    theirs = peer(subject.folder, "sdpa")
    tasks = {
        "gpt2dash": lambda: seconds(lambda: continuation(subject, ids)),
        "transformers": lambda: seconds(lambda: peer_continuation(theirs, ids, n_new)),
    }
    speed = {name: n_new / median for name, median in interleaved(tasks, subject.rounds).items()}
    same = zip(continuation(subject, ids), peer_continuation(theirs, ids, n_new), strict=True)
    return [
        Measurement(
            f"greedy generation, {n_new} new tokens after {len(ids)}",
            speed["gpt2dash"],
            "tokens/s",
            speed["transformers"],
            "transformers",
            Target("ratio", 1.2, at_least=True),
        ),
        Measurement(
            "the same tokens as transformers", sum(a == b for a, b in same), "tokens", n_new, "in all"
        ),
    ]


def greedy(n_new: int) -> SamplingSettings:
    """Exactly so many tokens, each the most likely one."""
    return SamplingSettings(temperature=0, max_new_tokens=n_new, stop_at_eot=False)


def continuation(subject: Subject, ids: Sequence[int]) -> list[int]:
    """New tokens, every step with its candidates."""
    steps = generate(subject.lm.model, ids, greedy(subject.n_new))
    return [step.id for step in steps if isinstance(step, Step)]


def peer_continuation(model: Any, ids: Sequence[int], n_new: int) -> list[int]:  # noqa: ANN401
    """New tokens of transformers."""
    prompt = torch.tensor([ids])
    whole = model.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        do_sample=False,
        max_new_tokens=n_new,
        min_new_tokens=n_new,
        pad_token_id=0,
    )
    new: list[int] = whole[0, len(ids) :].tolist()
    return new
