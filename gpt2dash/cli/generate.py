"""`gpt2dash generate`: the text that follows a prompt, as it is made."""

import sys
from dataclasses import asdict
from typing import Any

from gpt2dash.cli.output import read_prompt, write_bytes, write_json
from gpt2dash.generation import Step, generate
from gpt2dash.language_model import LanguageModel, load
from gpt2dash.model.tokens import Tokenizer
from gpt2dash.sampling_settings import SamplingSettings


def write_continuation(prompt: str, model: str, settings: SamplingSettings, *, as_json: bool) -> None:
    """Write the new text byte for byte, or one JSON object per token.

    Raises:
        PublicError: a model that cannot be loaded, or a prompt that it cannot read.
    """
    lm = load(model)
    for step in generate(lm.model, lm.encode(read_prompt(prompt)), settings):
        if not isinstance(step, Step):
            continue
        if as_json:
            write_json(_described(step, lm.tokenizer))
        elif not _is_end(step, lm, settings):
            write_bytes(lm.tokenizer.token_bytes(step.id))
    if not as_json and sys.stdout.isatty():
        write_bytes(b"\n")


def _is_end(step: Step, lm: LanguageModel, settings: SamplingSettings) -> bool:
    """The mark that ended the text is not part of it."""
    return settings.stop_at_eot and step.id == lm.model.config.eot_id


def _described(step: Step, tokenizer: Tokenizer) -> dict[str, Any]:
    """A step as JSON, every token with what it stands for."""
    whole = asdict(step)
    candidates = [_named(candidate, tokenizer) for candidate in whole.pop("candidates")]
    return {**_named(whole, tokenizer), "candidates": candidates}


def _named(fields: dict[str, Any], tokenizer: Tokenizer) -> dict[str, Any]:
    (token,) = tokenizer.describe([fields["id"]])
    return {**fields, "bytes": token.bytes.hex(), "label": token.label}
