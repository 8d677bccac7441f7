"""A run: what a key in the browser stands for."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, PlainSerializer, PlainValidator, TypeAdapter, ValidationError

from gpt2dash.edit import Edit, canonical
from gpt2dash.errors import InvalidInput

_Spelled = Annotated[Edit, PlainValidator(Edit.parse), PlainSerializer(str, return_type=str)]


def _is_empty(edits: Sequence[Edit]) -> bool:
    return not edits


@dataclass(frozen=True)
class Run:
    """A text in a model, and what is changed while it is read.

    Attributes:
        model: the model's name.
        ids: the prompt's tokens and the generated ones.
        n_prompt: how many of them are the prompt's.
        edits: brought into canonical order; empty for the model as it is.

    Raises:
        InvalidInput: two edits of the same place.
    """

    model: str
    ids: tuple[int, ...]
    n_prompt: Annotated[int, Field(ge=1)]
    edits: Annotated[tuple[_Spelled, ...], Field(exclude_if=_is_empty)] = ()

    def __post_init__(self) -> None:
        """Equal runs have equal keys."""
        object.__setattr__(self, "edits", canonical(self.edits))

    def to_json(self) -> bytes:
        """The run spelled out; of one without edits, nothing is said about edits."""
        return _RUN.dump_json(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Run":
        """Read what `to_json` gave.

        Raises:
            InvalidInput: anything else.
        """
        try:
            return _RUN.validate_json(text, strict=True)
        except ValidationError as error:
            raise InvalidInput(f"This is no run: {error.errors()[0]['msg']}.") from error

    @property
    def key(self) -> str:
        """32 hexadecimal digits that stand for all of it."""
        return hashlib.sha256(self.to_json()).hexdigest()[:32]


_RUN = TypeAdapter(Run)
