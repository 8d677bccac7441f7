"""`gpt2dash evaluate`: how well a model predicts texts."""

import math
import time
from collections.abc import Sequence
from pathlib import Path

from gpt2dash.cli.output import write_json, write_line
from gpt2dash.language_model import load
from gpt2dash.training.corpus import pieces
from gpt2dash.training.evaluation import compressors, evaluate, text_ids
from gpt2dash.training.progress import progress_bar


def evaluate_texts(paths: Sequence[Path], model: str, *, as_json: bool) -> None:
    """Measure a model on each file and print a line for each.

    Raises:
        PublicError: the model cannot be loaded, or a file cannot be read or is empty.
    """
    lm = load(model)
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
