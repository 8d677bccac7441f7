"""Checkpoint folders in the Hugging Face layout: `config.json` beside the weights.

Weights are mapped from the file where it already holds float32, so processes that load the same
checkpoint share one copy of it. Nothing here starts a torch thread: a server may load a model
and fork afterwards.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from pickle import UnpicklingError  # what torch raises for a damaged .bin; nothing is unpickled here
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import xxhash
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from gpt2dash.errors import UnknownModel, UnusableCheckpoint
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2

_CONFIG = "config.json"
_PREFERRED = "model.safetensors"
_WEIGHTS = (_PREFERRED, "pytorch_model.bin")
_CAUSAL_MASKS = re.compile(r"h\.\d+\.attn\.(bias|masked_bias)")
_SHOWN = 3


def load_model(folder: Path) -> GPT2:
    """The model of a checkpoint folder: float32, in evaluation mode, without gradients.

    Weights come from `model.safetensors`, else from `pytorch_model.bin` read as plain tensors,
    either whole or in shards. Names may carry the `transformer.` prefix or not.

    Raises:
        UnknownModel: there is no such folder.
        UnusableCheckpoint: files are missing or damaged, or are not those of a GPT-2.
    """
    if not folder.is_dir():
        raise UnknownModel(f"There is no folder {folder}.")
    config = GPT2Config.from_transformers(_read_object(folder / _CONFIG))
    tensors = _by_our_names(_read_tensors(folder))
    config = _settle_unembedding(config, tensors)
    with torch.device("meta"):
        model = GPT2(config)
    _refuse_what_does_not_fit(model, tensors, folder)
    weights = {name: _as_float32(name, tensor) for name, tensor in tensors.items()}
    model.load_state_dict(weights, assign=True)
    return model.eval().requires_grad_(requires_grad=False)


def save_model(model: GPT2, folder: Path, dtype: torch.dtype = torch.float16) -> None:
    """Write `config.json` and `model.safetensors`, which transformers loads as GPT2LMHeadModel.

    Each file appears whole or not at all: overwriting a checkpoint that a process has mapped
    leaves that process its old one.
    """
    tensors = {
        name if name.startswith("lm_head.") else f"transformer.{name}": parameter.detach()
        .to(dtype)
        .contiguous()
        for name, parameter in model.named_parameters()
    }
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{_PREFERRED}.part"
    save_file(tensors, unfinished, metadata={"format": "pt"})
    unfinished.replace(folder / _PREFERRED)
    unfinished = folder / f"{_CONFIG}.part"
    unfinished.write_text(json.dumps(model.config.to_transformers(), indent=2) + "\n", encoding="utf-8")
    unfinished.replace(folder / _CONFIG)


def fingerprint(model: GPT2) -> str:
    """32 hexadecimal digits that stand for the config and every bit of every weight."""
    digest = xxhash.xxh3_128(repr(asdict(model.config)).encode())
    for name, parameter in model.named_parameters():
        digest.update(f"{name} {parameter.dtype} {tuple(parameter.shape)}".encode())
        digest.update(_bytes(parameter).data)
    return digest.hexdigest()


def _read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UnusableCheckpoint(f"The folder {path.parent} has no {path.name}.") from error
    except (OSError, ValueError) as error:
        raise UnusableCheckpoint(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(value, dict):
        raise UnusableCheckpoint(f"{path} must hold a JSON object, but holds a {type(value).__name__}.")
    return value


def _read_tensors(folder: Path) -> dict[str, Tensor]:
    """All tensors of the first kind of weights file the folder has."""
    for name in _WEIGHTS:
        if (folder / name).is_file():
            return _read_file(folder / name)
        if (folder / f"{name}.index.json").is_file():
            return _read_shards(folder / f"{name}.index.json")
    raise UnusableCheckpoint(
        f"The folder {folder} has no weights: neither {' nor '.join(_WEIGHTS)}, whole or in shards."
    )


def _read_shards(index: Path) -> dict[str, Tensor]:
    weight_map = _read_object(index).get("weight_map")
    if not isinstance(weight_map, dict):
        raise UnusableCheckpoint(f"{index} has no weight_map.")
    tensors: dict[str, Tensor] = {}
    for name in sorted(set(map(str, weight_map.values()))):
        shard = index.parent / name
        if Path(name).name != name or not shard.is_file():
            raise UnusableCheckpoint(f"{index} names the file {name!r}, which is not in the folder.")
        tensors |= _read_file(shard)
    return tensors


def _read_file(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, UnpicklingError, OSError, EOFError, RuntimeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise UnusableCheckpoint(f"{path} is damaged or holds no plain tensors: {reason}") from error
    if not isinstance(tensors, dict) or not all(isinstance(value, Tensor) for value in tensors.values()):
        raise UnusableCheckpoint(f"{path} does not hold a plain table of tensors by name.")
    return tensors


def _by_our_names(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Names without `transformer.`, and without the causal masks that old checkpoints carry."""
    plain = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
    return {name: tensor for name, tensor in plain.items() if not _CAUSAL_MASKS.fullmatch(name)}


def _settle_unembedding(config: GPT2Config, tensors: dict[str, Tensor]) -> GPT2Config:
    """Drop a repeated `lm_head`; where it differs from the embedding it counts, as in transformers."""
    head, embedding = tensors.get("lm_head.weight"), tensors.get("wte.weight")
    if not config.tied_unembedding or head is None or embedding is None:
        return config
    if head.data_ptr() == embedding.data_ptr() or np.array_equal(_bytes(head), _bytes(embedding)):
        del tensors["lm_head.weight"]
        return config
    return replace(config, tied_unembedding=False)


def _refuse_what_does_not_fit(model: GPT2, tensors: Mapping[str, Tensor], folder: Path) -> None:
    expected = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    faults = [f"{name} is missing" for name in expected if name not in found]
    faults += [f"{name} is unknown" for name in found if name not in expected]
    faults += [
        f"{name} has shape {found[name]} where config.json asks for {shape}"
        for name, shape in expected.items()
        if found.get(name, shape) != shape
    ]
    if faults:
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise UnusableCheckpoint(
            f"The weights in {folder} are not those of the GPT-2 that its config.json describes: "
            f"{'; '.join(faults[:_SHOWN])}{more}."
        )


def _as_float32(name: str, tensor: Tensor) -> Tensor:
    """The same values as float32, converted by NumPy because torch would start threads."""
    if tensor.dtype == torch.float32:
        return tensor
    if tensor.dtype == torch.bfloat16:
        bits = tensor.view(torch.uint16).numpy().astype(np.uint32) << 16
        return torch.from_numpy(bits.view(np.float32))
    if tensor.dtype in (torch.float16, torch.float64):
        return torch.from_numpy(tensor.numpy().astype(np.float32))
    kind = str(tensor.dtype).removeprefix("torch.")
    raise UnusableCheckpoint(
        f"The weights hold {name} as {kind}; gpt2dash reads floats of 16, 32 or 64 bits."
    )


def _bytes(tensor: Tensor) -> npt.NDArray[np.uint8]:
    array: npt.NDArray[np.uint8] = tensor.detach().contiguous().view(torch.uint8).numpy()
    return array
