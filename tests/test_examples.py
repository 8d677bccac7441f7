"""What the examples say is so: in the bundled model, head by head."""

from urllib.parse import parse_qs, urlsplit

import pytest

from gpt2dash.components.examples import EXAMPLES, TEXTS, Example, in_words, link
from gpt2dash.language_model import LanguageModel, load
from gpt2dash.trace import Trace


@pytest.fixture(scope="module")
def lm() -> LanguageModel:
    return load("bundled")


def labels(lm: LanguageModel, trace: Trace) -> list[str]:
    return [lm.tokenizer.decode([id_]) for id_ in trace.token_ids]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_model_goes_on_as_the_example_says(lm: LanguageModel, example: Example) -> None:
    logits = lm.trace(example.prompt).logits_at(-1)
    assert lm.tokenizer.decode([int(logits.argmax())]).startswith(example.answer)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_head_of_an_example_looks_at_its_target_more_than_at_all_else(
    lm: LanguageModel, example: Example
) -> None:
    trace = lm.trace(example.prompt)
    row = trace.pattern(*example.heads["bundled"])[-1]
    targets = [pos for pos, label in enumerate(labels(lm, trace)) if label == example.target]
    assert sum(float(row[pos]) for pos in targets) > 0.5


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_link_opens_the_head_or_the_candidates(example: Example) -> None:
    for model in ("bundled", "gpt2", "another"):
        parts = urlsplit(link(example, model))
        found = parse_qs(parts.fragment, strict_parsing=True)
        assert found["am"] == [model]
        if model in example.heads:
            layer, head = example.heads[model]
            assert (parts.path, found["sel"]) == ("/attention", [f"a..query.{layer}.{head}"])
            assert found["a"] == [example.prompt]
            assert f"Layer {layer} head {head}" in in_words(example, model)
        else:
            assert (parts.path, found["a"]) == ("/", [example.prompt + example.answer])
            assert in_words(example, model) == example.say


def test_every_example_stands_among_the_texts() -> None:
    assert all(TEXTS[example.name] == example.prompt for example in EXAMPLES)
