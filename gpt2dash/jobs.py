"""Work that takes longer than a click, as a stream of events: start, progress, tokens, done, error.

Whoever iterates does the work; whoever stops iterating ends it. The web server iterates inside
the request, so nothing outlives the tab that asked.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gpt2dash.errors import InvalidInput
from gpt2dash.generation import Progress, Step, generate
from gpt2dash.language_model import LanguageModel
from gpt2dash.run import Run
from gpt2dash.runtime import Runtime, storage_problem
from gpt2dash.sampling_settings import SamplingSettings

Event = dict[str, Any]
IsCancelled = Callable[[], bool]


@dataclass(frozen=True)
class RunRequest:
    """A prompt, what follows it already, and how to go on.

    Attributes:
        model: a name from the server's list.
        prompt: text, kept byte for byte.
        continuation: token ids after the prompt that are given, not generated.
        settings: sampling; `max_new_tokens` 0 only reads.
    """

    model: str
    prompt: str
    continuation: tuple[int, ...]
    settings: SamplingSettings

    @classmethod
    def parse(cls, raw: object) -> "RunRequest":
        """Read a request's JSON.

        Raises:
            InvalidInput: a field that is missing, of the wrong type or out of range.
        """
        if not isinstance(raw, Mapping):
            raise InvalidInput("Send a JSON object with model, prompt, continuation and settings.")
        model, prompt = raw.get("model", ""), raw.get("prompt", "")
        continuation, settings = raw.get("continuation", []), raw.get("settings", {})
        if not isinstance(model, str) or not isinstance(prompt, str):
            raise InvalidInput("The model and the prompt must be texts.")
        if not _are_ids(continuation):
            raise InvalidInput("The continuation must be a list of token ids, whole numbers from 0.")
        if not isinstance(settings, Mapping):
            raise InvalidInput('The settings must be an object, such as {"temperature": 0.8}.')
        return cls(model, prompt, tuple(continuation), SamplingSettings.parse(settings))


def _are_ids(value: object) -> bool:
    return isinstance(value, list) and all(type(i) is int and i >= 0 for i in value)


def begin(runtime: Runtime, request: RunRequest, is_cancelled: IsCancelled) -> Iterator[Event]:
    """The events of one run. Refusals come at the call, before any work.

    Raises:
        PublicError: the request cannot be done; the sentence says why.
    """
    lm = runtime.models.get(request.model or runtime.models.default)
    prompt_ids = lm.encode(request.prompt)
    given = [*prompt_ids, *request.continuation]
    lm.require_readable(given)
    steps: Iterator[Progress | Step] = iter(())
    if request.settings.max_new_tokens > 0:
        steps = generate(lm.model, given, request.settings, is_cancelled=is_cancelled)
    return _events(runtime, lm, given, len(prompt_ids), request, steps, is_cancelled)


def _events(  # noqa: PLR0913 - everything a run is made of
    runtime: Runtime,
    lm: LanguageModel,
    given: list[int],
    n_prompt: int,
    request: RunRequest,
    steps: Iterator[Progress | Step],
    is_cancelled: IsCancelled,
) -> Iterator[Event]:
    yield _start(lm, given, n_prompt)
    ids = list(given)
    began = time.monotonic()
    for step in _in_turn(runtime, steps):
        if isinstance(step, Progress):
            yield {"event": "progress", "stage": "reading", "done": step.done, "total": step.total}
        else:
            ids.append(step.id)
            yield _token(lm, step)
    seconds = time.monotonic() - began
    yield {
        "event": "written",
        "n_new": len(ids) - len(given),
        "seconds": seconds,
        "reason": _reason(lm, ids, given, request.settings),
    }
    run = Run(lm.name, tuple(ids), n_prompt)
    yield from _recorded(runtime, run, request.settings, is_cancelled)


def _recorded(
    runtime: Runtime, run: Run, settings: SamplingSettings, is_cancelled: IsCancelled
) -> Iterator[Event]:
    """Record the trace while the text is already on the screen, so that the first click finds it."""
    n_layer = runtime.language_model(run).model.config.n_layer
    yield {"event": "progress", "stage": "recording", "done": 0, "total": n_layer}
    trace = runtime.trace(run, is_cancelled=is_cancelled)
    yield {
        "event": "done",
        "key": runtime.remember(run),
        "warning": storage_problem(trace),
        "settings": asdict(settings),
    }


def _in_turn(runtime: Runtime, steps: Iterator[Progress | Step]) -> Iterator[Progress | Step]:
    """Each step computed in its own turn; none is held while the reader takes the step."""
    while True:
        with runtime.turns.turn():
            step = next(steps, None)
        if step is None:
            return
        yield step


def _start(lm: LanguageModel, given: list[int], n_prompt: int) -> Event:
    config = lm.model.config
    return {
        "event": "start",
        "model": lm.name,
        "label": lm.label,
        "n_ctx": config.n_ctx,
        "n_layer": config.n_layer,
        "n_head": config.n_head,
        "n_prompt": n_prompt,
        "tokens": [_shown(lm, i) for i in given],
    }


def _token(lm: LanguageModel, step: Step) -> Event:
    return {
        "event": "token",
        "pos": step.pos,
        "token": _shown(lm, step.id),
        "raw": step.raw,
        "final": step.final,
        "rank": step.rank,
        "entropy": step.entropy,
    }


def _shown(lm: LanguageModel, token_id: int) -> list[object]:
    """A token as the page needs it: id, label, kind, bytes in hexadecimal."""
    token = lm.tokenizer.describe([token_id])[0]
    return [token.id, token.label, token.kind, token.bytes.hex(" ")]


def _reason(lm: LanguageModel, ids: list[int], given: list[int], settings: SamplingSettings) -> str:
    if len(ids) == len(given):
        return "read only"
    if settings.stop_at_eot and ids[-1] == lm.model.config.eot_id:
        return "end of text"
    return "number of new tokens reached"
