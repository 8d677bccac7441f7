"""What a person asks of `gpt2dash train`, checked, and kept in `run.json` so that it can be resumed."""

import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gpt2dash.errors import InvalidInput
from gpt2dash.model.config import GPT2Config
from gpt2dash.training.corpus import copy_share, fingerprint
from gpt2dash.training.optimiser import Rates
from gpt2dash.training.trainer import STATE, Budget, Recipe

RUN = "run.json"
_MIN_CTX = 32
_MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Plan:
    """One run: texts in, a checkpoint folder out. The defaults are the bundled model's.

    Attributes:
        texts: files to learn from; `.xz` is unpacked.
        out: folder of the run and, at its end, of the model.
        budget: when to stop.
        heldout: a file to measure on.
        tokenizer: a folder whose tokenizer is used instead of a new one.
        n_vocab: tokens of a new tokenizer.
        n_ctx: positions the model reads.
        d_model: width of the residual stream.
        n_layer: blocks.
        n_head: heads of each.
        batch: windows in one step.
        rates: peak learning rates.
        copies: share of the windows that repeat themselves.
        seed: of weights and windows.
        compiled: let torch compile the step.
        threads: cores to use; 0 = all.
        about: what the text is and its licence, for the model card.

    Raises:
        InvalidInput: a value outside its limits.
    """

    texts: tuple[Path, ...]
    out: Path
    budget: Budget
    heldout: Path | None = None
    tokenizer: Path | None = None
    n_vocab: int = 4_096
    n_ctx: int = 512
    d_model: int = 256
    n_layer: int = 5
    n_head: int = 8
    batch: int = 8
    rates: Rates = field(default_factory=Rates)
    copies: float = 0.05
    seed: int = 0
    compiled: bool = False
    threads: int = 0
    about: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be trained."""
        lowest = {"n_ctx": _MIN_CTX, "d_model": 1, "n_layer": 1, "n_head": 1, "batch": 1, "threads": 0}
        for name, low in lowest.items():
            if getattr(self, name) < low:
                raise InvalidInput(f"{_option(name)} must be at least {low}; you gave {getattr(self, name)}.")
        if self.d_model % self.n_head:
            raise InvalidInput(f"--d-model ({self.d_model}) must be a multiple of --n-head ({self.n_head}).")
        if not 0 <= self.copies <= 1:
            raise InvalidInput(f"--copies is a share of the windows, from 0 to 1; you gave {self.copies}.")
        if not 0 <= self.seed <= _MAX_SEED:
            raise InvalidInput(f"--seed must be from 0 to {_MAX_SEED:,}; you gave {self.seed}.")
        if min(self.rates.muon, self.rates.adamw) <= 0:
            raise InvalidInput("--muon-rate and --adamw-rate must be above 0.")

    def recipe(self, n_vocab: int, eot_id: int) -> Recipe:
        """What the trainer needs, once the tokenizer's size and its end-of-text are known."""
        config = GPT2Config(
            n_vocab=n_vocab,
            n_ctx=self.n_ctx,
            d_model=self.d_model,
            n_layer=self.n_layer,
            n_head=self.n_head,
            d_mlp=4 * self.d_model,
            eot_id=eot_id,
        )
        return Recipe(config, self.budget, self.rates, self.batch, self.copies, self.seed)

    @property
    def options(self) -> dict[str, Any]:
        """The options that decide the result, by their names on the command line."""
        names = ("n_ctx", "d_model", "n_layer", "n_head", "batch", "copies", "seed")
        return {
            "vocab": self.n_vocab,
            **{name: getattr(self, name) for name in names},
            "muon_rate": self.rates.muon,
            "adamw_rate": self.rates.adamw,
            "tokens": self.budget.tokens,
            "minutes": self.budget.minutes,
        }

    @property
    def command(self) -> str:
        """The line that repeats this run, files named without their folders."""
        words = ["gpt2dash", "train", *(path.name for path in self.texts)]
        files = {"heldout": self.heldout, "tokenizer": self.tokenizer}
        words += [f"--{name}={path.name}" for name, path in files.items() if path]
        words += [f"{_option(name)}={value}" for name, value in self.options.items() if value is not None]
        words += ["--compile"] if self.compiled else []
        words += [f"--threads={self.threads}"] if self.threads else []
        return shlex.join([*words, "--out=FOLDER"])

    @property
    def notes(self) -> str:
        """What is unusual about the recipe, for the model card."""
        return (
            f"{self.copies:.0%} of the windows ({copy_share(self.copies, 0.0):.0%} in the first fifth of the "
            "run) say a passage or tokens in random order over and over, so that heads that copy form early. "
            "Position embeddings start as sinusoids."
        )

    def claim(self) -> None:
        """Note in the folder what is made there.

        Raises:
            InvalidInput: the folder holds a run of another recipe, or a model that is not a run's.
        """
        wanted = {"texts": fingerprint(self.texts), "tokenizer": self._tokenizer_print(), **self.options}
        run = self.out / RUN
        if not run.exists() and (self.out / "config.json").exists():
            raise InvalidInput(f"{self.out} holds a model that was not trained there. Name another --out.")
        noted = json.loads(run.read_text()) if run.exists() else {}
        if noted == wanted:
            return
        if (self.out / STATE).exists():
            raise InvalidInput(
                f"{self.out} holds a run {_difference(noted, wanted)}. "
                "Give its options to resume it, or another --out to start anew."
            )
        (self.out / "tokenizer_config.json").unlink(missing_ok=True)
        unfinished = run.with_name(f"{RUN}.part")
        unfinished.write_text(json.dumps(wanted, indent=2) + "\n")
        unfinished.replace(run)

    def _tokenizer_print(self) -> str | None:
        if self.tokenizer is None:
            return None
        return fingerprint([self.tokenizer / "vocab.json", self.tokenizer / "merges.txt"])


def _difference(noted: dict[str, Any], wanted: dict[str, Any]) -> str:
    """The first difference in words: "with --n-layer 4; you gave 5"."""
    name = next(name for name in wanted if noted.get(name) != wanted[name])
    if name in ("texts", "tokenizer"):
        return f"with another {name.removesuffix('s')}"
    had, gave = noted.get(name), wanted[name]
    before = f"without {_option(name)}" if had is None else f"with {_option(name)} {had}"
    return f"{before}; you gave {'none' if gave is None else gave}"


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
