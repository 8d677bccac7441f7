"""A safetensors file made in one piece of memory and read one tensor at a time.

The layout is safetensors' own (a length, a JSON header, the tensors' bytes), so any safetensors
reader opens it. What is added: tensors are filled in place, without a second copy, and the
header carries a checksum of itself and of each tensor, so a reader that touches one tensor can
trust it without reading the others.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import torch
import xxhash
from torch import Tensor

Buffer = bytes | bytearray | memoryview
"""Anything with the bytes of a file in it; a memory map is wrapped in a `memoryview`."""

_DTYPES = {"F32": torch.float32, "F16": torch.float16, "I64": torch.int64}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_ALIGNMENT = 64
_OPENING = b'{"__metadata__":{"xxh3":"'
_UNSEALED = "0" * 16


class DamagedFile(Exception):
    """Bytes that are not what was written."""


@runtime_checkable
class Tensors(Protocol):
    """Stored tensors by name, each read only when asked for."""

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the file says of itself."""
        ...

    def __getitem__(self, name: str) -> Tensor:
        """One tensor."""
        ...


class TensorWriter:
    """Room for named tensors of known shapes; fill each with `put`, then take `seal()`."""

    def __init__(
        self, shapes: Mapping[str, tuple[Sequence[int], torch.dtype]], metadata: Mapping[str, str]
    ) -> None:
        self._metadata = dict(metadata)
        self._entries: dict[str, dict[str, Any]] = {}
        end = 0
        # the widest numbers first, so that each tensor begins at a multiple of its number's size
        for name, (shape, dtype) in sorted(shapes.items(), key=lambda item: -item[1][1].itemsize):
            size = math.prod(shape) * dtype.itemsize
            self._entries[name] = {
                "dtype": _NAMES[dtype],
                "shape": list(shape),
                "data_offsets": [end, end + size],
            }
            end += size
        self._start = 8 + len(self._header(dict.fromkeys(shapes, _UNSEALED)))
        self._buffer = bytearray(self._start + end)
        self._tensors = _Views(self._buffer, self._start, self._entries)
        self._missing = set(shapes)

    def put(self, name: str, value: Tensor) -> None:
        """Copy one tensor to its place."""
        place = self._tensors[name]
        if value.shape != place.shape:
            raise ValueError(f"{name} has shape {tuple(value.shape)}, its place {tuple(place.shape)}")
        place.copy_(value)
        self._missing.discard(name)

    def seal(self) -> bytearray:
        """The finished file."""
        if self._missing:
            raise ValueError(f"never put: {', '.join(sorted(self._missing))}")
        header = self._header({name: self._tensors.checksum(name) for name in self._entries})
        self._buffer[:8] = len(header).to_bytes(8, "little")
        self._buffer[8 : self._start] = header
        return self._buffer

    def _header(self, sums: Mapping[str, str]) -> bytes:
        metadata = {"xxh3": _UNSEALED, **self._metadata}
        metadata |= {f"xxh3.{name}": value for name, value in sums.items()}
        text = json.dumps({"__metadata__": metadata, **self._entries}, separators=(",", ":")).encode()
        return _sealed(text + b" " * (-(8 + len(text)) % _ALIGNMENT))


class TensorReader:
    """Named tensors in a buffer; each is checked against its checksum when it is first read.

    Raises:
        DamagedFile: an altered header, a wrong length, or, on reading a tensor, altered bytes in it.
    """

    def __init__(self, buffer: Buffer) -> None:
        header, start = _read_header(buffer)
        self.metadata: dict[str, str] = header.pop("__metadata__")
        self._tensors = _Views(buffer, start, header)
        self._trusted: set[str] = set()

    def __getitem__(self, name: str) -> Tensor:
        """One tensor, sharing the buffer's memory. Do not write to it."""
        if name not in self._trusted:
            if self._tensors.checksum(name) != self.metadata[f"xxh3.{name}"]:
                raise DamagedFile(f"tensor {name} does not match its checksum")
            self._trusted.add(name)
        return self._tensors[name]


class _Views:
    """Tensors that share the memory of a buffer."""

    def __init__(self, buffer: Buffer, start: int, entries: Mapping[str, Any]) -> None:
        self._buffer = buffer
        self._bytes = memoryview(buffer)
        self._start = start
        self._entries = entries

    def __getitem__(self, name: str) -> Tensor:
        entry = self._entries[name]
        shape, dtype = entry["shape"], _DTYPES[entry["dtype"]]
        if 0 in shape:
            return torch.empty(shape, dtype=dtype)  # frombuffer refuses to read nothing
        count, offset = math.prod(shape), self._start + entry["data_offsets"][0]
        return torch.frombuffer(self._buffer, dtype=dtype, count=count, offset=offset).view(shape)

    def checksum(self, name: str) -> str:
        begin, end = self._entries[name]["data_offsets"]
        return xxhash.xxh3_64_hexdigest(self._bytes[self._start + begin : self._start + end])


def _sealed(header: bytes) -> bytes:
    """The header with the checksum of all its other bytes in the place kept for it."""
    begin = len(_OPENING)
    end = begin + len(_UNSEALED)
    checksum = xxhash.xxh3_64_hexdigest(header[:begin] + header[end:])
    return header[:begin] + checksum.encode() + header[end:]


def _read_header(buffer: Buffer) -> tuple[dict[str, Any], int]:
    size = len(buffer)
    start = 8 + int.from_bytes(buffer[:8], "little")
    if size < 8 or start > size:
        raise DamagedFile(f"{size} bytes are too few for the header")
    text = bytes(buffer[8:start])
    if text != _sealed(text):
        raise DamagedFile("the header does not match its checksum")
    header: dict[str, Any] = json.loads(text)
    end = max(entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__")
    if start + end != size:
        raise DamagedFile(f"{size} bytes where the header says {start + end}")
    return header, start
