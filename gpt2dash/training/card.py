"""The model card of a finished run: facts in `training.json`, the same facts in words in `MODEL_CARD.md`."""

import hashlib
import json
import math
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from gpt2dash import __version__
from gpt2dash.analysis.passport import Passport, passport
from gpt2dash.generation import Step, generate
from gpt2dash.model.checkpoint import load_model
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.model_card import CARD, CURVE
from gpt2dash.model.tokens import Tokenizer, load_tokenizer
from gpt2dash.sampling_settings import SamplingSettings
from gpt2dash.training import curve
from gpt2dash.training.behaviours import MEASURES, Figure, fitting, measure, read_cases
from gpt2dash.training.card_text import Facts, render
from gpt2dash.training.carriers import effects, strongest
from gpt2dash.training.corpus import Corpus, pieces
from gpt2dash.training.evaluation import compressors, evaluate
from gpt2dash.training.metrics import Row
from gpt2dash.training.plan import Plan
from gpt2dash.training.repetition import figures_of_copying

FACTS = "training.json"
_WEIGHTS = "model.safetensors"
_OPENINGS = (
    "Once upon a time there was a girl named Lucy.",
    "One day Tom and his sister Anna went to the market.",
    "Long ago, in a small village by the sea,",
    "It was a cold evening in November.",
)
_SEEDS = range(5)
_SAMPLING = SamplingSettings(temperature=0.8, top_p=0.95, max_new_tokens=100)


@dataclass(frozen=True)
class Finished:
    """A run whose model has been written.

    Attributes:
        plan: what was asked for.
        rows: its metrics, at least one row.
        train: the texts it learned from, as in the plan.
        shares: of the windows that each of these gave.
        heldout: the text it is measured on.
        machine: what it ran on.
        precision: the numbers that its steps were computed with.
    """

    plan: Plan
    rows: Sequence[Row]
    train: Sequence[Corpus]
    shares: Sequence[float]
    heldout: Corpus | None
    machine: str
    precision: str


def write(folder: Path, run: Finished, on_tokens: Callable[[int], object] = lambda _n: None) -> Facts:
    """Measure the model in `folder` and write facts, card and loss curve beside it; returns the facts.

    Args:
        folder: a finished run's checkpoint.
        run: how it was made.
        on_tokens: told how many more held-out tokens have been predicted.
    """
    facts = _facts(folder, run, on_tokens)
    curve.draw(run.rows, folder / CURVE)
    for name, text in (
        (FACTS, json.dumps(facts, indent=2, ensure_ascii=False) + "\n"),
        (CARD, render(facts)),
    ):
        unfinished = folder / f"{name}.part"
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(folder / name)
    return facts


def this_machine(threads: int) -> str:
    """The processor that trains here, in a few words."""
    if torch.cuda.is_available():
        return f"1 {torch.cuda.get_device_name()}"
    n = threads or len(os.sched_getaffinity(0))
    return f"{n} {'core' if n == 1 else 'cores'} of {_processor()}"


def _processor() -> str:
    listing = Path("/proc/cpuinfo")
    lines = listing.read_text().splitlines() if listing.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _facts(folder: Path, run: Finished, on_tokens: Callable[[int], object]) -> Facts:
    model, tokenizer, plan = load_model(folder), load_tokenizer(folder), run.plan
    config, found = model.config, passport(model)
    weights = (folder / _WEIGHTS).read_bytes()
    return {
        "made_with": f"gpt2dash {__version__}, torch {torch.__version__}",
        "command": plan.command,
        "about": plan.about,
        "notes": plan.notes,
        "model": {"n_params": config.n_params, **asdict(config)},
        "weights": {"bytes": len(weights), "sha256": hashlib.sha256(weights).hexdigest()},
        "recipe": plan.options,
        "train": [_trained_on(*text) for text in zip(plan.texts, run.train, run.shares, strict=True)],
        "run": {**asdict(run.rows[-1]), "machine": run.machine, "precision": run.precision},
        "heldout": _measured(model, plan, run.heldout, on_tokens),
        "heads": _heads(found),
        "behaviours": [asdict(figure) for figure in _behaviours(model, tokenizer, found)],
        "carriers": _carriers(model, tokenizer),
        "sampling": {name: getattr(_SAMPLING, name) for name in ("temperature", "top_p", "max_new_tokens")},
        "samples": list(_samples(model, tokenizer)),
    }


def _trained_on(path: Path, corpus: Corpus, share: float) -> Facts:
    return {**_described(path, corpus), "share": round(share, 4)}


def _described(path: Path, corpus: Corpus) -> Facts:
    return {
        "file": path.name,
        "sha256": corpus.sha256,
        "bytes": corpus.n_bytes,
        "tokens": len(corpus.ids),
    }


def _measured(
    model: GPT2, plan: Plan, corpus: Corpus | None, on_tokens: Callable[[int], object]
) -> Facts | None:
    if corpus is None or plan.heldout is None:
        return None
    found = evaluate(model, corpus.ids, corpus.n_bytes, on_tokens)
    text = "".join(piece.text for piece in pieces([plan.heldout]))
    return {
        **_described(plan.heldout, corpus),
        "loss": round(found.loss, 4),
        "perplexity": round(math.exp(found.loss), 2),
        "bits_per_byte": round(found.bits_per_byte, 4),
        "compressors": {name: round(bits, 4) for name, bits in compressors(text.encode()).items()},
    }


def _behaviours(model: GPT2, tokenizer: Tokenizer, found: Passport) -> list[Figure]:
    figures = figures_of_copying(model, found) + measure(model, tokenizer, read_cases())
    return [replace(each, value=round(each.value, 4), chance=round(each.chance, 4)) for each in figures]


def _carriers(model: GPT2, tokenizer: Tokenizer) -> Facts:
    """Behaviour -> its three strongest heads as (layer, head, effect in nats)."""
    cases = fitting(model, tokenizer, read_cases())
    own = {name: [case for case in cases if case.behaviour == name] for name in MEASURES}
    return {
        name: strongest(effects(model, tokenizer, its_cases)) for name, its_cases in own.items() if its_cases
    }


def _heads(found: Passport) -> Facts:
    scores = {"previous_token": found.previous_token, "induction": found.induction}
    rounded = {
        name: [[round(s, 3) for s in layer] for layer in table.tolist()] for name, table in scores.items()
    }
    return {"n_random": found.n_random, "n_text": found.n_text, **rounded}


def _samples(model: GPT2, tokenizer: Tokenizer) -> Iterator[Facts]:
    for prompt in _OPENINGS:
        ids = tokenizer.encode(prompt)
        n_new = min(_SAMPLING.max_new_tokens, model.config.n_ctx - len(ids))
        for seed in _SEEDS if n_new > 0 else ():
            settings = replace(_SAMPLING, seed=seed, max_new_tokens=n_new)
            new = [step.id for step in generate(model, ids, settings) if isinstance(step, Step)]
            yield {"prompt": prompt, "seed": seed, "text": tokenizer.decode(new)}
