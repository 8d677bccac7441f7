"""A forward pass with hooks written out by hand, and everything that follows from what it leaves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from gpt2dash.model.gpt2 import GPT2, Block
from gpt2dash.model.sites import Site, Tap

Hook = Callable[[Tensor], Tensor]
Hooks = Mapping[tuple[Site, int], Hook]


@dataclass(frozen=True)
class Hooked:
    """What one hooked pass computed: [head] query ... without the batch axis, a tensor for each layer."""

    model: GPT2
    seen: dict[Site, list[Tensor]]
    logits: Tensor

    def pattern(self) -> Tensor:
        return torch.stack(self.seen[Site.PATTERN])

    def carried(self) -> Tensor:
        """Patterns, where z is what they and the values make it; elsewhere nothing is carried."""
        z = torch.stack(self.seen[Site.Z])
        gathered = self.pattern() @ torch.stack(self.seen[Site.V])
        return self.pattern() * torch.isclose(z, gathered, rtol=1e-3, atol=1e-5).all(dim=-1)[..., None]

    def writes(self, site: Site) -> Tensor:
        """Lengths of z W_O, or of v W_O, of every layer and head."""
        config = self.model.config
        layers = []
        for block, vectors in zip(self.model.h, self.seen[site], strict=True):
            w_o = cast(Block, block).attn.c_proj.weight.view(config.n_head, config.d_head, -1)
            layers.append((vectors @ w_o).norm(dim=-1))
        return torch.stack(layers)


def hooked(model: GPT2, ids: Sequence[int], hooks: Hooks) -> Hooked:
    """Run the model, each hook's answer taking the place of what its site had."""
    seen: dict[Site, list[Tensor]] = {site: [] for site in Site}

    def function(site: Site, layer: int, activation: Tensor) -> Tensor:
        if (site, layer) in hooks:
            activation = hooks[site, layer](activation.clone())
        seen[site].append(activation[0])
        return activation

    with torch.inference_mode():
        logits = model(torch.tensor([ids]), Tap(frozenset(Site), function))[0]
    return Hooked(model, seen, logits)


def no_head(head: int) -> Hook:
    def hook(x: Tensor) -> Tensor:
        x[:, head] = 0
        return x

    return hook


def mean_head(head: int) -> Hook:
    def hook(x: Tensor) -> Tensor:
        x[:, head] = x[:, head].mean(dim=1, keepdim=True)
        return x

    return hook


def no_head_at(head: int, pos: int) -> Hook:
    def hook(x: Tensor) -> Tensor:
        x[:, head, pos] = 0
        return x

    return hook


def no_neuron(neuron: int) -> Hook:
    def hook(x: Tensor) -> Tensor:
        x[:, :, neuron] = 0
        return x

    return hook


def mean_neuron_at(neuron: int, pos: int) -> Hook:
    def hook(x: Tensor) -> Tensor:
        x[:, pos, neuron] = x[:, :, neuron].mean(dim=1)
        return x

    return hook
