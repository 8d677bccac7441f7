"""A tiny GPT-2 with its own tokenizer, written once per session and read through the real doors."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from gpt2dash.model.gpt2 import GPT2
    from gpt2dash.model.tokens import Tokenizer

settings.register_profile("gpt2dash", deadline=None, database=None)
settings.load_profile("gpt2dash")

TEXT = """The cat sat on the mat. The cat ate the fish, and the dog didn't.
When Mary and John went to the store, John gave a drink to Mary.
def f(x):\n\treturn x + 1\n
سلام عليكم، كيف حالك؟ 你好。世界 Привет, мир. 🙂🙃👩‍👩‍👧 naïve café — “quoted”
"""


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder: 2 layers of 4 heads, 360 tokens, 64 positions, seeded random weights."""
    import torch

    from gpt2dash.model.checkpoint import save_model
    from gpt2dash.model.config import GPT2Config
    from gpt2dash.model.gpt2 import GPT2
    from gpt2dash.training import vocabulary

    folder = tmp_path_factory.mktemp("tiny")
    text = tmp_path_factory.mktemp("text") / "text.txt"
    text.write_text(TEXT, encoding="utf-8")
    tokenizer = vocabulary.learn([text], 360, every=1)
    vocabulary.save(tokenizer, folder, n_ctx=64)
    n_vocab = tokenizer.get_vocab_size()
    config = GPT2Config(
        n_vocab=n_vocab, n_ctx=64, d_model=32, n_layer=2, n_head=4, d_mlp=128, eot_id=n_vocab - 1
    )
    model = GPT2(config)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(1.0 if "ln_" in name and "weight" in name else 0.0, 0.2, generator=generator)
    save_model(model, folder, torch.float32)
    return folder


@pytest.fixture(scope="session")
def tiny_model(tiny_folder: Path) -> "GPT2":
    from gpt2dash.model.checkpoint import load_model

    return load_model(tiny_folder)


@pytest.fixture(scope="session")
def tiny_tokenizer(tiny_folder: Path) -> "Tokenizer":
    from gpt2dash.model.tokens import load_tokenizer

    return load_tokenizer(tiny_folder)
