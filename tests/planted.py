"""Weights written by hand, whose heads do what their places say."""

import torch
from torch import Tensor

from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2, CausalSelfAttention

_SHARP = 40.0


def induction_circuit(n_ctx: int = 16, n_vocab: int = 64) -> GPT2:
    """Layer 0 head 0 looks one token back and copies what it finds; layer 1 head 0 looks for the copy.

    The stream has a place for each position, each token, and each token before (written by layer 0).
    """
    d_model = n_ctx + 2 * n_vocab
    model = GPT2(GPT2Config(n_vocab=n_vocab, n_ctx=n_ctx, d_model=d_model, n_layer=2, n_head=1, d_mlp=4))
    position = torch.eye(d_model)[:n_ctx]
    token = torch.eye(d_model)[n_ctx : n_ctx + n_vocab]
    token_before = torch.eye(d_model)[n_ctx + n_vocab :]
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.fill_(1.0 if "ln_" in name and name.endswith("weight") else 0.0)
        model.wpe.weight.copy_(position)
        model.wte.weight.copy_(token)
        one_back = position.T @ position.roll(1, dims=0)
        first, second = (block.attn for block in model.h)
        _plant(first, q=one_back, k=position.T @ position, v=token.T @ token_before)
        _plant(second, q=token.T @ token, k=token_before.T @ token, v=torch.zeros(d_model, d_model))
    return model.eval()


def _plant(attn: object, q: Tensor, k: Tensor, v: Tensor) -> None:
    assert isinstance(attn, CausalSelfAttention)
    attn.c_attn.weight.copy_(torch.cat([_SHARP * q, k, v], dim=1))
    attn.c_proj.weight.copy_(torch.eye(len(q)))
