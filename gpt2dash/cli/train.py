"""`gpt2dash train`: a tokenizer and a GPT-2 from text files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gpt2dash.cli.output import write_line
from gpt2dash.errors import InvalidInput
from gpt2dash.training.plan import Plan
from gpt2dash.training.run import train


def train_model(plan: Plan) -> None:
    """Train to the end of the budget, then say what came of it.

    Raises:
        PublicError: the run cannot be made; the sentence says why.
    """
    facts = train(plan)
    heldout = facts["heldout"]
    quality = f", {heldout['bits_per_byte']:.3f} bits per byte of held-out text" if heldout else ""
    write_line(f"{plan.out}: {facts['model']['n_params']:,} parameters{quality}")
    write_line(f"See it with: gpt2dash serve --model {plan.out}")


def given(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - options of any type
    """The options that were given, without those that were left to the recipe."""
    return {name: value for name, value in options.items() if value is not None}


def shared(words: Sequence[str]) -> tuple[tuple[Path, ...], tuple[float, ...]]:
    """Files and their shares from words like `prose.txt=0.6`.

    Raises:
        InvalidInput: a word without a number behind its last `=`.
    """
    parts = [word.rpartition("=") for word in words]
    try:
        return tuple(Path(name) for name, _, _ in parts), tuple(float(share) for _, _, share in parts)
    except ValueError as error:
        raise InvalidInput("--mix needs FILE=SHARE for each text, as in prose.txt=0.6.") from error
