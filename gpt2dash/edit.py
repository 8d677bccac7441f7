"""Edits: what is changed in a forward pass, as data.

An edit names heads or neurons of one layer, at all positions or at some, and what stands there
instead. Each has one spelling, `z:1:2=zero` or `pre:0:17@3,5=mean`, which keys, trace files, links and
the command line hold. Sites inside attention cannot be edited: rows of a pattern that no longer
sum to 1 would make every number about attention mean something else. Edit q, k or z instead.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.errors import InvalidInput
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.sites import Site, Tap

_AXIS = {Site.Q: -3, Site.K: -3, Site.V: -3, Site.Z: -3, Site.PRE: -1, Site.POST: -1}
"""What can be edited, in the order of a forward pass, and the axis on which its heads or neurons stand."""

_NEURONS = -1
_SPELLING = re.compile(r"([a-z_]+):(\d{1,9})(?::(\d{1,9}))?(?:@(\d{1,9}(?:,\d{1,9})*))?=([a-z]+)", re.ASCII)
_SHOWN = 60


@dataclass(frozen=True)
class Zero:
    """Nothing at all: a head without z still adds the layer's bias, a neuron without post does too."""

    name: ClassVar[str] = "zero"

    def __call__(self, part: Float[Tensor, "*batch pos width"]) -> Float[Tensor, "*batch pos width"]:
        """Zeros."""
        return torch.zeros_like(part)


@dataclass(frozen=True)
class Mean:
    """The mean over all positions of this text, as the edited pass itself computes it there."""

    name: ClassVar[str] = "mean"

    def __call__(self, part: Float[Tensor, "*batch pos width"]) -> Float[Tensor, "*batch pos width"]:
        """The same vector at every position."""
        return part.mean(dim=-2, keepdim=True).expand_as(part)


Change = Zero | Mean
"""What stands in the place of an activation: a function of one head's or neuron's, at all positions."""

CHANGES: dict[str, Change] = {change.name: change for change in (Zero(), Mean())}
"""Every change by the name that it is spelled with."""


@dataclass(frozen=True)
class Edit:
    """One change to one place of a forward pass.

    Attributes:
        site: q, k, v or z of a head, pre or post of a neuron.
        layer: 0 nearest the input.
        index: a head or a neuron; None for all of the layer.
        positions: where in the text, kept in order and without repetition; None for everywhere.
        change: what stands there instead.

    Raises:
        InvalidInput: a site that cannot be edited, a number below 0, or no position.
    """

    site: Site
    layer: int
    index: int | None = None
    positions: tuple[int, ...] | None = None
    change: Change = Zero()

    def __post_init__(self) -> None:
        """Refuse what no model can be asked, and put the positions in order."""
        if self.site not in _AXIS:
            raise InvalidInput(
                f"{str(self.site)[:_SHOWN]} cannot be edited. Edit q, k, v or z of a head, or pre or post "
                "of a neuron; to silence a head, set its z to zero."
            )
        if self.positions is not None:
            object.__setattr__(self, "positions", tuple(sorted(set(self.positions))))
        if self.positions == () or min(self.layer, self.index or 0, *(self.positions or (0,))) < 0:
            raise InvalidInput(
                f"{str(self)[:_SHOWN]} names no place. Layers, heads, neurons and positions count from 0; "
                "give at least one position, or none at all for everywhere."
            )

    def __str__(self) -> str:
        """How it is spelled."""
        index = "" if self.index is None else f":{self.index}"
        positions = "" if self.positions is None else f"@{','.join(map(str, self.positions))}"
        return f"{self.site}:{self.layer}{index}{positions}={self.change.name}"

    @classmethod
    def parse(cls, spelled: object) -> "Edit":
        """Read a spelling.

        Raises:
            InvalidInput: it is none, or names what cannot be edited.
        """
        match = _SPELLING.fullmatch(spelled) if isinstance(spelled, str) else None
        if match is None or match[5] not in CHANGES:
            raise InvalidInput(
                f"{str(spelled)[:_SHOWN]!r} is no edit. Write site:layer:index=change, such as z:1:2=zero "
                "for a head or post:0:17@3,4=mean for a neuron at two positions; changes are "
                f"{', '.join(CHANGES)}."
            )
        if match[1] not in list(Site):
            raise InvalidInput(f"{match[1][:_SHOWN]!r} is no site. Sites to edit are {', '.join(_AXIS)}.")
        positions = None if match[4] is None else tuple(map(int, match[4].split(",")))
        index = None if match[3] is None else int(match[3])
        return cls(Site(match[1]), int(match[2]), index, positions, CHANGES[match[5]])

    def put_into(self, activation: Float[Tensor, "*axes"]) -> None:
        """Make the change in a tensor with the site's axes, in its own memory."""
        part = activation if self.index is None else activation.narrow(_AXIS[self.site], self.index, 1)
        where = slice(None) if self.positions is None else list(self.positions)
        part[..., where, :] = self.change(part)[..., where, :]

    @property
    def _order(self) -> tuple[int, int, int, tuple[int, ...]]:
        whole = -1
        index = whole if self.index is None else self.index
        return self.layer, list(_AXIS).index(self.site), index, self.positions or ()


def canonical(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The same edits in the order of a forward pass, whatever order they were named in.

    Raises:
        InvalidInput: two of them change the same place, so that their order would matter.
    """
    ordered = tuple(sorted(edits, key=lambda edit: edit._order))
    placed: dict[tuple[int, Site, int | None], list[Edit]] = {}
    for edit in ordered:
        same = placed.setdefault((edit.layer, edit.site, edit.index), [])
        whole = placed.get((edit.layer, edit.site, None), [])  # comes first in the order
        for other in (*same, *whole):
            if _meet(edit.positions, other.positions):
                both = f"{str(other)[:_SHOWN]} and {str(edit)[:_SHOWN]}"
                raise InvalidInput(f"{both} change the same place. Keep one of the two.")
        same.append(edit)
    return ordered


def _meet(a: Sequence[int] | None, b: Sequence[int] | None) -> bool:
    return a is None or b is None or not set(a).isdisjoint(b)


def require_possible(edits: Iterable[Edit], config: GPT2Config, n_pos: int) -> None:
    """Refuse edits of what a model or a text does not have.

    Raises:
        InvalidInput: a layer, head, neuron or position out of range; the sentence says the range.
    """
    for edit in edits:
        is_neuron = _AXIS[edit.site] == _NEURONS
        _require(edit, "layer", edit.layer, config.n_layer)
        if edit.index is not None:
            n_index = config.d_mlp if is_neuron else config.n_head
            _require(edit, "neuron" if is_neuron else "head", edit.index, n_index)
        _require(edit, "position", max(edit.positions or (0,)), n_pos)


def _require(edit: Edit, what: str, number: int, n: int) -> None:
    if number >= n:
        where = "this text" if what == "position" else "this model"
        raise InvalidInput(
            f"{str(edit)[:_SHOWN]} names {what} {number:,}, but the last {what} of {where} is {n - 1:,}. "
            f"Name one from 0 to {n - 1:,}."
        )


def edited(
    edits: Iterable[Edit], site: Site, layer: int, activation: Float[Tensor, "*axes"]
) -> Float[Tensor, "*axes"]:
    """An activation as the edits leave it: itself where they are about other places, else a copy."""
    here = [edit for edit in edits if edit.layer == layer and edit.site == site]
    if not here:
        return activation
    changed = activation.clone()
    for edit in here:
        edit.put_into(changed)
    return changed


def edited_head(
    edits: Iterable[Edit], site: Site, layer: int, head: int, activation: Float[Tensor, "pos d_head"]
) -> Float[Tensor, "pos d_head"]:
    """The same for the activation of one head alone."""
    its_own = [replace(edit, index=None) for edit in edits if edit.index in (None, head)]
    return edited(its_own, site, layer, activation)


def edit_tap(edits: Sequence[Edit]) -> Tap:
    """The tap that makes the edits in a forward pass over a whole text."""
    return Tap(
        frozenset(edit.site for edit in edits),
        lambda site, layer, activation: edited(edits, site, layer, activation),
    )
