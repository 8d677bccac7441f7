"""Random tokens said twice: what a model's heads do there, and what it gains from the first time."""

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name for it
from jaxtyping import Float
from torch import Tensor

from gpt2dash.analysis.passport import Passport, random_texts
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.training.behaviours import Figure


@torch.inference_mode()
def losses_of_copies(model: GPT2) -> tuple[float, float]:
    """Nats per token in the first copy and in the second, over the passport's texts.

    Both leave out the first token of a copy: nothing foretells where the second begins.
    """
    texts = torch.tensor(random_texts(model))
    twice = torch.cat([texts, texts], dim=1)
    losses = F.cross_entropy(model(twice[:, :-1]).flatten(0, 1), twice[:, 1:].flatten(), reduction="none")
    by_pos = losses.view(len(texts), -1).mean(dim=0)
    n = texts.shape[1]
    return float(by_pos[: n - 1].mean()), float(by_pos[n:].mean())


def figures_of_copying(model: GPT2, found: Passport) -> list[Figure]:
    """The best heads of a passport beside what they would be by chance, and the loss on the second copy."""
    first, second = losses_of_copies(model)
    best, n = "attention of the best head", found.n_text
    return [
        Figure("previous token", best, *_best(found.previous_token, found.previous_token_null), n),
        Figure("induction", best, *_best(found.induction, found.induction_null), n),
        Figure(
            "induction", "loss of the second copy, nats; chance: of the first", second, first, found.n_text
        ),
    ]


def _best(score: Float[Tensor, "layer head"], null: Float[Tensor, "layer head"]) -> tuple[float, float]:
    place = score.argmax()
    return float(score.flatten()[place]), float(null.flatten()[place])
