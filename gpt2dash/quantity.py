"""Quantities: what follows from a trace, or from a model, and is worth keeping.

A quantity is a value, named at the level of its module beside the function that computes it, so that
it can be handed about, pickled for another process, and found by a test that looks at all of them:

    OVERVIEW = Quantity(Overview, overview)

Whoever holds traces keeps it: `runtime.kept(OVERVIEW, run)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, Generic, TypeVar

import torch

from gpt2dash.tensor_file import Buffer, Tensors, TensorWriter

Kind = TypeVar("Kind")

QUANTITIES: dict[str, "Quantity[Any]"] = {}
"""Every quantity of the modules imported so far, by the name of its kind."""


@dataclass(frozen=True)
class Quantity(Generic[Kind]):
    """A pure function whose result is kept.

    Attributes:
        kind: the result: a dataclass of tensors and whole numbers. No two quantities share one, so
            its name and its fields address what is kept.
        compute: from traces, or from a model, and further arguments; a function of a module. Its answer
            depends on nothing else.
    """

    kind: type[Kind]
    compute: Callable[..., Kind]

    def __post_init__(self) -> None:
        """Enter the registry.

        Raises:
            ValueError: another quantity has this kind, or the function has no name of its own.
        """
        if "<" in self.compute.__qualname__:
            raise ValueError(f"{self.compute.__qualname__} cannot be found by its name from another process")
        if QUANTITIES.setdefault(self.kind.__name__, self) != self:
            raise ValueError(f"{self.kind.__name__} is the kind of another quantity")

    def about(self, args: tuple[object, ...] = ()) -> str:
        """What a key says of it; another field or argument is another key."""
        return " ".join([self.kind.__name__, *get_annotations(self.kind), " ".join(map(repr, args))])

    def packed(self, result: Kind) -> Buffer:
        """A result as a file."""
        tensors = {name: torch.as_tensor(value) for name, value in vars(result).items()}
        writer = TensorWriter({name: (t.shape, t.dtype) for name, t in tensors.items()}, {})
        for name, tensor in tensors.items():
            writer.put(name, tensor)
        return writer.seal()

    def unpacked(self, kept: Tensors) -> Kind:
        """A result from its file."""
        types: Mapping[str, object] = get_annotations(self.kind)
        values = {name: int(kept[name]) if type_ is int else kept[name] for name, type_ in types.items()}
        return self.kind(**values)
