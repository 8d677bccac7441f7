"""A model card in words: nothing in it but what the facts of `card.py` say."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

from gpt2dash.model.model_card import CURVE

_WIDTH = 100

Facts = dict[str, Any]


def render(facts: Facts) -> str:
    """The card in Markdown."""
    sections = (_what, _data, _making, _quality, _what_it_can_do, _what_heads_do, _limits, _sample_texts)
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
| `model.safetensors` | float16, {weights["bytes"]:,} bytes |
| SHA-256 of it | `{weights["sha256"]}` |"""


def _data(facts: Facts) -> str:
    lines = ["## Data", "", facts["about"] or "The text and its licence were not described.", ""]
    named = [("Trained on", text) for text in facts["train"]]
    named += [("Measured on", facts["heldout"])] if facts["heldout"] else []
    for title, text in named:
        share = f", {text['share']:.0%} of the windows" if "share" in text else ""
        lines.append(
            f"- {title} `{text['file']}`: {text['bytes']:,} bytes of UTF-8, {text['tokens']:,} tokens"
            f"{share}, SHA-256 of the file `{text['sha256']}`."
        )
    return "\n".join(lines)


def _making(facts: Facts) -> str:
    run, recipe = facts["run"], facts["recipe"]
    text = (
        f"{run['step']:,} steps, {run['tokens']:,} tokens, in {run['seconds'] / 60:,.0f} minutes on "
        f"{run['machine']}, computed in {run['precision']}. Muon with peak rate "
        f"{recipe['muon_rate']:g} for the matrices of the blocks, AdamW with peak rate "
        f"{recipe['adamw_rate']:g} for the rest, warm-up and linear decay to 0, weight decay "
        f"{recipe['weight_decay']:g} on matrices, gradient norm at most 1. {facts['notes']} "
        f"First weights and windows follow from seed {recipe['seed']}."
    )
    picture = f"![Loss over the tokens read]({CURVE})"
    repeat = f"To repeat it:\n\n    {facts['command']}"
    return "\n\n".join(["## Training", fill(text, _WIDTH), _stages(recipe["stage"]), picture, repeat])


def _stages(stages: Sequence[str]) -> str:
    head = (
        "| share of the run | tokens in a window | windows in a step | windows of copies |\n|---|---|---|---|"
    )
    return "\n".join([head, *(_stage(*stage.split(":")) for stage in stages)])


def _stage(share: str, window: str, batch: str, copies: str) -> str:
    return f"| {float(share):.0%} | {window} | {batch} | {float(copies):.0%} |"


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


def _what_it_can_do(facts: Facts) -> str:
    text = (
        "Measured on cases that are held out of the project's stories, where none of their sentences is "
        "written and no two of their names meet, and on random tokens said twice (`gpt2dash evaluate "
        "--behaviours`). By chance: for one of two, a half; "
        "for the most likely text, the share of the best single answer to all cases; for a probability, "
        "the same without the text before it. Heads: those whose removal (what they write set to zero) "
        "costs most, in nats of log odds of right over wrong, or of the log probability of what is right."
    )
    head = (
        "| behaviour | measure | value | by chance | cases | heads that carry it |\n|---|---|---|---|---|---|"
    )
    rows = [_behaviour(row, facts["carriers"].get(row["behaviour"], [])) for row in facts["behaviours"]]
    return "\n".join([f"## What it can do\n\n{fill(text, _WIDTH)}\n", head, *rows])


def _behaviour(row: Facts, carriers: Sequence[Sequence[int | float]]) -> str:
    heads = ", ".join(f"layer {layer} head {head} ({effect:+.2f})" for layer, head, effect in carriers)
    return (
        f"| {row['behaviour']} | {row['measure']} | {row['value']:.2f} | {row['chance']:.2f} "
        f"| {row['n_case']} | {heads} |"
    )


def _what_heads_do(facts: Facts) -> str:
    heads = facts["heads"]
    n = heads["n_random"]
    text = (
        f"Looked at on {heads['n_text']} texts of {n} random tokens said twice. Previous-token score: mean "
        "attention to the token before, in the first copy. Induction score: mean attention, in the second "
        "copy, to the token that followed the same token in the first. By chance: a head that looks "
        "everywhere alike."
    )
    rows = [
        _best("previous token", heads["previous_token"], sum(1 / (q + 1) for q in range(1, n)) / (n - 1)),
        _best("induction", heads["induction"], sum(1 / (q + 1) for q in range(n, 2 * n)) / n),
    ]
    head = "| score | best head | its score | next best | by chance |\n|---|---|---|---|---|"
    return "\n".join([f"## What its heads do\n\n{fill(text, _WIDTH)}\n", head, *rows])


def _best(name: str, table: Sequence[Sequence[float]], chance: float) -> str:
    ranked = sorted(
        ((score, layer, head) for layer, row in enumerate(table) for head, score in enumerate(row)),
        reverse=True,
    )
    score, layer, head = ranked[0]
    following = ", ".join(f"{s:.2f}" for s, _, _ in ranked[1:4])
    return f"| {name} | layer {layer} head {head} | {score:.2f} | {following} | {chance:.3f} |"


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
