import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import GPT2LMHeadModel

from gpt2dash.errors import UnknownModel, UnusableCheckpoint
from gpt2dash.model.checkpoint import fingerprint, load_model, save_model
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2

Tensors = dict[str, Tensor]


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny checkpoint, to be changed."""
    for name in ("config.json", "model.safetensors"):
        shutil.copy(tiny_folder / name, tmp_path)
    return tmp_path


def rewrite(folder: Path, change: Callable[[Tensors], Tensors]) -> None:
    tensors = {name: tensor.clone() for name, tensor in load_file(folder / "model.safetensors").items()}
    save_file(change(tensors), folder / "model.safetensors", metadata={"format": "pt"})


def reconfigure(folder: Path, **fields: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | fields))


def own_head(tensors: Tensors, offset: float) -> Tensors:
    return tensors | {"lm_head.weight": tensors["transformer.wte.weight"] + offset}


def shards(tensors: Tensors) -> tuple[Tensors, Tensors]:
    names = sorted(tensors)
    return {name: tensors[name] for name in names[:9]}, {name: tensors[name] for name in names[9:]}


def write_shards(folder: Path, stem: str, suffix: str, save: Callable[[Tensors, Path], None]) -> None:
    """Replace the weights by two shards and their index."""
    parts = shards(load_file(folder / "model.safetensors"))
    files = [f"{stem}-{number}-of-2{suffix}" for number in (1, 2)]
    for part, file in zip(parts, files, strict=True):
        save({name: tensor.clone() for name, tensor in part.items()}, folder / file)
    index = {name: file for part, file in zip(parts, files, strict=True) for name in part}
    (folder / f"{stem}{suffix}.index.json").write_text(json.dumps({"weight_map": index}))
    (folder / "model.safetensors").unlink()


def test_a_loaded_model_is_ready_to_be_shared(tiny_model: GPT2) -> None:
    assert not tiny_model.training
    assert {(p.dtype, p.requires_grad) for p in tiny_model.parameters()} == {(torch.float32, False)}


def test_a_saved_model_loads_back_bit_for_bit(tiny_model: GPT2, tmp_path: Path) -> None:
    save_model(tiny_model, tmp_path, torch.float32)
    assert fingerprint(load_model(tmp_path)) == fingerprint(tiny_model)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floats_become_float32(tiny_model: GPT2, tmp_path: Path, dtype: torch.dtype) -> None:
    save_model(tiny_model, tmp_path, dtype)
    for name, parameter in load_model(tmp_path).named_parameters():
        expected = tiny_model.get_parameter(name).to(dtype).to(torch.float32)
        torch.testing.assert_close(parameter, expected, rtol=0, atol=0)


@pytest.mark.parametrize("tied", [True, False])
def test_transformers_reads_what_is_saved_and_computes_the_same(tmp_path: Path, tied: bool) -> None:
    config = GPT2Config(n_vocab=9, n_ctx=8, d_model=8, n_layer=2, n_head=2, d_mlp=20, tied_unembedding=tied)
    model = GPT2(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(generator=torch.Generator().manual_seed(parameter.numel()))
    save_model(model, tmp_path, torch.float32)
    loaded: Any = GPT2LMHeadModel.from_pretrained(tmp_path, output_loading_info=True)
    theirs, info = loaded
    ids = torch.tensor([[1, 2, 3, 8]])
    assert not any(info.values())
    torch.testing.assert_close(model(ids), theirs(ids).logits)


def test_a_saved_file_says_that_it_holds_pytorch_tensors(tiny_folder: Path) -> None:
    with safe_open(tiny_folder / "model.safetensors", "pt") as file:
        assert file.metadata() == {"format": "pt"}


def test_names_may_lack_the_prefix(folder: Path, tiny_model: GPT2) -> None:
    rewrite(folder, lambda tensors: {name.removeprefix("transformer."): t for name, t in tensors.items()})
    assert fingerprint(load_model(folder)) == fingerprint(tiny_model)


def test_the_masks_in_old_checkpoints_are_no_weights(folder: Path, tiny_model: GPT2) -> None:
    masks = {
        "h.0.attn.bias": torch.ones(1, 1, 64, 64),
        "transformer.h.1.attn.masked_bias": torch.tensor(-1e4),
    }
    rewrite(folder, lambda tensors: tensors | masks)
    assert fingerprint(load_model(folder)) == fingerprint(tiny_model)


@pytest.mark.parametrize(
    ("stem", "suffix", "save"), [("model", ".safetensors", save_file), ("pytorch_model", ".bin", torch.save)]
)
def test_weights_may_lie_in_shards(
    folder: Path, tiny_model: GPT2, stem: str, suffix: str, save: Callable[[Tensors, Path], None]
) -> None:
    write_shards(folder, stem, suffix, save)
    assert fingerprint(load_model(folder)) == fingerprint(tiny_model)


def test_a_bin_file_is_read_where_there_is_no_safetensors(folder: Path, tiny_model: GPT2) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["lm_head.weight"] = tensors["transformer.wte.weight"]
    torch.save(tensors, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    assert fingerprint(load_model(folder)) == fingerprint(tiny_model)


def test_a_repeated_unembedding_is_dropped(folder: Path, tiny_model: GPT2) -> None:
    rewrite(folder, lambda tensors: own_head(tensors, 0.0))
    assert fingerprint(load_model(folder)) == fingerprint(tiny_model)


def test_an_unembedding_that_differs_counts_as_it_does_in_transformers(folder: Path) -> None:
    rewrite(folder, lambda tensors: own_head(tensors, 1.0))
    ids = torch.tensor([[1, 2, 3]])
    expected = GPT2LMHeadModel.from_pretrained(folder)(ids).logits
    torch.testing.assert_close(load_model(folder)(ids), expected.detach(), rtol=1e-4, atol=1e-4)


def test_weights_are_mapped_from_the_file_and_not_copied(tiny_model: GPT2, tiny_folder: Path) -> None:
    maps = Path("/proc/self/maps").read_text().splitlines()
    ranges = [line.split()[0].split("-") for line in maps if str(tiny_folder / "model.safetensors") in line]
    for parameter in tiny_model.parameters():
        assert any(int(low, 16) <= parameter.data_ptr() < int(high, 16) for low, high in ranges)


def test_a_checkpoint_written_over_leaves_a_loaded_model_as_it_was(folder: Path, tiny_model: GPT2) -> None:
    loaded = load_model(folder)
    save_model(GPT2(dataclasses.replace(tiny_model.config, n_layer=1)), folder, torch.float32)
    assert fingerprint(loaded) == fingerprint(tiny_model)
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "model.safetensors"]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_loading_starts_no_threads_so_a_server_may_fork_after_it(tmp_path: Path, dtype: torch.dtype) -> None:
    """Tensors are large enough for torch to divide them among threads if it converted them."""
    config = GPT2Config(n_vocab=4_000, n_ctx=64, d_model=64, n_layer=1, n_head=1, d_mlp=64)
    model = GPT2(config)
    model.initialise(0)
    save_model(model, tmp_path, dtype)
    script = (
        "import os, sys; from pathlib import Path\n"
        "from gpt2dash.model.checkpoint import fingerprint, load_model\n"
        "before = len(os.listdir('/proc/self/task'))\n"
        "fingerprint(load_model(Path(sys.argv[1])))\n"
        "sys.exit(len(os.listdir('/proc/self/task')) - before)"
    )
    environment = os.environ | {"OMP_NUM_THREADS": "4"}
    assert subprocess.run([sys.executable, "-c", script, tmp_path], env=environment).returncode == 0


def test_a_fingerprint_stands_for_every_weight_and_the_config(tiny_model: GPT2, folder: Path) -> None:
    def nudge(tensors: Tensors) -> Tensors:
        tensors["transformer.h.1.mlp.c_fc.bias"][5] += 1e-6
        return tensors

    prints = [fingerprint(tiny_model), fingerprint(load_model(folder))]
    reconfigure(folder, layer_norm_epsilon=1e-6)
    prints.append(fingerprint(load_model(folder)))
    reconfigure(folder, layer_norm_epsilon=1e-5)
    rewrite(folder, nudge)
    prints.append(fingerprint(load_model(folder)))
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_a_fingerprint_is_32_hexadecimal_digits(tiny_model: GPT2) -> None:
    assert len(fingerprint(tiny_model)) == 32
    assert int(fingerprint(tiny_model), 16) >= 0


def test_a_folder_that_does_not_exist_is_an_unknown_model(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="no folder"):
        load_model(tmp_path / "absent")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read as JSON"),
        ("", "cannot be read as JSON"),
        ("[1]", "must hold a JSON object, but holds a list"),
        ('{"model_type": "bert"}', "This is a bert model"),
    ],
)
def test_a_damaged_config_is_refused(folder: Path, text: str, message: str) -> None:
    (folder / "config.json").write_text(text)
    with pytest.raises(UnusableCheckpoint, match=message):
        load_model(folder)


@pytest.mark.parametrize(
    ("name", "message"), [("config.json", "has no config.json"), ("model.safetensors", "has no weights")]
)
def test_a_missing_file_is_named(folder: Path, name: str, message: str) -> None:
    (folder / name).unlink()
    with pytest.raises(UnusableCheckpoint, match=message):
        load_model(folder)


@pytest.mark.parametrize("kept", [0, 4, 500, 50_000])
@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin"])
def test_truncated_weights_are_refused(folder: Path, name: str, kept: int) -> None:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    data = (folder / name).read_bytes()
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(data[:kept])
    with pytest.raises(UnusableCheckpoint, match=f"{name} is damaged"):
        load_model(folder)


def test_a_bin_file_with_code_in_it_is_refused(folder: Path, tmp_path: Path) -> None:
    torch.save({"transformer.wte.weight": Path("x")}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(UnusableCheckpoint, match="is damaged or holds no plain tensors"):
        load_model(folder)


def test_a_bin_file_of_another_layout_is_refused(folder: Path) -> None:
    torch.save({"model": {"wte.weight": torch.ones(2)}}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(UnusableCheckpoint, match="does not hold a plain table of tensors"):
        load_model(folder)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ({}, "has no weight_map"),
        ({"weight_map": {"wte.weight": "absent.safetensors"}}, "names the file 'absent.safetensors'"),
        ({"weight_map": {"wte.weight": "../outside"}}, "names the file '../outside'"),
    ],
)
def test_a_damaged_index_is_refused(folder: Path, index: dict[str, Any], message: str) -> None:
    (folder / "model.safetensors").rename(folder.parent / "outside")
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(UnusableCheckpoint, match=message):
        load_model(folder)


@pytest.mark.parametrize(
    ("extra", "dropped", "message"),
    [
        ({"score.weight": torch.ones(2, 32)}, "", "score.weight is unknown"),
        ({"h.0.attn.q.bias": torch.ones(2)}, "", "h.0.attn.q.bias is unknown"),
        ({}, "transformer.ln_f.bias", "ln_f.bias is missing"),
        (
            {"transformer.ln_f.bias": torch.ones(31)},
            "",
            r"ln_f.bias has shape \(31,\) where config.json asks for \(32,\)",
        ),
        (
            {"transformer.ln_f.bias": torch.ones(32, dtype=torch.int8)},
            "",
            "hold ln_f.bias as int8; gpt2dash reads floats of 16, 32 or 64 bits",
        ),
    ],
)
def test_tensors_that_do_not_fit_are_named(folder: Path, extra: Tensors, dropped: str, message: str) -> None:
    rewrite(folder, lambda tensors: {name: t for name, t in (tensors | extra).items() if name != dropped})
    with pytest.raises(UnusableCheckpoint, match=message):
        load_model(folder)


def test_of_many_faults_the_first_are_named(folder: Path) -> None:
    reconfigure(folder, n_layer=3)
    with pytest.raises(UnusableCheckpoint, match=r"(h\.2\.\S+ is missing; ){3}and 9 more\.$"):
        load_model(folder)


def test_a_missing_own_unembedding_is_refused(folder: Path) -> None:
    reconfigure(folder, tie_word_embeddings=False)
    with pytest.raises(UnusableCheckpoint, match=r"lm_head\.weight is missing"):
        load_model(folder)
