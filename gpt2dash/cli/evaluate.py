"""`gpt2dash evaluate`: how well a model predicts texts, and what it can do."""

import math
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from gpt2dash.analysis.passport import passport
from gpt2dash.cli.output import write_json, write_line
from gpt2dash.errors import InvalidInput
from gpt2dash.language_model import LanguageModel, load
from gpt2dash.training.behaviours import measure, read_cases
from gpt2dash.training.corpus import pieces
from gpt2dash.training.evaluation import compressors, evaluate, text_ids
from gpt2dash.training.progress import progress_bar
from gpt2dash.training.repetition import figures_of_copying


def evaluate_model(paths: Sequence[Path], model: str, *, behaviours: bool, as_json: bool) -> None:
    """Measure a model on each file, then on the package's cases, and print a line for each measure.

    Raises:
        PublicError: there is nothing to measure, the model cannot be loaded, or a file cannot be
            read or is empty.
    """
    if not paths and not behaviours:
        raise InvalidInput("There is nothing to measure. Name a text file, or give --behaviours.")
    lm = load(model)
    _evaluate_texts(paths, lm, as_json=as_json)
    if behaviours:
        _evaluate_behaviours(lm, as_json=as_json)


def _evaluate_behaviours(lm: LanguageModel, *, as_json: bool) -> None:
    cases = read_cases()
    with progress_bar("cases", total=len(cases), unit=" cases") as on_cases:
        figures = figures_of_copying(lm.model, passport(lm.model))
        figures += measure(lm.model, lm.tokenizer, cases, on_cases)
    for figure in figures:
        if as_json:
            write_json({"model": lm.name, **asdict(figure)})
            continue
        write_line(
            f"{figure.behaviour}, {figure.measure}: {figure.value:.3f} "
            f"(by chance {figure.chance:.3f}; {figure.n_case} cases)"
        )


def _evaluate_texts(paths: Sequence[Path], lm: LanguageModel, *, as_json: bool) -> None:
    for path in paths:
        ids, n_bytes = text_ids([path], lm.tokenizer)
        began = time.perf_counter()
        with progress_bar(path.name, total=len(ids), unit=" tokens") as on_tokens:
            found = evaluate(lm.model, ids, n_bytes, on_tokens)
        rate = len(ids) / (time.perf_counter() - began)
        others = compressors("".join(piece.text for piece in pieces([path])).encode())
        measured = {
            "file": str(path),
            "model": lm.name,
            "bits_per_byte": found.bits_per_byte,
            "perplexity": math.exp(found.loss),
            "tokens": len(ids),
            "bytes": n_bytes,
            "tokens_per_second": rate,
            "compressors": others,
        }
        if as_json:
            write_json(measured)
            continue
        beside = ", ".join(f"{name} {bits:.3f}" for name, bits in others.items())
        write_line(
            f"{path}: {found.bits_per_byte:.4f} bits per byte ({beside}), perplexity "
            f"{math.exp(found.loss):.2f} per token; {len(ids):,} tokens, {rate:,.0f} tokens/s"
        )
