"""`gpt2dash train` from texts to a model folder; every stage finds what an earlier call left of it."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from tokenizers import Tokenizer
from tqdm import tqdm

from gpt2dash.errors import Cancelled, InvalidInput, StorageProblem
from gpt2dash.file_lock import file_lock
from gpt2dash.model.checkpoint import save_model
from gpt2dash.training import card, corpus, vocabulary
from gpt2dash.training.card_text import Facts
from gpt2dash.training.corpus import Corpus
from gpt2dash.training.mixture import mix
from gpt2dash.training.plan import Plan
from gpt2dash.training.precision import in_words
from gpt2dash.training.progress import interval, progress_bar
from gpt2dash.training.trainer import Report, Trainer

_COMPILER = "clang++" if sys.platform == "darwin" else "g++"


def train(plan: Plan) -> Facts:
    """Make or resume the run of a plan; returns the facts of its model card.

    Progress goes to standard error.

    Raises:
        PublicError: a text, a tokenizer or a state that cannot be used, another run in the
            folder, or a folder that cannot be written.
    """
    _require_compiler(plan)
    with _alone_in(plan.out):
        plan.claim()
        tokenizer = _tokenizer(plan)
        texts = [_prepared(path, tokenizer, plan.out / f"train-{i}.ids") for i, path in enumerate(plan.texts)]
        heldout = _prepared(plan.heldout, tokenizer, plan.out / "heldout.ids") if plan.heldout else None
        trainer = _trainer(plan, tokenizer, texts, heldout)
        _train(trainer)
        save_model(trainer.model.cpu(), plan.out)
        machine, precision = card.this_machine(plan.threads), in_words(trainer.device)
        run = card.Finished(plan, trainer.rows, texts, trainer.mixture.shares, heldout, machine, precision)
        with progress_bar("measuring", total=len(heldout.ids) if heldout else 0, unit=" tokens") as on_tokens:
            return card.write(plan.out, run, on_tokens)


def _require_compiler(plan: Plan) -> None:
    compiler = os.environ.get("CXX", _COMPILER)
    if plan.compiled and shutil.which(compiler) is None:
        raise InvalidInput(
            f"--compile needs a C++ compiler, and there is no {compiler} here. "
            "Install it, or leave --compile out."
        )


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder; whatever the disk refuses in it becomes a sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file_lock(folder / "train.lock", is_cancelled=lambda: True):  # do not wait
            yield
    except Cancelled as error:
        raise InvalidInput(
            f"Another training is at work in {folder}. Wait for it or name another --out."
        ) from error
    except OSError as error:
        raise StorageProblem(
            f"{folder} cannot be written: {error.strerror or error}. Free some space or name another --out."
        ) from error


def _tokenizer(plan: Plan) -> Tokenizer:
    """The run's own tokenizer: what is in the folder, else the given one, else a new one."""
    if not vocabulary.is_complete(plan.out):
        if plan.tokenizer is not None:
            tokenizer = vocabulary.load(plan.tokenizer)
        else:
            sys.stderr.write("learning the vocabulary\n")
            tokenizer = vocabulary.learn(plan.texts, plan.n_vocab, plan.shares)
        vocabulary.save(tokenizer, plan.out, plan.n_ctx)
    return vocabulary.load(plan.out)


def _prepared(path: Path, tokenizer: Tokenizer, out: Path) -> Corpus:
    with progress_bar(path.name, unit="B") as on_bytes:
        return corpus.prepare([path], tokenizer, out, on_bytes)


def _trainer(plan: Plan, tokenizer: Tokenizer, texts: list[Corpus], heldout: Corpus | None) -> Trainer:
    for text in texts:
        corpus.require_length(text.ids, plan.n_ctx, "training")
    if heldout is not None:
        corpus.require_length(heldout.ids, plan.n_ctx, "held-out")
    if plan.threads:
        torch.set_num_threads(plan.threads)
    vocab = tokenizer.get_vocab()
    recipe = plan.for_trainer(max(vocab.values()) + 1, vocab[corpus.SEPARATOR])
    measured = heldout.ids if heldout is not None else None
    mixture = mix(
        [text.ids for text in texts], plan.shares or None, recipe.config.n_vocab, recipe.config.eot_id
    )
    return Trainer(recipe, mixture, measured, plan.out, compiled=plan.compiled)


def _train(trainer: Trainer) -> None:
    done = min(trainer.recipe.budget.progress(trainer.clock), 1.0)
    layout = "training {percentage:3.1f} %|{bar}| {elapsed}, {remaining} to go{postfix}"
    with tqdm(total=1.0, initial=done, bar_format=layout, mininterval=interval()) as bar:

        def report(now: Report) -> None:
            bar.set_postfix_str(_told(now), refresh=False)
            bar.update(min(now.progress, 1.0) - bar.n)

        trainer.run(report)


def _told(now: Report) -> str:
    heldout = "" if now.heldout_loss is None else f" (held-out {now.heldout_loss:.3f})"
    return f"loss {now.loss:.3f}{heldout}, {now.clock.tokens / now.clock.seconds:,.0f} tokens/s"
