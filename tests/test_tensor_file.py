import json
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from gpt2dash.tensor_file import DamagedFile, TensorReader, TensorWriter

TENSORS = {
    "half": torch.arange(3, dtype=torch.float16),
    "matrix": torch.arange(6, dtype=torch.float32).view(2, 3) / 7,
    "nothing": torch.empty(0, 4),
    "ids": torch.tensor([5, -1, 2**40]),
}


def written(tensors: dict[str, torch.Tensor]) -> bytearray:
    writer = TensorWriter({name: (t.shape, t.dtype) for name, t in tensors.items()}, {"about": "a test"})
    for name, tensor in tensors.items():
        writer.put(name, tensor)
    return writer.seal()


@pytest.mark.parametrize("name", TENSORS)
def test_a_tensor_reads_back_bit_for_bit(name: str) -> None:
    read = TensorReader(written(TENSORS))[name]
    assert read.dtype == TENSORS[name].dtype
    assert torch.equal(read, TENSORS[name])


def test_any_safetensors_reader_opens_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tensors.safetensors"
    path.write_bytes(written(TENSORS))
    with safe_open(path, framework="pt") as file:
        assert file.metadata()["about"] == "a test"
        assert all(torch.equal(file.get_tensor(name), TENSORS[name]) for name in TENSORS)


def test_each_tensor_begins_at_a_multiple_of_its_numbers_size() -> None:
    reader = TensorReader(written(TENSORS))
    assert all(reader[name].data_ptr() % reader[name].element_size() == 0 for name in TENSORS)


@given(st.data())
def test_one_altered_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    buffer = written(TENSORS)
    bit = data.draw(st.integers(0, 8 * len(buffer) - 1))
    buffer[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DamagedFile):  # noqa: PT012 - at opening or at reading
        reader = TensorReader(buffer)
        for name in TENSORS:
            _ = reader[name]


@given(st.integers(0, len(written(TENSORS)) - 1))
def test_a_shorter_file_is_noticed_at_once(size: int) -> None:
    with pytest.raises(DamagedFile):
        TensorReader(bytes(written(TENSORS)[:size]))


def test_a_longer_file_is_noticed_at_once() -> None:
    with pytest.raises(DamagedFile, match="where the header says"):
        TensorReader(bytes(written(TENSORS)) + b"\0")


def test_another_safetensors_file_is_not_taken_for_one_of_ours() -> None:
    header = json.dumps({"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    with pytest.raises(DamagedFile, match="header"):
        TensorReader(len(header).to_bytes(8, "little") + header + bytes(4))


def test_an_altered_tensor_does_not_keep_the_others_from_being_read() -> None:
    buffer = written(TENSORS)
    buffer[-1] ^= 1  # the last tensor is the one with the narrowest numbers
    reader = TensorReader(buffer)
    assert torch.equal(reader["matrix"], TENSORS["matrix"])
    with pytest.raises(DamagedFile, match="half"):
        _ = reader["half"]


def test_reading_takes_no_copy() -> None:
    buffer = written(TENSORS)
    begin = torch.frombuffer(buffer, dtype=torch.uint8).data_ptr()
    assert begin < TensorReader(buffer)["matrix"].data_ptr() < begin + len(buffer)


def test_a_tensor_of_another_shape_is_refused_rather_than_spread_out() -> None:
    with pytest.raises(ValueError, match="matrix has shape"):
        TensorWriter({"matrix": ((2, 3), torch.float32)}, {}).put("matrix", torch.ones(3))


def test_a_tensor_that_was_never_put_is_missed() -> None:
    with pytest.raises(ValueError, match="never put: matrix"):
        TensorWriter({"matrix": ((2, 3), torch.float32)}, {}).seal()
