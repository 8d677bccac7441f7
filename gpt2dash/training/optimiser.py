"""Which parameters are updated how, and the learning rate over a run.

Matrices inside the blocks take Muon (Jordan et al. 2024), which halves the tokens needed at this
size; embeddings, norms and biases take AdamW (Loshchilov & Hutter 2019). Weight decay falls on
matrices only.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.optim import AdamW, Muon, Optimizer

from gpt2dash.model.gpt2 import GPT2

_WARM_UP = 0.02
_FINAL = 0.0


@dataclass(frozen=True)
class Rates:
    """Peak learning rates of the two optimisers, and weight decay of the matrices."""

    muon: float = 1e-2
    adamw: float = 4e-3
    weight_decay: float = 0.05


def optimisers(model: GPT2, rates: Rates) -> list[Optimizer]:
    """Muon for the blocks' matrices, AdamW for everything else."""
    named = list(model.named_parameters())
    matrices = [p for name, p in named if p.dim() == 2 and name.startswith("h.")]
    embeddings = [p for name, p in named if p.dim() == 2 and not name.startswith("h.")]
    vectors = [p for _, p in named if p.dim() < 2]
    groups = [
        {"params": embeddings, "weight_decay": rates.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return [
        Muon(
            matrices,
            lr=rates.muon,
            momentum=0.95,
            weight_decay=rates.weight_decay,
            adjust_lr_fn="match_rms_adamw",
        ),
        AdamW(groups, lr=rates.adamw, betas=(0.9, 0.95)),
    ]


def rate_factor(progress: float) -> float:
    """Share of the peak rate at `progress` (0 to 1) of the run: linear warm-up, linear decay."""
    if progress < _WARM_UP:
        return max(progress, 1e-3 * _WARM_UP) / _WARM_UP
    return _FINAL + (1 - _FINAL) * max(0.0, 1 - progress) / (1 - _WARM_UP)


def set_rates(optimisers: list[Optimizer], rates: Rates, progress: float) -> None:
    """Set every group's learning rate for this point of the run."""
    for optimiser, peak in zip(optimisers, (rates.muon, rates.adamw), strict=True):
        for group in optimiser.param_groups:
            group["lr"] = peak * rate_factor(progress)


def state_tensors(optimisers: list[Optimizer]) -> dict[str, Tensor]:
    """The optimisers' memory as named tensors, fit for safetensors."""
    return {
        f"{i}.{index}.{name}": torch.as_tensor(value)
        for i, optimiser in enumerate(optimisers)
        for index, state in optimiser.state_dict()["state"].items()
        for name, value in state.items()
    }


def load_state_tensors(optimisers: list[Optimizer], tensors: dict[str, Tensor]) -> None:
    """The reverse of `state_tensors`."""
    for i, optimiser in enumerate(optimisers):
        whole = optimiser.state_dict()
        state: dict[int, dict[str, Tensor]] = {}
        for key, tensor in tensors.items():
            owner, index, name = key.split(".")
            if int(owner) == i:
                state.setdefault(int(index), {})[name] = tensor
        optimiser.load_state_dict({**whole, "state": state})
