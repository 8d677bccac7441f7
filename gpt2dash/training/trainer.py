"""One training run: a folder that can be stopped at any moment and resumed to the same result.

Every step's windows depend on (seed, step) alone, and a checkpoint holds weights, optimiser
memory and the clock, so a run that was interrupted goes on as if it had not been.
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from gpt2dash.errors import InvalidInput, StorageProblem, UnusableCheckpoint
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.sites import INSIDE_ATTENTION, NO_TAP, Tap
from gpt2dash.training import metrics
from gpt2dash.training.corpus import Ids
from gpt2dash.training.metrics import Clock, Row
from gpt2dash.training.mixture import NOT_COUNTED, Batch, Mixture, batch_of, mix
from gpt2dash.training.optimiser import (
    Rates,
    load_state_tensors,
    optimisers,
    set_rates,
    state_tensors,
)
from gpt2dash.training.precision import is_bfloat16_native
from gpt2dash.training.stages import Stage, stage_at

STATE = "state.json"
METRICS = "metrics.csv"
_BETWEEN_CHECKPOINTS_S = 120.0
_MAX_GRADIENT_NORM = 1.0
_HELDOUT_TOKENS = 32_768
_STEP_BY_STEP = Tap(INSIDE_ATTENTION, lambda _site, _layer, activation: activation.float())
"""Scores in float32, as in the fused kernel: rounded to bfloat16, heads end up looking at one token each."""

_FUSED_FROM = 256
"""Windows from which attention's fused kernel is faster: at 128 its backward pass is a fifth of a step."""


@dataclass(frozen=True)
class Budget:
    """When a run ends: after so many tokens, or so many minutes of training."""

    tokens: int | None = None
    minutes: float | None = None

    def __post_init__(self) -> None:
        """Refuse both, neither and nothing.

        Raises:
            InvalidInput: not exactly one of them, or one that is not above 0.
        """
        given = [value for value in (self.tokens, self.minutes) if value is not None]
        if len(given) != 1 or not 0 < given[0] < math.inf:
            raise InvalidInput("Give a budget above 0: either --tokens or --minutes, not both.")

    def progress(self, clock: Clock) -> float:
        """Share of the budget used, 1 or a little more at the end."""
        if self.tokens is not None:
            return clock.tokens / self.tokens
        return clock.seconds / (60.0 * (self.minutes or math.inf))


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a run's result, besides the text.

    Attributes:
        config: the model's shape.
        budget: when to stop; the learning rates follow it.
        stages: what the steps read; their shares of the budget add up to 1.
        rates: of the optimisers.
        seed: of the first weights and of the windows.
    """

    config: GPT2Config
    budget: Budget
    stages: tuple[Stage, ...]
    rates: Rates = field(default_factory=Rates)
    seed: int = 0


@dataclass(frozen=True)
class Report:
    """Where a run stands after a step: the clock, the share of the budget used, the last losses."""

    clock: Clock
    progress: float
    loss: float
    heldout_loss: float | None


class Trainer:
    """A model in training, and the folder that holds its state.

    Args:
        recipe: decides the result.
        mixture: the texts to learn from.
        heldout: a text to measure on.
        folder: for the state and `metrics.csv`; a state that is there is resumed.
        compiled: let torch compile the step; the result is the same up to rounding.
        between_checkpoints_s: seconds after which the state is written again.

    Raises:
        UnusableCheckpoint: the state in the folder is damaged.
    """

    def __init__(
        self,
        recipe: Recipe,
        mixture: Mixture,
        heldout: Ids | None,
        folder: Path,
        *,
        compiled: bool = False,
        between_checkpoints_s: float = _BETWEEN_CHECKPOINTS_S,
    ) -> None:
        self.recipe = recipe
        self.mixture = mixture
        self.heldout = heldout
        self.folder = folder
        self.clock = Clock()
        self.rows: list[Row] = []
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = GPT2(recipe.config)
        self.model.initialise(recipe.seed)
        self.model.to(self.device)
        self.optimisers = optimisers(self.model, recipe.rates)
        self._losses: list[float] = []
        self._between_checkpoints_s = between_checkpoints_s
        self._loss: Callable[[Tensor, Tensor], Tensor] = (
            torch.compile(self._next_token_loss, dynamic=False) if compiled else self._next_token_loss
        )
        if (folder / STATE).exists():
            self._resume()

    def run(self, report: Callable[[Report], None] = lambda _report: None) -> GPT2:
        """Train to the end of the budget.

        Raises:
            InvalidInput: the loss is no number any more.
            StorageProblem: the state cannot be written.
        """
        saved = time.monotonic()
        while (progress := self.recipe.budget.progress(self.clock)) < 1.0:
            loss = self._step(progress)
            if time.monotonic() - saved > self._between_checkpoints_s:
                self._checkpoint()
                saved = time.monotonic()
            heldout = self.rows[-1].heldout_loss if self.rows else None
            report(Report(self.clock, self.recipe.budget.progress(self.clock), loss, heldout))
        if self._losses:
            self._checkpoint()
        return self.model.eval()

    def _resume(self) -> None:
        """Take up the folder's state."""
        try:
            self.clock = Clock(**json.loads((self.folder / STATE).read_text()))
            tensors = load_file(self._state_file(), device=str(self.device))
            self.model.load_state_dict(_under("model.", tensors))
            load_state_tensors(self.optimisers, _under("optimiser.", tensors))
        except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
            raise UnusableCheckpoint(
                f"The state of the run in {self.folder} cannot be read "
                f"({str(error).partition(chr(10))[0]}). Remove {STATE} there to start the run anew."
            ) from error
        self.rows = metrics.read(self.folder / METRICS, until_step=self.clock.step)

    @property
    def stage(self) -> Stage:
        """What the next step reads."""
        return stage_at(self.recipe.stages, self.recipe.budget.progress(self.clock))

    @torch.inference_mode()
    def heldout_loss(self) -> float | None:
        """Nats per token on fixed windows of the held-out text, as long as those of the stage."""
        if self.heldout is None:
            return None
        config, window = self.recipe.config, self.stage.window
        alike = Stage(1.0, window, max(1, _HELDOUT_TOKENS // window // 8), copies=0.0)
        text = mix([self.heldout], None, config.n_vocab, config.eot_id)
        self.model.eval()
        with self._autocast():
            parts = [
                self._next_token_loss(*self._tensors(batch_of(text, alike, i, seed=0))) for i in range(8)
            ]
        self.model.train()
        return float(torch.stack(parts).mean())

    def _step(self, progress: float) -> float:
        """One update of the weights; returns the loss before it."""
        started = time.monotonic()
        stage = self.stage
        batch = self._tensors(batch_of(self.mixture, stage, self.clock.step, self.recipe.seed))
        self.model.train()
        with self._autocast():
            loss = self._loss(*batch)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), _MAX_GRADIENT_NORM)
        value = self._finite(loss)
        set_rates(self.optimisers, self.recipe.rates, progress)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self._losses.append(value)
        self.clock.step += 1
        self.clock.tokens += stage.batch * stage.window
        self.clock.seconds += time.monotonic() - started
        return value

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=is_bfloat16_native(self.device))

    def _finite(self, loss: Tensor) -> float:
        value = float(loss.detach())
        if not math.isfinite(value):
            raise InvalidInput(
                f"The loss is no number any more at step {self.clock.step:,}. "
                "Train into another folder with a lower --muon-rate and --adamw-rate."
            )
        return value

    def _next_token_loss(self, ids: Tensor, targets: Tensor) -> Tensor:
        logits = self.model(ids, NO_TAP if ids.shape[1] >= _FUSED_FROM else _STEP_BY_STEP)
        return F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), ignore_index=NOT_COUNTED)

    def _tensors(self, batch: Batch) -> tuple[Tensor, Tensor]:
        return torch.from_numpy(batch.ids).to(self.device), torch.from_numpy(batch.targets).to(self.device)

    def _state_file(self) -> Path:
        return self.folder / f"state-{self.clock.step}.safetensors"

    def _checkpoint(self) -> None:
        """Write tensors first and the small file that names them last: a kill leaves the old pair."""
        row = Row(**asdict(self.clock), train_loss=_mean(self._losses), heldout_loss=self.heldout_loss())
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        tensors |= {f"optimiser.{k}": v for k, v in state_tensors(self.optimisers).items()}
        unfinished = self.folder / f"{STATE}.part"
        try:
            save_file(tensors, self._state_file())
            metrics.write(self.folder / METRICS, [*self.rows, row])
            unfinished.write_text(json.dumps(asdict(self.clock)))
            unfinished.replace(self.folder / STATE)
        except (OSError, SafetensorError) as error:
            raise StorageProblem(
                f"The state of the run cannot be written to {self.folder} ({error}). "
                "Free some space there and give the same command again: it resumes."
            ) from error
        self.rows.append(row)
        self._losses.clear()
        for old in self.folder.glob("state-*.safetensors"):
            if old != self._state_file():
                old.unlink()


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
