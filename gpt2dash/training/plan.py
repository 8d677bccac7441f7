"""What a person asks of `gpt2dash train`, checked, and kept in `run.json` so that it can be resumed."""

import json
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gpt2dash.errors import InvalidInput
from gpt2dash.model.config import GPT2Config
from gpt2dash.training.corpus import fingerprint
from gpt2dash.training.optimiser import Rates
from gpt2dash.training.recipes import RECIPES
from gpt2dash.training.stages import MIN_WINDOW, Stage, require_whole
from gpt2dash.training.trainer import STATE, Budget, Recipe

RUN = "run.json"
_PLAIN = RECIPES["plain"]
_MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Plan:
    """One run: texts in, a checkpoint folder out. The defaults are the plain recipe's.

    Attributes:
        texts: files to learn from; `.xz` is unpacked.
        shares: of the windows that each text gives, relative to one another; by their lengths when empty.
        out: folder of the run and, at its end, of the model.
        budget: when to stop.
        heldout: a file to measure on.
        tokenizer: a folder whose tokenizer is used instead of a new one.
        n_vocab: tokens of a new tokenizer.
        n_ctx: positions the model reads.
        d_model: width of the residual stream.
        n_layer: blocks.
        n_head: heads of each.
        stages: what the steps read, one after the other.
        recipe: name of the recipe that it starts from.
        rates: peak learning rates.
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
    shares: tuple[float, ...] = ()
    heldout: Path | None = None
    tokenizer: Path | None = None
    n_vocab: int = _PLAIN.n_vocab
    n_ctx: int = _PLAIN.n_ctx
    d_model: int = _PLAIN.d_model
    n_layer: int = _PLAIN.n_layer
    n_head: int = _PLAIN.n_head
    stages: tuple[Stage, ...] = _PLAIN.stages
    recipe: str = "plain"
    rates: Rates = field(default_factory=Rates)
    seed: int = 0
    compiled: bool = False
    threads: int = 0
    about: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be trained."""
        lowest = {"n_ctx": MIN_WINDOW, "d_model": 1, "n_layer": 1, "n_head": 1, "threads": 0}
        for name, low in lowest.items():
            if getattr(self, name) < low:
                raise InvalidInput(f"{_option(name)} must be at least {low}; you gave {getattr(self, name)}.")
        if self.d_model % self.n_head:
            raise InvalidInput(f"--d-model ({self.d_model}) must be a multiple of --n-head ({self.n_head}).")
        require_whole(self.stages, self.n_ctx)
        if self.shares and (len(self.shares) != len(self.texts) or min(self.shares) <= 0):
            raise InvalidInput(
                "--mix needs a share above 0 for each text, as in prose.txt=0.6 stories.txt=0.4."
            )
        if not 0 <= self.seed <= _MAX_SEED:
            raise InvalidInput(f"--seed must be from 0 to {_MAX_SEED:,}; you gave {self.seed}.")
        if min(self.rates.muon, self.rates.adamw) <= 0:
            raise InvalidInput("--muon-rate and --adamw-rate must be above 0.")
        if self.rates.weight_decay < 0:
            raise InvalidInput("--weight-decay must be at least 0.")

    def for_trainer(self, n_vocab: int, eot_id: int) -> Recipe:
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
        return Recipe(config, self.budget, self.stages, self.rates, self.seed)

    @property
    def options(self) -> dict[str, Any]:
        """The options that decide the result, by their names on the command line."""
        names = ("n_ctx", "d_model", "n_layer", "n_head", "seed")
        return {
            "recipe": self.recipe,
            "vocab": self.n_vocab,
            **{name: getattr(self, name) for name in names},
            "stage": [str(stage) for stage in self.stages],
            "mix": list(self.shares),
            "muon_rate": self.rates.muon,
            "adamw_rate": self.rates.adamw,
            "weight_decay": self.rates.weight_decay,
            "tokens": self.budget.tokens,
            "minutes": self.budget.minutes,
        }

    @property
    def command(self) -> str:
        """The line that repeats this run, files named without their folders: the recipe and what differs."""
        words = ["gpt2dash", "train", f"--recipe={self.recipe}", *self._texts_in_words()]
        files = {"heldout": self.heldout, "tokenizer": self.tokenizer}
        words += [f"--{name}={path.name}" for name, path in files.items() if path]
        usual = replace(self, **RECIPES[self.recipe].fields, seed=0)._words()
        words += [word for word in self._words() if word not in usual] + self._budget_words()
        words += ["--compile"] if self.compiled else []
        words += [f"--threads={self.threads}"] if self.threads else []
        return shlex.join([*words, "--out=FOLDER"])

    def _texts_in_words(self) -> list[str]:
        if not self.shares:
            return [path.name for path in self.texts]
        shared = zip(self.texts, self.shares, strict=True)
        return ["--mix", *(f"{path.name}={share:g}" for path, share in shared)]

    def _words(self) -> list[str]:
        """Every option that decides the result as on the command line, but recipe, texts and budget."""
        left_out = ("recipe", "mix", "tokens", "minutes")
        named = {name: value for name, value in self.options.items() if name not in left_out}
        every = ((name, value if isinstance(value, list) else [value]) for name, value in named.items())
        return [f"{_option(name)}={value}" for name, values in every for value in values]

    def _budget_words(self) -> list[str]:
        if self.budget == Budget(RECIPES[self.recipe].tokens or 1):
            return []
        return [f"--{name}={value}" for name, value in vars(self.budget).items() if value is not None]

    @property
    def notes(self) -> str:
        """What is unusual about the recipe, for the model card."""
        return (
            "In some windows a passage of random tokens is said over and over, and only what can be known "
            "from its earlier copies counts, so that heads that copy form early. Position embeddings start "
            "as sinusoids."
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
