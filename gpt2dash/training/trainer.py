"""One training run: a folder that can be stopped at any moment and resumed to the same result.

Every step's windows depend on (seed, step) alone, and a checkpoint holds weights, optimiser
memory and the clock, so a run that was interrupted goes on as if it had not been.
"""

import csv
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from safetensors.torch import load_file, save_file
from torch import Tensor
from tqdm import tqdm

from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.training import corpus
from gpt2dash.training.optimiser import (
    Rates,
    load_state_tensors,
    optimisers,
    set_rates,
    state_tensors,
)

_BETWEEN_CHECKPOINTS_S = 120.0
_MAX_GRADIENT_NORM = 1.0
_HELDOUT_WINDOWS = 64


@dataclass(frozen=True)
class Budget:
    """When a run ends: after so many tokens, or so many minutes of training."""

    tokens: int | None = None
    minutes: float | None = None

    def progress(self, clock: "Clock") -> float:
        """Share of the budget used, 1 at the end."""
        if self.tokens is not None:
            return clock.tokens / self.tokens
        return clock.seconds / (60.0 * (self.minutes or 1.0))


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a run's result, besides the text."""

    config: GPT2Config
    budget: Budget
    rates: Rates = field(default_factory=Rates)
    batch: int = 16
    copies: float = 0.05
    seed: int = 0
    compiled: bool = False


@dataclass
class Clock:
    """How far a run has come."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0


class Trainer:
    """A model in training, and the folder that holds its state."""

    def __init__(self, recipe: Recipe, ids: corpus.Ids, heldout: corpus.Ids | None, folder: Path) -> None:
        self.recipe = recipe
        self.ids = ids
        self.heldout = heldout
        self.folder = folder
        self.clock = Clock()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = GPT2(recipe.config)
        self.model.initialise(recipe.seed)
        self.model.to(self.device)
        self.optimisers = optimisers(self.model, recipe.rates)
        self._loss: Callable[[Tensor], Tensor] = (
            torch.compile(self._next_token_loss) if recipe.compiled else self._next_token_loss
        )

    def run(self) -> GPT2:
        """Train to the end of the budget, resuming where an earlier call stopped."""
        self._resume()
        last_save = time.monotonic()
        with tqdm(total=1.0, bar_format="{l_bar}{bar}| {elapsed}<{remaining} {postfix}") as bar:
            while (progress := self.recipe.budget.progress(self.clock)) < 1.0:
                loss = self._step(progress)
                bar.n = min(self.recipe.budget.progress(self.clock), 1.0)
                bar.set_postfix_str(
                    f"loss {loss:.3f}, {self.clock.tokens / self.clock.seconds:,.0f} tokens/s"
                )
                if time.monotonic() - last_save > _BETWEEN_CHECKPOINTS_S:
                    self._checkpoint(loss)
                    last_save = time.monotonic()
        self._checkpoint(loss)
        return self.model.eval()

    def heldout_loss(self) -> float | None:
        """Mean loss in nats per token on fixed windows of the held-out text."""
        if self.heldout is None:
            return None
        length = self.recipe.config.n_ctx + 1
        batch = corpus.windows(self.heldout, 0, n_window=_HELDOUT_WINDOWS, length=length, seed=0)
        self.model.eval()
        with torch.inference_mode():
            parts = [self._next_token_loss(self._tensor(part)) for part in batch.reshape(8, -1, length)]
        self.model.train()
        return float(torch.stack(parts).mean())

    def _step(self, progress: float) -> float:
        started = time.monotonic()
        recipe = self.recipe
        length = recipe.config.n_ctx + 1
        batch = corpus.windows(
            self.ids, self.clock.step, n_window=recipe.batch, length=length, seed=recipe.seed
        )
        batch = corpus.with_copies(
            batch, self.clock.step, share=recipe.copies, n_vocab=recipe.config.n_vocab - 1, seed=recipe.seed
        )
        self.model.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            loss = self._loss(self._tensor(batch))
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), _MAX_GRADIENT_NORM)
        set_rates(self.optimisers, recipe.rates, progress)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        value = float(loss)
        self.clock.step += 1
        self.clock.tokens += recipe.batch * (length - 1)
        self.clock.seconds += time.monotonic() - started
        return value

    def _next_token_loss(self, batch: Tensor) -> Tensor:
        logits = self.model(batch[:, :-1])
        return F.cross_entropy(logits.flatten(0, 1).float(), batch[:, 1:].flatten())

    def _tensor(self, batch: corpus.Ids) -> Tensor:
        return torch.from_numpy(batch.astype("int64")).to(self.device)

    def _resume(self) -> None:
        state = self.folder / "state.json"
        if not state.exists():
            return
        self.clock = Clock(**json.loads(state.read_text()))
        tensors = load_file(self.folder / f"state-{self.clock.step}.safetensors", device=str(self.device))
        weights = {k.removeprefix("model."): v for k, v in tensors.items() if k.startswith("model.")}
        memory = {k.removeprefix("optimiser."): v for k, v in tensors.items() if k.startswith("optimiser.")}
        self.model.load_state_dict(weights)
        load_state_tensors(self.optimisers, memory)

    def _checkpoint(self, train_loss: float) -> None:
        """Write tensors first and the small file that names them last: a kill leaves the old pair."""
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        tensors |= {f"optimiser.{k}": v for k, v in state_tensors(self.optimisers).items()}
        save_file(tensors, self.folder / f"state-{self.clock.step}.safetensors")
        unfinished = self.folder / "state.part"
        unfinished.write_text(json.dumps(asdict(self.clock)))
        unfinished.replace(self.folder / "state.json")
        for old in self.folder.glob("state-*.safetensors"):
            if old.name != f"state-{self.clock.step}.safetensors":
                old.unlink()
        self._log(train_loss)

    def _log(self, train_loss: float) -> None:
        path = self.folder / "metrics.csv"
        row = {**asdict(self.clock), "train_loss": train_loss, "heldout_loss": self.heldout_loss()}
        is_new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            if is_new:
                writer.writeheader()
            writer.writerow(row)
