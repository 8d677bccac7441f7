"""What a pattern is like, as one number a head: how much goes where a known kind of head looks."""

from jaxtyping import Float
from torch import Tensor


def previous_token_score(pattern: Float[Tensor, "*head query key"]) -> Float[Tensor, "*head"]:
    """Mean attention to the token before, over all queries that have one (at least 2 tokens).

    TransformerLens, `head_detector`: the mean of the first subdiagonal.
    """
    return pattern.diagonal(offset=-1, dim1=-2, dim2=-1).mean(dim=-1)


def induction_score(pattern: Float[Tensor, "*head query key"], period: int) -> Float[Tensor, "*head"]:
    """Mean attention to the token after the last copy of the query's token, in a text of that period.

    Olsson et al. 2022, "In-context Learning and Induction Heads": over the queries from the second
    copy on, the weight of the key `period` - 1 places back.

    Args:
        pattern: of a passage of `period` tokens said at least twice.
        period: at least 2, or the token after would be the query itself.
    """
    return pattern.diagonal(offset=1 - period, dim1=-2, dim2=-1)[..., 1:].mean(dim=-1)
