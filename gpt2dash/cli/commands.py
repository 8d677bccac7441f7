"""What a person may type after `gpt2dash`.

Each command imports the module that does its work only when it runs: torch and transformers take
seconds, and `--help` should not.
"""
# ruff: noqa: PLR0913 - a command has as many parameters as options

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Exit, Option, Typer

from gpt2dash import __version__
from gpt2dash.sampling_settings import SamplingSettings

command_line = Typer(
    help="Why did GPT-2 write this? A web tool that shows what happens inside GPT-2 on any text.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Prompt = Annotated[str, Argument(help="The text, kept byte for byte; - reads standard input.")]
Model = Annotated[str, Option(help="bundled, a hub id that is on this machine, or a checkpoint folder.")]
Json = Annotated[bool, Option("--json", help="Print JSON.")]
_SAMPLING = SamplingSettings()


def _show_version(wanted: bool) -> bool:
    if wanted:
        typer.echo(f"gpt2dash {__version__}")
        raise Exit
    return wanted


@command_line.callback()
def everything(
    version: Annotated[
        bool, Option("--version", help="Print the version and stop.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Why did GPT-2 write this? A web tool that shows what happens inside GPT-2 on any text."""


@command_line.command()
def serve(
    host: Annotated[
        str | None, Option(help="Address to serve on.  [GPT2DASH_HOST; default: 127.0.0.1]")
    ] = None,
    port: Annotated[int | None, Option(help="Port to serve on.  [GPT2DASH_PORT; default: 8050]")] = None,
    model: Annotated[
        str | None,
        Option(help="bundled, a hub id or a folder.  [GPT2DASH_MODEL; default: bundled]"),
    ] = None,
    workers: Annotated[int | None, Option(help="Server processes.  [GPT2DASH_WORKERS; default: 2]")] = None,
) -> None:
    """Serve the web tool with gunicorn until stopped. More settings: GPT2DASH_* in the environment."""
    from gpt2dash.cli.serve import serve

    serve(host=host, port=port, model=model, workers=workers)


@command_line.command()
def generate(
    prompt: Prompt,
    model: Model = "bundled",
    temperature: Annotated[
        float, Option(help="0 (always the most likely token) to 10.")
    ] = _SAMPLING.temperature,
    top_k: Annotated[int, Option(help="Keep this many tokens; 0 keeps all.")] = _SAMPLING.top_k,
    top_p: Annotated[
        float, Option(help="Keep the likeliest tokens of this mass; 1 keeps all.")
    ] = _SAMPLING.top_p,
    seed: Annotated[int, Option(help="Same seed, same text.")] = 0,
    max_new_tokens: Annotated[int, Option(help="Tokens to generate at most.")] = _SAMPLING.max_new_tokens,
    stop: Annotated[bool, Option("--stop/--no-stop", help="Stop at end of text.")] = True,
    as_json: Annotated[bool, Option("--json", help="Print one JSON object per token.")] = False,
) -> None:
    """Print the text that follows a prompt, as it is made."""
    from gpt2dash.cli.generate import write_continuation

    settings = SamplingSettings(temperature, top_k, top_p, seed, max_new_tokens, stop)
    write_continuation(prompt, model, settings, as_json=as_json)


@command_line.command()
def trace(
    prompt: Prompt,
    out: Annotated[Path, Option(help="The file to write, in safetensors format.")],
    model: Model = "bundled",
    edit: Annotated[
        list[str] | None, Option(help="Change something on the way, such as z:1:2=zero; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a model over a prompt once and write its activations to a file."""
    from gpt2dash.cli.trace import write_trace

    write_trace(prompt, model, out, edit or (), as_json=as_json)


@command_line.command()
def fetch(
    name: Annotated[str, Argument(metavar="ID", help="A hub id such as gpt2 or owner/name.")],
) -> None:
    """Download a model from the Hugging Face hub, so that it is on this machine."""
    from gpt2dash.model.hub import fetch

    folder = fetch(name)
    typer.echo(f"{name} is in {folder}. See it with: gpt2dash serve --model {name}")


@command_line.command()
def check(model: Model = "bundled", as_json: Json = False) -> None:
    """Load a model and check what must hold in any GPT-2; exit status 1 where it does not."""
    from gpt2dash.cli.check import check

    if not check(model, as_json=as_json):
        raise Exit(1)


@command_line.command()
def cache(
    clear: Annotated[bool, Option("--clear", help="Remove every entry first.")] = False,
    as_json: Json = False,
) -> None:
    """Say how full the trace cache is, and where it is."""
    from gpt2dash.cli.cache import show_cache

    show_cache(clear=clear, as_json=as_json)


@command_line.command()
def evaluate(
    texts: Annotated[
        list[Path] | None, Argument(metavar="FILES...", help="Text files in UTF-8; .xz is unpacked.")
    ] = None,
    model: Model = "bundled",
    behaviours: Annotated[
        bool, Option("--behaviours", help="Measure what the model can do, on cases in the package.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure how well a model predicts texts, in bits per byte, beside xz and bzip2, and what it can do."""
    from gpt2dash.cli.evaluate import evaluate_model

    evaluate_model(texts or [], model, behaviours=behaviours, as_json=as_json)


@command_line.command()
def train(
    texts: Annotated[list[str], Argument(metavar="FILES...", help="Text files in UTF-8; .xz is unpacked.")],
    out: Annotated[Path, Option(help="Folder of the run, and of the model at its end.")],
    recipe: Annotated[
        str, Option(help="plain, or bundled: the model in the package. What is not given is the recipe's.")
    ] = "plain",
    mix: Annotated[
        bool, Option("--mix", help="FILES are FILE=SHARE: so large a share of the windows is drawn from it.")
    ] = False,
    tokens: Annotated[int | None, Option(help="Budget: stop after so many tokens.")] = None,
    minutes: Annotated[float | None, Option(help="Budget: stop after so many minutes.")] = None,
    stage: Annotated[
        list[str] | None,
        Option(
            metavar="SHARE:WINDOW:BATCH:COPIES",
            help="A part of the budget: its share, tokens in a window, windows in a step, share of windows "
            "that say a passage over and over. Several follow one another.",
        ),
    ] = None,
    heldout: Annotated[Path | None, Option(help="A text file to measure on.")] = None,
    tokenizer: Annotated[Path | None, Option(help="Use the tokenizer of this folder, not a new one.")] = None,
    vocab: Annotated[int | None, Option(help="Tokens of a new tokenizer, 257 to 65,536.")] = None,
    n_ctx: Annotated[int | None, Option(help="Positions that the model reads.")] = None,
    d_model: Annotated[int | None, Option(help="Width of the residual stream.")] = None,
    n_layer: Annotated[int | None, Option(help="Blocks.")] = None,
    n_head: Annotated[int | None, Option(help="Attention heads of each.")] = None,
    muon_rate: Annotated[float | None, Option(help="Peak learning rate of the blocks' matrices.")] = None,
    adamw_rate: Annotated[float | None, Option(help="Peak learning rate of everything else.")] = None,
    weight_decay: Annotated[float | None, Option(help="Of matrices, times the learning rate.")] = None,
    seed: Annotated[int, Option(help="Of the first weights and of the windows.")] = 0,
    compiled: Annotated[
        bool, Option("--compile/--no-compile", help="Compile the step: a minute first, then faster.")
    ] = False,
    threads: Annotated[int, Option(help="Cores to use; 0 = all.")] = 0,
    about: Annotated[str, Option(help="What the text is and its licence, for the model card.")] = "",
) -> None:
    """Train a tokenizer and a GPT-2. Stopped at any moment, the same command resumes it."""
    from gpt2dash.cli.train import given, shared, train_model
    from gpt2dash.training.plan import Plan
    from gpt2dash.training.recipes import named
    from gpt2dash.training.stages import parsed
    from gpt2dash.training.trainer import Budget

    usual = named(recipe)
    paths, shares = shared(texts) if mix else (tuple(map(Path, texts)), ())
    own = given(n_vocab=vocab, n_ctx=n_ctx, d_model=d_model, n_layer=n_layer, n_head=n_head)
    own |= given(stages=tuple(map(parsed, stage)) if stage else None)
    rates = given(muon=muon_rate, adamw=adamw_rate, weight_decay=weight_decay)
    train_model(
        Plan(
            texts=paths,
            out=out,
            budget=Budget(usual.tokens if tokens is None and minutes is None else tokens, minutes),
            shares=shares,
            heldout=heldout,
            tokenizer=tokenizer,
            recipe=recipe,
            seed=seed,
            compiled=compiled,
            threads=threads,
            about=about,
            **{**usual.fields, **own, "rates": replace(usual.rates, **rates)},
        )
    )
