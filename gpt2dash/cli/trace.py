"""`gpt2dash trace`: one forward pass, its activations in a file."""

import os
from collections.abc import Sequence
from pathlib import Path

from safetensors import safe_open

from gpt2dash.cli.output import amount, read_prompt, write_json, write_line
from gpt2dash.edit import Edit, canonical
from gpt2dash.errors import StorageProblem
from gpt2dash.language_model import load
from gpt2dash.trace import record


def write_trace(prompt: str, model: str, out: Path, edits: Sequence[str] = (), *, as_json: bool) -> None:
    """Record a trace into `out` and say what is in it.

    Raises:
        PublicError: a model that cannot be loaded, a prompt or edits that it cannot read, or a file
            that cannot be written; an old file of that name is then still there.
    """
    lm, made = load(model), canonical(map(Edit.parse, edits))
    ids = lm.encode(read_prompt(prompt))
    lm.require_readable(ids, made)
    write_whole(out, record(lm.model, ids, made))
    shapes = tensor_shapes(out)
    size = out.stat().st_size
    tokens = [
        {"pos": pos, "id": token.id, "bytes": token.bytes.hex(), "label": token.label}
        for pos, token in enumerate(lm.tokenizer.describe(ids))
    ]
    if as_json:
        about = {"model": lm.name, "fingerprint": lm.fingerprint, "file": str(out), "bytes": size}
        write_json({**about, "edits": [str(edit) for edit in made], "tokens": tokens, "tensors": shapes})
        return
    write_line(f"{lm.label}, {len(ids):,} tokens{', edited: ' if made else ''}{' '.join(map(str, made))}")
    for token in tokens:
        write_line(f"{token['pos']:5} {token['id']:6} {token['label']}")
    write_line(f"{len(shapes)} tensors:")
    for name, shape in shapes.items():
        write_line(f"  {name:14} {' x '.join(f'{n:,}' for n in shape)}")
    write_line(f"{out}: {amount(size)}")


def write_whole(path: Path, data: bytes | bytearray) -> None:
    """Write a file that appears whole or not at all.

    Raises:
        StorageProblem: the disk refused it.
    """
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        try:
            unfinished.write_bytes(data)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise StorageProblem(
            f"{path} cannot be written: {error.strerror}. Name another file with --out."
        ) from error


def tensor_shapes(path: Path) -> dict[str, list[int]]:
    """Names and shapes of the tensors in a safetensors file."""
    with safe_open(path, framework="pt") as file:
        return {name: file.get_slice(name).get_shape() for name in file.offset_keys()}
