"""gpt2dash: why did GPT-2 write this?"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpt2dash.language_model import LanguageModel

__version__ = "0.1.0"

# Threads of torch that wait for each other must sleep, not spin: where other work shares the cores,
# spinning threads keep the ones they wait for from running, and a token takes 50 times as long.
# OpenMP reads this once, when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def load(name: str = "bundled") -> "LanguageModel":
    """Load a model: "bundled", a hub id in the local cache, or a folder. See `language_model.load`."""
    from gpt2dash import language_model  # torch takes seconds to import; --help should not

    return language_model.load(name)
