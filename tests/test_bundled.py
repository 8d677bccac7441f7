import hashlib
import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer, GPT2LMHeadModel

import gpt2dash
from gpt2dash.analysis.passport import passport
from gpt2dash.cli.commands import command_line
from gpt2dash.generation import Step, generate
from gpt2dash.language_model import LanguageModel, load
from gpt2dash.model.model_card import CARD
from gpt2dash.sampling_settings import SamplingSettings
from gpt2dash.training import card, card_text
from gpt2dash.training.behaviours import MEASURES, measure, read_cases
from gpt2dash.training.evaluation import evaluate, text_ids
from gpt2dash.training.plan import Plan
from gpt2dash.training.repetition import figures_of_copying
from gpt2dash.training.stages import parsed, stage_at

FOLDER = Path(gpt2dash.__file__).parent / "bundled"
MAX_BYTES = 32_000_000
OWN_SENTENCES = Path(__file__).parent / "texts" / "own_sentences.txt"
TEXT = """It was late in the evening when the old man came to the door. "Who is there?" he asked.
Nobody answered him; the rain fell on the roof, and the cat slept by the fire, as it always did."""


@pytest.fixture(scope="module")
def lm() -> LanguageModel:
    return load("bundled")


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((FOLDER / card.FACTS).read_text(encoding="utf-8"))
    return facts


def test_transformers_computes_the_same_logits(lm: LanguageModel) -> None:
    theirs = GPT2LMHeadModel.from_pretrained(FOLDER, dtype=torch.float32)
    ids = torch.tensor([lm.encode(TEXT)])
    with torch.inference_mode():
        torch.testing.assert_close(lm.model(ids), theirs(ids).logits, rtol=1e-4, atol=1e-4)


def test_transformers_reads_the_same_tokens(lm: LanguageModel) -> None:
    theirs = AutoTokenizer.from_pretrained(FOLDER)
    assert theirs(TEXT)["input_ids"] == lm.encode(TEXT)
    assert theirs.eos_token_id == lm.model.config.eot_id


@given(st.text(min_size=1, max_size=100))
def test_any_text_comes_back(lm: LanguageModel, text: str) -> None:
    assert lm.tokenizer.decode(lm.encode(text)) == text


def test_the_model_is_small_and_its_context_is_not(lm: LanguageModel) -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MAX_BYTES
    assert lm.model.config.n_ctx >= 512
    assert lm.tokenizer.n_vocab == lm.model.config.n_vocab


def test_the_card_is_of_these_weights(facts: dict[str, Any]) -> None:
    weights = (FOLDER / "model.safetensors").read_bytes()
    assert facts["weights"] == {"bytes": len(weights), "sha256": hashlib.sha256(weights).hexdigest()}
    assert facts["weights"]["sha256"] in (FOLDER / CARD).read_text(encoding="utf-8")


def test_the_card_says_what_the_facts_say(facts: dict[str, Any]) -> None:
    assert (FOLDER / CARD).read_text(encoding="utf-8") == card_text.render(facts)


def test_the_facts_are_of_this_model(lm: LanguageModel, facts: dict[str, Any]) -> None:
    n_params = sum(parameter.numel() for parameter in lm.model.parameters())
    assert facts["model"] == {"n_params": n_params, **vars(lm.model.config)}


def test_the_facts_agree_with_one_another(facts: dict[str, Any]) -> None:
    run, heldout = facts["run"], facts["heldout"]
    assert heldout["perplexity"] == pytest.approx(math.exp(heldout["loss"]), rel=1e-3)
    bits = heldout["loss"] * heldout["tokens"] / math.log(2) / heldout["bytes"]
    assert heldout["bits_per_byte"] == pytest.approx(bits, rel=1e-3)
    assert (run["step"], run["tokens"]) == steps_and_tokens(facts["recipe"])


def steps_and_tokens(recipe: dict[str, Any]) -> tuple[int, int]:
    """How a run of these stages ends."""
    stages = tuple(map(parsed, recipe["stage"]))
    step = tokens = 0
    while tokens < recipe["tokens"]:
        stage = stage_at(stages, tokens / recipe["tokens"])
        step, tokens = step + 1, tokens + stage.batch * stage.window
    return step, tokens


def test_the_command_in_the_card_gives_every_option_of_the_recipe(
    facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[Plan] = []
    monkeypatch.setattr("gpt2dash.cli.train.train_model", plans.append)
    with pytest.raises(SystemExit):
        command_line(facts["command"].split()[1:])
    assert plans[0].recipe == "bundled"
    assert plans[0].options == facts["recipe"]
    assert [path.name for path in plans[0].texts] == [text["file"] for text in facts["train"]]


@pytest.mark.parametrize("behaviour", MEASURES)
def test_what_it_can_do_is_what_its_card_says(
    lm: LanguageModel, facts: dict[str, Any], behaviour: str
) -> None:
    cases = [case for case in read_cases() if case.behaviour == behaviour]
    found = {figure.measure: figure for figure in measure(lm.model, lm.tokenizer, cases)}
    noted = {row["measure"]: row for row in facts["behaviours"] if row["behaviour"] == behaviour}
    assert found.keys() == noted.keys()
    for name, figure in found.items():
        assert figure.value == pytest.approx(noted[name]["value"], abs=0.011)
        assert figure.chance == pytest.approx(noted[name]["chance"], abs=0.011)


def test_its_heads_copy_as_its_card_says(lm: LanguageModel, facts: dict[str, Any]) -> None:
    noted = [row for row in facts["behaviours"] if row["behaviour"] not in MEASURES]
    found = figures_of_copying(lm.model, passport(lm.model))
    assert [(figure.behaviour, figure.measure) for figure in found] == [
        (row["behaviour"], row["measure"]) for row in noted
    ]
    for figure, row in zip(found, noted, strict=True):
        assert figure.value == pytest.approx(row["value"], abs=0.01)


def test_it_predicts_sentences_that_nobody_had_written_before_it(lm: LanguageModel) -> None:
    """Measured when the weights were committed; longer than the context, so its windows overlap."""
    ids, n_bytes = text_ids([OWN_SENTENCES], lm.tokenizer)
    assert len(ids) > lm.model.config.n_ctx
    assert evaluate(lm.model, ids, n_bytes).bits_per_byte == pytest.approx(1.360, abs=0.002)


def test_the_samples_can_be_written_again(lm: LanguageModel, facts: dict[str, Any]) -> None:
    sample, sampling = facts["samples"][0], facts["sampling"]
    settings = SamplingSettings(seed=sample["seed"], **sampling)
    steps = generate(lm.model, lm.encode(sample["prompt"]), settings)
    ids = [step.id for step in steps if isinstance(step, Step)]
    start = sample["text"][:80]
    assert lm.tokenizer.decode(ids).startswith(start)
