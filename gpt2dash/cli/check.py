"""`gpt2dash check`: does a model compute what the pages say it computes?"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from gpt2dash.cli.output import write_json, write_line
from gpt2dash.language_model import LanguageModel, load
from gpt2dash.model.gpt2 import GPT2, KVCache
from gpt2dash.model.sites import Site, Tap
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace, record

_TEXT = "The cat sat on the mat, and the dog sat by the door. The cat sat"
_LIMIT = 1e-4


@dataclass(frozen=True)
class Finding:
    """One identity and how far from it the model is at worst; NaN is as far as can be."""

    identity: str
    deviation: float

    @property
    def holds(self) -> bool:
        """Within what rounding explains."""
        return self.deviation <= _LIMIT


def check(model: str, *, as_json: bool) -> bool:
    """Load a model, print its size, its fingerprint and each identity. True when all of them hold.

    Raises:
        PublicError: the model cannot be loaded.
    """
    lm = load(model)
    findings = identities(lm)
    if as_json:
        found = [{**asdict(finding), "holds": finding.holds} for finding in findings]
        about = {"model": lm.name, "n_params": lm.model.config.n_params, "fingerprint": lm.fingerprint}
        write_json({**about, "identities": found})
    else:
        write_line(f"{lm.label}, fingerprint {lm.fingerprint}")
        for finding in findings:
            verdict = "ok    " if finding.holds else "FAILED"
            write_line(f"{verdict} {finding.identity}: off by {finding.deviation:.1e} at most")
    return all(finding.holds for finding in findings)


def identities(lm: LanguageModel) -> list[Finding]:
    """What must hold in any GPT-2, looked at on one short text."""
    ids = lm.tokenizer.encode(_TEXT)[: lm.model.config.n_ctx]
    return [
        Finding("attention rows sum to 1", rows_off_one(lm.model, ids)),
        Finding("the residual stream is the sum of its updates", residual_off_sum(lm.model, ids)),
        Finding("reading token by token gives the same logits", cached_off_whole(lm.model, ids)),
    ]


def rows_off_one(model: GPT2, ids: list[int]) -> float:
    """Largest distance of any attention row's sum from 1, over all heads."""
    trace = Trace(model, TensorReader(record(model, ids)))
    heads = [(layer, head) for layer in range(model.config.n_layer) for head in range(model.config.n_head)]
    sums = torch.stack([trace.pattern(layer, head).sum(dim=-1) for layer, head in heads])
    return float((sums - 1).abs().max())


@torch.inference_mode()
def residual_off_sum(model: GPT2, ids: list[int]) -> float:
    """Largest distance of the last residual stream from the first plus all updates, relative to it."""
    seen: list[Tensor] = []

    def keep(_site: Site, _layer: int, activation: Tensor) -> Tensor:
        seen.append(activation)
        return activation

    first = Tap(frozenset({Site.ATTN_OUT, Site.MLP_OUT}), keep)
    last = model.residual(torch.tensor([ids]), first)
    positions = torch.arange(len(ids))
    total = model.wte(torch.tensor([ids])) + model.wpe(positions) + torch.stack(seen).sum(dim=0)
    return _relative(total, last)


@torch.inference_mode()
def cached_off_whole(model: GPT2, ids: list[int]) -> float:
    """Largest distance of the logits read one token at a time from those read at once, relative."""
    cache = KVCache(len(ids))
    one_by_one = [model(torch.tensor([[token]]), cache=cache) for token in ids]
    return _relative(torch.cat(one_by_one, dim=1), model(torch.tensor([ids])))


def _relative(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).abs().max() / expected.abs().max().clamp_min(1.0))
