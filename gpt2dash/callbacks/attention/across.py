"""What reaches the selected token through all layers, as bars over the text."""

import torch

from gpt2dash.analysis.across import MOST_FOR_FLOW, ROLLOUTS, mixing
from gpt2dash.analysis.flow import flow
from gpt2dash.callbacks.compact import shortened
from gpt2dash.callbacks.panel import Panel
from gpt2dash.callbacks.side_view import SideView
from gpt2dash.components.forms import bars
from gpt2dash.runtime import current


def _across(view: SideView) -> dict[str, object]:
    pos, by = view.selected, view.options["across"]
    if by == "flow":
        return _flow(view, pos)
    found = current().kept(ROLLOUTS, view.run)
    shares = (found.plain if by == "rollout" else found.weighted)[pos]
    share, key = shares.max(dim=0)
    told = f"Most of {view.named(pos)} after the last layer comes from {view.named(int(key))}"
    return {"weights": shortened(shares), "told": f"{told}: {float(share):.1%}."}


def _flow(view: SideView, pos: int) -> dict[str, object]:
    if pos >= MOST_FOR_FLOW:
        told = f"Flow takes too long beyond {MOST_FOR_FLOW} tokens; choose rollout for {view.named(pos)}."
        return {"weights": [], "told": told}
    plain, _ = mixing(view.trace)
    found = torch.zeros(len(plain[0]))
    found[: pos + 1] = torch.from_numpy(flow(plain, pos))
    if pos == 0:
        return {"weights": shortened(found), "told": "Nothing stands before the first token."}
    most, key = found[:pos].max(dim=0)
    told = (
        f"Of the earlier tokens, {view.named(int(key))} can send most to {view.named(pos)}: a flow of "
        f"{float(most):.4g}, where 1 is all that a token can take."
    )
    return {"weights": shortened(found), "told": told}


ACROSS = Panel(
    name="across",
    title="what reaches the selected token through all layers",
    draws=bars("What reaches the selected token, over the text"),
    needs="reach",
    show=_across,
    how="Rollout multiplies the layers' patterns, heads averaged, each mixed half and half with the "
    "identity for the residual connection: R = (A + I) / 2 times the R before (Abnar & Zuidema 2020). "
    "Weighted rollout counts each weight by the length of what its head writes. Flow takes the same "
    "mixed patterns as pipes and asks how much could pass from each token to this one at most; what "
    "passes on several ways may count for several tokens. None of them knows what the heads or the "
    "MLPs do with what they move.",
    python="from gpt2dash.analysis.across import rollouts\n\nrollouts(trace).plain[{pos}]",
)
