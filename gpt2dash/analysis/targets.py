"""Where known kinds of heads look: for each query, the keys that such a head would choose."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

Targets = Bool[Tensor, "query key"]


def current_token(n_pos: int) -> Targets:
    """Itself."""
    return torch.eye(n_pos, dtype=torch.bool)


def previous_token(n_pos: int) -> Targets:
    """The token before."""
    return torch.ones(n_pos, n_pos, dtype=torch.bool).tril(-1).triu(-1)


def first_token(n_pos: int) -> Targets:
    """The first token, for every query after it: the sink."""
    targets = torch.zeros(n_pos, n_pos, dtype=torch.bool)
    targets[1:, 0] = True
    return targets


def duplicate_token(ids: Int[Tensor, " pos"]) -> Targets:
    """Earlier copies of the query's token."""
    return (ids[:, None] == ids[None, :]).tril(-1)


def after_duplicate(ids: Int[Tensor, " pos"]) -> Targets:
    """The tokens that followed earlier copies of the query's token: what an induction head looks at."""
    targets = torch.zeros(len(ids), len(ids), dtype=torch.bool)
    targets[:, 1:] = duplicate_token(ids)[:, :-1]
    return targets
