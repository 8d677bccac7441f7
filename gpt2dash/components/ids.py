"""Every component id, one class per page, and what panels need to know. Ids of one side end in its letter."""

from typing import Literal

from gpt2dash.options import of_kind

Side = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")

_FIELDS: dict[str, tuple[str, ...]] = {
    "token": ("pos", "other", "layer", "head"),
    "reach": ("pos",),
    "candidates": ("pos", "settings"),
    "pattern": ("layer", "head", "zoom"),
    "head": ("layer", "head"),
    "layer": ("layer",),
    "text": (),
}

VIEWS = {kind: (*fields, *of_kind(kind)) for kind, fields in _FIELDS.items()}
"""Kinds of panels, and what of a side's view each needs beside the key of its run.

The browser publishes each kind by itself, when a field of it has changed. A field belongs to the
selection, to the side (`zoom`, `settings`), or is an option. What is dearest to wait for comes first.
"""

BOTH = ("head", "text")
"""Kinds that panels of A and B together need: both sides' views and the pinned pairs, or nothing."""

TOGETHER = {"token": "token-in-head", "reach": "token-in-all-heads"}
"""Kinds of panels of which the browser draws several from one answer, and the store that it finds it in."""


def view_store(kind: str, side: Side | Literal["both"]) -> str:
    """Where the browser publishes what one kind of panel needs."""
    assert kind in (BOTH if side == "both" else VIEWS)
    return f"{kind}-{side}"


def together_store(kind: str, side: Side) -> str:
    """Where the server puts what the browser draws several panels from."""
    return f"{TOGETHER[kind]}-{side}"


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


def option(name: str) -> str:
    """The picker of one option."""
    return f"option-{name}"


class Attention:
    """What chooses the head on the attention page."""

    layer = "attention-layer"
    head = "attention-head"


class Models:
    """The model page."""

    cards = "model-cards"


KNOWN: dict[str, dict[str, str]] = {
    "heads": {"grid": "head-grid", "top": "head-top", "footer": "head-footer", "data": "attention-heads"},
    "row": {"reading": "attention-reading", "bars": "text-bars"},
    "score": {"reading": "score-reading", "box": "score"},
    "numbers": {"text": "head-numbers"},
    "layer": {"figure": "layer-figure"},
    "pattern": {"panel": "attention-panel", "figure": "attention-heatmap", "footer": "attention-footer"},
    "lines": {"box": "head-lines", "footer": "lines-footer"},
    "across": {"reading": "across-reading", "bars": "across-bars"},
    "moved": {"grid": "moved-grid", "footer": "moved-footer"},
    "difference": {"figure": "difference-heatmap", "footer": "difference-footer"},
    "distances": {
        "grid": "difference-grid",
        "top": "difference-top",
        "footer": "difference-scale",
        "data": "difference-values",
    },
    "curve": {"figure": "generation-curve"},
    "candidates": {
        "panel": "generation-panel",
        "text": "generation-candidates",
        "settings": "generation-settings",
    },
}
"""Parts of panels that the browser's scripts know by name. Those of any other panel need no row here."""


class PanelIds:
    """The parts of one panel; without a side, of the panel of both."""

    def __init__(self, panel: str, side: Side | None) -> None:
        self.panel = panel
        self.side = side

    def __call__(self, part: str) -> str:
        """The id of a part."""
        stem = KNOWN.get(self.panel, {}).get(part, f"{self.panel}-{part}")
        return stem if self.side is None else f"{stem}-{self.side}"
