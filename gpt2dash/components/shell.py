"""The frame around every page: header, the two sides, sampling, selection sentence, notices, stores."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from gpt2dash.components.attributes import attributes
from gpt2dash.components.examples import EXAMPLES, FIRST_VISIT, TEXTS, in_words, link
from gpt2dash.components.ids import BOTH, SIDES, VIEWS, Shell, Side, SideIds, view_store
from gpt2dash.sampling_settings import SamplingSettings

Choices = Mapping[str, Sequence[str]]

_COLUMNS = ("#", "token", "id", "bytes", "kind")
_NUMBERS = {
    "temperature": (
        "Temperature",
        "0 always takes the most likely token; 1 samples as the model believes; up to 10",
    ),
    "top_k": ("Top-k", "keep only this many of the most likely tokens; 0 keeps all"),
    "top_p": ("Top-p", "keep the most likely tokens that together reach this probability; 1 keeps all"),
    "seed": ("Seed", "the same seed writes the same text"),
    "max_new_tokens": ("New tokens", "how many tokens to write; 0 only reads the prompt"),
}


def shell(model_names: Sequence[str], choices: Choices) -> Component:
    """The whole layout; pages appear in the page container.

    Args:
        model_names: the models on offer.
        choices: of each of the pages' options.
    """
    return html.Div(
        [
            html.A("Skip to the panels", href=f"#{Shell.panels}", className="skip-link"),
            _header(),
            html.Section(
                [
                    *(_side(side, model_names) for side in SIDES),
                    html.Div(
                        [_add_b(), _sampling(), _examples(model_names[0]), _history(), _sentence()],
                        className="frame-foot",
                    ),
                ],
                className="frame",
                **attributes(aria_label="Prompts"),
            ),
            html.Main(dash.page_container, id=Shell.panels, tabIndex="-1"),
            _notice(),
            dcc.Store(id=Shell.boot, data=defaults(model_names[0], choices)),
            dcc.Store(id=Shell.pairs),
            *(dcc.Store(id=view_store(kind, side)) for side in SIDES for kind in VIEWS),
            *(dcc.Store(id=view_store(kind, "both")) for kind in BOTH),
        ]
    )


def defaults(model: str, choices: Choices) -> dict[str, Any]:
    """What the browser starts from, of each option the first choice, and what it is to publish."""
    return {
        "model": model,
        "example": {"model": model, "prompt": FIRST_VISIT},
        "settings": vars(SamplingSettings()),
        "choices": choices,
        "views": VIEWS,
        "both": BOTH,
        "selection": {"side": "a", "pos": None, "role": "query", "layer": 0, "head": 0, "other": None},
    }


def _header() -> Component:
    pages = sorted(dash.page_registry.values(), key=lambda page: page["order"])
    links = [dbc.NavLink(page["name"], href=page["relative_path"], active="exact") for page in pages]
    return html.Header(
        [
            dcc.Link("gpt2dash", href="/", className="brand"),
            html.Nav(dbc.Nav(links, pills=True), **attributes(aria_label="Pages")),
            html.Span(id=Shell.model_label, className="model-label", title="The model that read prompt A"),
            html.Button(
                "Theme", id=Shell.theme, className="btn btn-sm btn-outline-secondary", title="Light or dark"
            ),
        ],
        className="app-header",
    )


def _side(side: Side, model_names: Sequence[str]) -> Component:
    ids = SideIds(side)
    return html.Div(
        [
            html.Div(
                [
                    html.Label(
                        side.upper(),
                        htmlFor=ids.prompt,
                        className="side-badge",
                        title=f"Prompt {side.upper()}",
                    ),
                    dbc.Textarea(
                        id=ids.prompt,
                        className="prompt",
                        rows=1,
                        spellCheck="false",
                        placeholder="Type a prompt, then press Run (Ctrl+Enter)",
                    ),
                    html.Div(
                        [_model_picker(ids, side, model_names), _texts(ids, side)],
                        className="side-pickers",
                    ),
                    html.Div(_buttons(ids, side), className="side-buttons"),
                ],
                className="side-row",
            ),
            html.Div(
                [
                    html.Progress(id=ids.progress, max="1", hidden=True, **attributes(aria_label="Progress")),
                    html.Span(id=ids.status, className="status", role="status"),
                    _token_table(ids),
                ],
                className="status-row",
            ),
            html.Div(
                id=ids.strip,
                className="strip",
                role="toolbar",
                **attributes(aria_label=f"Tokens of prompt {side.upper()}"),
            ),
        ],
        id=ids.box,
        className="side",
        hidden=side == "b",
    )


def _model_picker(ids: SideIds, side: Side, model_names: Sequence[str]) -> Component:
    options = [{"label": model_title(name), "value": name} for name in model_names]
    return _named(
        f"Model of prompt {side.upper()}",
        dbc.Select(id=ids.model, options=options, value=model_names[0], size="sm"),
    )


def model_title(name: str) -> str:
    """What a model is called on the page: its name without owner or folders."""
    return name.rstrip("/").rpartition("/")[2]


def _texts(ids: SideIds, side: Side) -> Component:
    options = [{"label": name, "value": text} for name, text in TEXTS.items()]
    return _named(
        f"Example for prompt {side.upper()}",
        dbc.Select(id=ids.examples, options=options, placeholder="Texts…", size="sm"),
    )


def _named(name: str, control: Component) -> Component:
    """A control with a name for screen readers only."""
    return html.Label([html.Span(name, className="visually-hidden"), control])


def _buttons(ids: SideIds, side: Side) -> list[Component]:
    buttons: list[Component] = [
        html.Button("Run", id=ids.run, className="btn btn-primary btn-sm", **attributes(data_run=side)),
        html.Button(
            "Stop", id=ids.stop, className="btn btn-danger btn-sm", hidden=True, **attributes(data_stop=side)
        ),
        html.Button(
            "Clear", id=ids.clear, className="btn btn-outline-secondary btn-sm", **attributes(data_clear=side)
        ),
    ]
    if side == "b":
        buttons.append(
            html.Button(
                "Swap",
                id=Shell.swap,
                className="btn btn-outline-secondary btn-sm",
                title="Swap A and B",
                **attributes(aria_label="Swap A and B"),
            )
        )
        buttons.append(
            html.Button(
                "Remove",
                id=Shell.remove_b,
                className="btn btn-outline-secondary btn-sm",
                title="Remove prompt B",
                **attributes(aria_label="Remove prompt B"),
            )
        )
    return buttons


def _token_table(ids: SideIds) -> Component:
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in _COLUMNS]))
    return html.Details(
        [
            html.Summary("Token table"),
            html.Div(
                html.Table([head, html.Tbody()], id=ids.token_table, className="token-table"),
                className="token-table-box",
                tabIndex="0",
            ),
        ],
        className="token-details",
    )


def _add_b() -> Component:
    return html.Button("+ add a second prompt to compare", id=Shell.add_b, className="btn btn-sm btn-link")


def _sampling() -> Component:
    start = vars(SamplingSettings())
    inputs = [
        html.Label(
            [
                label,
                dbc.Input(id=Shell.sampling(name), value=str(start[name]), size="sm", inputMode="decimal"),
            ],
            title=meaning,
        )
        for name, (label, meaning) in _NUMBERS.items()
    ]
    stop = dbc.Checkbox(
        id=Shell.sampling("stop_at_eot"), value=start["stop_at_eot"], label="stop at end of text"
    )
    return html.Details(
        [
            html.Summary("Sampling", id=Shell.sampling_summary),
            html.Div([*inputs, stop], className="sampling"),
        ],
        className="sampling-box",
    )


def _examples(model: str) -> Component:
    """Links to places where something is to be seen."""
    items = [
        html.Li([html.A(example.name, href=link(example, model)), f": {in_words(example, model)}"])
        for example in EXAMPLES
    ]
    return html.Details(
        [html.Summary("Examples"), html.Ul(items, className="examples")], className="examples-box"
    )


def _history() -> Component:
    """What was run in this browser; the browser fills the list."""
    return html.Details(
        [
            html.Summary("History"),
            html.Div(
                [
                    html.P("Nothing has been run in this browser yet.", id=Shell.history_empty),
                    html.Ol(id=Shell.history_list),
                    html.Button(
                        "Forget all", id=Shell.history_forget, className="btn btn-sm btn-outline-secondary"
                    ),
                ],
                className="history",
            ),
        ],
        className="history-box",
    )


def _sentence() -> Component:
    """What is selected, and the way back."""
    steps = {
        Shell.undo: ("↶", "Undo (Ctrl+Z)"),
        Shell.redo: ("↷", "Redo (Ctrl+Shift+Z)"),
        Shell.copy_link: ("Link", "Copy the link"),
    }
    buttons = [
        html.Button(
            sign, id=name, className="btn btn-sm btn-link", title=title, **attributes(aria_label=title)
        )
        for name, (sign, title) in steps.items()
    ]
    return html.Div(
        [html.P(id=Shell.sentence, className="selection-sentence", role="status"), *buttons],
        className="selection",
    )


def _notice() -> Component:
    notice: Component = dbc.Alert(
        id=Shell.notice, is_open=False, dismissable=True, color="danger", className="notice", fade=False
    )
    return notice
