"""The names of GPT-2's activations, and the one way to watch or change them: a `Tap`.

Axis glossary, used in every signature of the package:

    batch   texts in one forward pass          layer   blocks, 0 nearest the input
    pos     token positions of one text        head    attention heads of one layer
    query   positions that attend              key     positions attended to
    d_model width of the residual stream       d_head  width of one head
    d_mlp   neurons of one MLP                 vocab   token ids

The names are TransformerLens's, so that a reader from the field is at home.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from torch import Tensor


class Site(StrEnum):
    """One kind of activation. Its shape stands beside its name."""

    RESID_PRE = "resid_pre"  # batch pos d_model: the residual stream that enters a block
    Q = "q"  # batch head query d_head
    K = "k"  # batch head key d_head
    V = "v"  # batch head key d_head
    ATTN_SCORES = "attn_scores"  # batch head query key: scaled, masked with -inf
    PATTERN = "pattern"  # batch head query key: softmax of the scores
    Z = "z"  # batch head query d_head: pattern-weighted values
    ATTN_OUT = "attn_out"  # batch pos d_model: what attention adds to the stream
    RESID_MID = "resid_mid"  # batch pos d_model: after attention, before the MLP
    PRE = "pre"  # batch pos d_mlp: before the activation function
    POST = "post"  # batch pos d_mlp: after it
    MLP_OUT = "mlp_out"  # batch pos d_model: what the MLP adds to the stream
    RESID_POST = "resid_post"  # batch pos d_model: the stream that leaves a block

    __hash__ = str.__hash__  # Enum's own is a Python call, and every tap asks for it


INSIDE_ATTENTION = frozenset({Site.ATTN_SCORES, Site.PATTERN})
"""Sites that exist only when attention is computed step by step, not by the fused kernel."""


@dataclass(frozen=True)
class Tap:
    """A function shown the activations of `sites`; what it returns takes their place.

    Recording returns the tensor unchanged, ablation and patching return another, and
    cancelling raises. The tap is an argument of the forward pass, so two passes through one
    model in two threads never see each other's.
    """

    sites: frozenset[Site]
    function: Callable[[Site, int, Tensor], Tensor]

    def __call__(self, site: Site, layer: int, activation: Tensor) -> Tensor:
        """Show one activation of `layer`, if this tap watches the site."""
        return self.function(site, layer, activation) if site in self.sites else activation

    def then(self, other: "Tap") -> "Tap":
        """Both at once: the other is shown what this one leaves."""
        return Tap(
            self.sites | other.sites,
            lambda site, layer, activation: other(site, layer, self(site, layer, activation)),
        )


NO_TAP = Tap(frozenset(), lambda _site, _layer, activation: activation)
