"""What a head's pattern is like, as one number: its shape, and how much goes where known heads look.

All functions take causal patterns of any number of heads and return one number for each head.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from gpt2dash.analysis.targets import Targets

Pattern = Float[Tensor, "*head query key"]
PerHead = Float[Tensor, "*head"]


def entropy(pattern: Pattern) -> PerHead:
    """Mean over the queries of -sum A log2 A, in bits."""
    nats: Tensor = torch.special.entr(pattern).sum(dim=-1).mean(dim=-1)
    return nats / math.log(2)


def effective_span(pattern: Pattern) -> PerHead:
    """Mean over the queries of exp(entropy in nats): how many keys a row is spread over."""
    spans: Tensor = torch.special.entr(pattern).sum(dim=-1).exp()
    return spans.mean(dim=-1)


def mean_distance(pattern: Pattern) -> PerHead:
    """Mean over the queries of sum A (query - key), in tokens."""
    pos = torch.arange(pattern.shape[-1], dtype=pattern.dtype)
    return (pos - pattern @ pos).mean(dim=-1)


def mass_on(pattern: Pattern, targets: Targets) -> PerHead:
    """Mean attention to the targets, over the queries that have any; NaN where none has.

    With the targets of a previous-token or duplicate-token head this is TransformerLens's
    `head_detector` score before it divides by the pattern's total, there over all queries. On a block
    of different tokens said twice, with the targets after duplicates, it is the mean of the
    diagonal at the block's length less one: Olsson et al. 2022, "In-context Learning and Induction Heads".
    """
    rows = targets.any(dim=-1)
    return (pattern * targets).sum(dim=-1)[..., rows].mean(dim=-1)


def chance_of(targets: Targets) -> float:
    """`mass_on` of a head that gives the same weight to every key it may look at."""
    n_key = torch.arange(1, len(targets) + 1)
    n_target = targets.sum(dim=-1)
    rows = n_target > 0
    return float((n_target / n_key)[rows].mean())


def dealt_deviation(squares: Float[Tensor, "*head query"], targets: Targets) -> PerHead:
    """Standard deviation of `mass_on` if each row's weights were dealt to its keys at random.

    The exact null of "its weights are what they are, but not for where they fall": its mean is
    `chance_of`. Of n weights with variance s^2, the sum of m drawn without putting back has
    variance m s^2 (n - m) / (n - 1); rows are dealt independently.

    Args:
        squares: sum of the squared weights of each row.
        targets: at least one; without any the answer is NaN.
    """
    rows = targets.any(dim=-1)
    n = torch.arange(1, len(targets) + 1)[rows]
    m = targets.sum(dim=-1)[rows]
    variance = squares[..., rows] / n - 1 / n.square()
    dealt = m * variance.clamp_min(0) * (n - m) / (n - 1).clamp_min(1)
    return dealt.sum(dim=-1).sqrt() / rows.sum()
