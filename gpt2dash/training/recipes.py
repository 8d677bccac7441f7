"""Runs with a name: the values that `gpt2dash train --recipe NAME` starts from."""

from dataclasses import dataclass, field
from typing import Any

from gpt2dash.errors import InvalidInput
from gpt2dash.training.optimiser import Rates
from gpt2dash.training.stages import Stage


@dataclass(frozen=True)
class NamedRecipe:
    """Vocabulary, shape, stages and rates of a run, and the tokens it reads where no budget is given."""

    n_vocab: int
    n_ctx: int
    d_model: int
    n_layer: int
    n_head: int
    stages: tuple[Stage, ...]
    rates: Rates = field(default_factory=Rates)
    tokens: int | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """Its values by the names of a plan's fields."""
        return {name: value for name, value in vars(self).items() if name != "tokens"}


RECIPES = {
    "plain": NamedRecipe(4_096, 512, 256, 5, 4, (Stage(1.0, 512, 8, 0.05),)),
    "bundled": NamedRecipe(
        n_vocab=8_192,
        n_ctx=512,
        d_model=320,
        n_layer=6,
        n_head=5,
        stages=(
            Stage(0.20, window=128, batch=32, copies=0.30),
            Stage(0.45, window=128, batch=64, copies=0.05),
            Stage(0.20, window=256, batch=32, copies=0.05),
            Stage(0.15, window=512, batch=16, copies=0.05),
        ),
        rates=Rates(muon=5e-3, adamw=3e-3, weight_decay=0.1),
        tokens=24_000_000,
    ),
}


def named(name: str) -> NamedRecipe:
    """A recipe by its name.

    Raises:
        InvalidInput: there is none of this name.
    """
    if name not in RECIPES:
        raise InvalidInput(f"There is no --recipe {name}; there are {' and '.join(RECIPES)}.")
    return RECIPES[name]
