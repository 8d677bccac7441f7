"""The model card of a finished run: facts in `training.json`, the same facts in words in `MODEL_CARD.md`."""

import hashlib
import json
import math
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from textwrap import fill
from typing import Any

import torch

from gpt2dash import __version__
from gpt2dash.generation import Step, generate
from gpt2dash.model.checkpoint import load_model
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.tokens import Tokenizer, load_tokenizer
from gpt2dash.sampling_settings import SamplingSettings
from gpt2dash.training.corpus import Corpus, pieces
from gpt2dash.training.evaluation import compressors, evaluate
from gpt2dash.training.metrics import Row
from gpt2dash.training.plan import Plan

FACTS = "training.json"
CARD = "MODEL_CARD.md"
_WEIGHTS = "model.safetensors"
_OPENINGS = ("The", "It was", "When he came to the door,", '"I do not know," she said,')
_SEEDS = range(5)
_SAMPLING = SamplingSettings(temperature=0.8, top_p=0.95, max_new_tokens=100)
_WIDTH = 100

Facts = dict[str, Any]


@dataclass(frozen=True)
class Finished:
    """A run whose model has been written.

    Attributes:
        plan: what was asked for.
        last: the last row of its metrics.
        train: the text it learned from.
        heldout: the text it is measured on.
        machine: what it ran on.
    """

    plan: Plan
    last: Row
    train: Corpus
    heldout: Corpus | None
    machine: str


def write(folder: Path, run: Finished, on_tokens: Callable[[int], object] = lambda _n: None) -> Facts:
    """Measure the model in `folder` and write both files beside it; returns the facts.

    Args:
        folder: a finished run's checkpoint.
        run: how it was made.
        on_tokens: told how many more held-out tokens have been predicted.
    """
    facts = _facts(folder, run, on_tokens)
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
    config = model.config
    weights = (folder / _WEIGHTS).read_bytes()
    return {
        "made_with": f"gpt2dash {__version__}, torch {torch.__version__}",
        "command": plan.command,
        "about": plan.about,
        "model": {"n_params": config.n_params, **asdict(config)},
        "weights": {"bytes": len(weights), "sha256": hashlib.sha256(weights).hexdigest()},
        "recipe": {**plan.options, "weight_decay": plan.rates.weight_decay},
        "train": _described(plan.texts, run.train),
        "run": {**asdict(run.last), "machine": run.machine},
        "heldout": _measured(model, plan, run.heldout, on_tokens),
        "sampling": {name: getattr(_SAMPLING, name) for name in ("temperature", "top_p", "max_new_tokens")},
        "samples": list(_samples(model, tokenizer)),
    }


def _described(paths: Sequence[Path], corpus: Corpus) -> Facts:
    return {
        "files": [path.name for path in paths],
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
        **_described([plan.heldout], corpus),
        "loss": round(found.loss, 4),
        "perplexity": round(math.exp(found.loss), 2),
        "bits_per_byte": round(found.bits_per_byte, 4),
        "compressors": {name: round(bits, 4) for name, bits in compressors(text.encode()).items()},
    }


def _samples(model: GPT2, tokenizer: Tokenizer) -> Iterator[Facts]:
    for prompt in _OPENINGS:
        ids = tokenizer.encode(prompt)
        n_new = min(_SAMPLING.max_new_tokens, model.config.n_ctx - len(ids))
        for seed in _SEEDS if n_new > 0 else ():
            settings = replace(_SAMPLING, seed=seed, max_new_tokens=n_new)
            new = [step.id for step in generate(model, ids, settings) if isinstance(step, Step)]
            yield {"prompt": prompt, "seed": seed, "text": tokenizer.decode(new)}


def render(facts: Facts) -> str:
    """The card: nothing in it but what the facts say."""
    sections = (_what, _data, _making, _quality, _limits, _sample_texts)
    return "\n\n".join(section(facts) for section in sections) + "\n"


def _what(facts: Facts) -> str:
    model, weights = facts["model"], facts["weights"]
    return f"""# Model card

A GPT-2 ({model["n_params"]:,} parameters) trained with {facts["made_with"]}. It loads in gpt2dash and, as
`GPT2LMHeadModel`, in transformers.

| | |
|---|---|
| layers | {model["n_layer"]} |
| heads in each | {model["n_head"]} |
| width of the residual stream | {model["d_model"]:,} |
| neurons of each MLP | {model["d_mlp"]:,} |
| context | {model["n_ctx"]:,} tokens |
| vocabulary | {model["n_vocab"]:,} tokens, byte-level BPE |
| unembedding | the token embeddings |
| `{_WEIGHTS}` | float16, {weights["bytes"]:,} bytes |
| SHA-256 of it | `{weights["sha256"]}` |"""


def _data(facts: Facts) -> str:
    lines = ["## Data", "", facts["about"] or "The text and its licence were not described.", ""]
    for title, text in (("Trained on", facts["train"]), ("Measured on", facts["heldout"])):
        if text:
            files = ", ".join(f"`{name}`" for name in text["files"])
            lines.append(
                f"- {title} {files}: {text['bytes']:,} bytes of UTF-8, {text['tokens']:,} tokens, "
                f"SHA-256 of the files `{text['sha256']}`."
            )
    return "\n".join(lines)


def _making(facts: Facts) -> str:
    run, recipe, passes = facts["run"], facts["recipe"], facts["run"]["tokens"] / facts["train"]["tokens"]
    text = (
        f"{run['step']:,} steps of {recipe['batch']} windows, {run['tokens']:,} tokens ({passes:.2f} times "
        f"the text), in {run['seconds'] / 60:,.0f} minutes on {run['machine']}. Muon with peak rate "
        f"{recipe['muon_rate']:g} for the matrices of the blocks, AdamW with peak rate "
        f"{recipe['adamw_rate']:g} for the rest, warm-up and linear decay to 0, weight decay "
        f"{recipe['weight_decay']:g} on matrices, gradient norm at most 1. {recipe['copies']:.0%} of the "
        "windows repeat a passage or random tokens over and over, so that heads that copy form early. "
        f"First weights and windows follow from seed {recipe['seed']}."
    )
    return f"## Training\n\n{fill(text, _WIDTH)}\n\nTo repeat it:\n\n    {facts['command']}"


def _quality(facts: Facts) -> str:
    run, heldout = facts["run"], facts["heldout"]
    train = (
        f"Mean loss on the last training windows: {run['train_loss']:.3f} nats per token, repeated windows "
        f"included. {'On the held-out text:' if heldout else 'No held-out text was given.'}"
    )
    head = f"## Quality\n\n{fill(train, _WIDTH)}"
    if heldout is None:
        return head
    rows = {
        "bits per byte": f"{heldout['bits_per_byte']:.3f}",
        "nats per token": f"{heldout['loss']:.3f}",
        "perplexity per token": f"{heldout['perplexity']:.1f}",
    }
    rows |= {f"bits per byte of `{name}`": f"{bits:.3f}" for name, bits in heldout["compressors"].items()}
    return f"{head}\n\n| | |\n|---|---|\n" + "\n".join(
        f"| {name} | {value} |" for name, value in rows.items()
    )


def _limits(facts: Facts) -> str:
    text = (
        "A small model of its text, for looking at what happens inside a GPT-2 where there is no internet. "
        "It knows no facts, follows no instructions, and repeats the views and the language of its text. It "
        f"reads at most {facts['model']['n_ctx']:,} tokens. Do not use it to write what people rely on."
    )
    return f"## Limits\n\n{fill(text, _WIDTH)}"


def _sample_texts(facts: Facts) -> str:
    sampling = facts["sampling"]
    text = (
        f"Not chosen: every opening with every seed, temperature {sampling['temperature']:g}, top-p "
        f"{sampling['top_p']:g}, at most {sampling['max_new_tokens']} new tokens."
    )
    return "\n\n".join([f"## Samples\n\n{fill(text, _WIDTH)}", *map(_sample, facts["samples"])])


def _sample(sample: Facts) -> str:
    lines = (sample["prompt"] + sample["text"]).splitlines()
    return "\n".join([f"Seed {sample['seed']}:", "", *(f"    {line}".rstrip() for line in lines)])
