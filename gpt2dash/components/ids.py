"""Every component id, one class per page, and what panels need to know. Ids of one side end in its letter."""

from typing import Literal

Side = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")

VIEWS: dict[str, tuple[str, ...]] = {
    "token": ("pos", "other", "role", "layer", "head"),
    "reach": ("pos", "role", "across"),
    "candidates": ("pos", "settings"),
    "pattern": ("layer", "head", "stage", "weight", "first", "zoom"),
    "head": ("layer", "head"),
    "layer": ("layer",),
    "text": (),
}
"""Kinds of panels, and what of a side's view each needs beside the key of its run.

The browser publishes each kind by itself, when a field of it has changed. A field belongs to the
selection, to the side (`zoom`, `settings`), or is an option. What is dearest to wait for comes first.
"""

BOTH = ("head", "text")
"""Kinds that panels of A and B together need: both sides' views and the pinned pairs, or nothing."""


def view_store(kind: str, side: Side | Literal["both"]) -> str:
    """Where the browser publishes what one kind of panel needs."""
    assert kind in (BOTH if side == "both" else VIEWS)
    return f"{kind}-{side}"


class Shell:
    """The frame around every page."""

    boot = "boot"
    notice = "notice"
    sentence = "selection-sentence"
    model_label = "model-label"
    sampling_summary = "sampling-summary"
    theme = "theme-toggle"
    add_b = "add-b"
    remove_b = "remove-b"
    page = "_pages_content"
    panels = "panels"
    pairs = "pairs"
    swap = "swap"
    undo = "undo"
    redo = "redo"
    copy_link = "copy-link"
    history_list = "history-list"
    history_empty = "history-empty"
    history_forget = "history-forget"
    plotly = "plotly"
    html_to_image = "html-to-image"

    @staticmethod
    def sampling(name: str) -> str:
        """The input of one sampling setting."""
        return f"sampling-{name}"


class SideIds:
    """One side: a prompt, a model and their tokens."""

    def __init__(self, side: Side) -> None:
        self.box = f"side-{side}"
        self.prompt = f"prompt-{side}"
        self.model = f"model-{side}"
        self.run = f"run-{side}"
        self.stop = f"stop-{side}"
        self.clear = f"clear-{side}"
        self.examples = f"examples-{side}"
        self.status = f"status-{side}"
        self.progress = f"progress-{side}"
        self.strip = f"strip-{side}"
        self.token_table = f"token-table-{side}"


class Generation:
    """The generation page."""

    def __init__(self, side: Side) -> None:
        self.panel = f"generation-panel-{side}"
        self.curve = f"generation-curve-{side}"
        self.settings = f"generation-settings-{side}"
        self.candidates = f"generation-candidates-{side}"


def option(name: str) -> str:
    """The picker of one option."""
    return f"option-{name}"


class Attention:
    """The attention page."""

    layer = "attention-layer"
    head = "attention-head"

    def __init__(self, side: Side) -> None:
        self.panel = f"attention-panel-{side}"
        self.heads = f"attention-heads-{side}"
        self.grid = f"head-grid-{side}"
        self.top = f"head-top-{side}"
        self.heads_footer = f"head-footer-{side}"
        self.numbers = f"head-numbers-{side}"
        self.token_in_head = f"token-in-head-{side}"
        self.token_in_all_heads = f"token-in-all-heads-{side}"
        self.score = f"score-{side}"
        self.score_reading = f"score-reading-{side}"
        self.lines_box = f"head-lines-{side}"
        self.lines_footer = f"lines-footer-{side}"
        self.layer_grid = f"layer-figure-{side}"
        self.moved_grid = f"moved-grid-{side}"
        self.moved_footer = f"moved-footer-{side}"
        self.heatmap = f"attention-heatmap-{side}"
        self.footer = f"attention-footer-{side}"
        self.text_bars = f"text-bars-{side}"
        self.reading = f"attention-reading-{side}"
        self.across_bars = f"across-bars-{side}"
        self.across_reading = f"across-reading-{side}"


class Models:
    """The model page."""

    cards = "model-cards"


class Comparison:
    """What stands below the two sides of a page when there are two."""

    heatmap = "difference-heatmap"
    footer = "difference-footer"
    values = "difference-values"
    grid = "difference-grid"
    scale = "difference-scale"
    top = "difference-top"
