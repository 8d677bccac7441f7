import math

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from gpt2dash.analysis import predictions as module
from gpt2dash.analysis.predictions import Predictions, predictions
from gpt2dash.model.gpt2 import GPT2

IDS = torch.randint(360, (50,), generator=torch.Generator().manual_seed(0)).tolist()


@pytest.fixture(scope="module")
def logits(tiny_model: GPT2) -> torch.Tensor:
    with torch.inference_mode():
        return tiny_model.forward(torch.tensor([IDS]))[0]


def predicted(model: GPT2, ids: list[int] = IDS) -> Predictions:
    with torch.inference_mode():
        return predictions(model, model.residual(torch.tensor([ids]))[0], ids)


def test_surprisal_is_torchs_cross_entropy_in_bits(tiny_model: GPT2, logits: torch.Tensor) -> None:
    expected = F.cross_entropy(logits[:-1], torch.tensor(IDS[1:]), reduction="none") / math.log(2)
    found = predicted(tiny_model).surprisal
    assert torch.allclose(found, expected, rtol=1e-4)
    mean = F.cross_entropy(logits[:-1], torch.tensor(IDS[1:]))
    assert torch.allclose(found.sum() * math.log(2), (len(IDS) - 1) * mean, rtol=1e-4)


def test_entropy_is_that_of_the_whole_vocabulary(tiny_model: GPT2, logits: torch.Tensor) -> None:
    p = logits[:-1].double().softmax(dim=-1)
    expected = -(p * p.log2()).sum(dim=-1).float()
    found = predicted(tiny_model).entropy
    assert torch.allclose(found, expected, rtol=1e-4)
    assert found.max() <= math.log2(tiny_model.config.n_vocab)


def test_rank_counts_what_was_found_more_likely(tiny_model: GPT2, logits: torch.Tensor) -> None:
    order = logits[:-1].argsort(dim=-1, descending=True).tolist()
    expected = [1 + row.index(token) for row, token in zip(order, IDS[1:], strict=True)]
    assert predicted(tiny_model).rank.tolist() == expected


def test_a_text_of_one_token_predicts_nothing(tiny_model: GPT2) -> None:
    found = predicted(tiny_model, [7])
    assert [len(column) for column in (found.surprisal, found.entropy, found.rank)] == [0, 0, 0]
    assert found.rank.dtype == torch.int64


@pytest.mark.parametrize("chunk", [1, 7, 48, 49])
def test_chunks_equal_the_whole(tiny_model: GPT2, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    whole = predicted(tiny_model)
    monkeypatch.setattr(module, "_CHUNK", chunk)
    parts = predicted(tiny_model)
    assert torch.allclose(parts.surprisal, whole.surprisal, rtol=1e-5)
    assert torch.allclose(parts.entropy, whole.entropy, rtol=1e-5)
    assert torch.equal(parts.rank, whole.rank)
