"""One server and one browser for the session, one fresh context for each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Browser, Playwright, ViewportSize, expect, sync_playwright

from browser.app_page import AppPage
from browser.server import Server, serving

if TYPE_CHECKING:
    from gpt2dash.language_model import LanguageModel

_CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
]
_PATIENCE_MS = 40_000
_SCREEN = ViewportSize(width=1280, height=720)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def slow_folder(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that needs a good while for a thousand tokens."""
    import torch

    from gpt2dash.model.checkpoint import save_model
    from gpt2dash.model.config import GPT2Config
    from gpt2dash.model.gpt2 import GPT2
    from gpt2dash.model.tokens import load_tokenizer

    folder = tmp_path_factory.mktemp("models") / "slow"
    folder.mkdir()
    for file in tiny_folder.iterdir():
        if file.suffix != ".safetensors":
            (folder / file.name).write_bytes(file.read_bytes())
    n_vocab = load_tokenizer(tiny_folder).n_vocab
    config = GPT2Config(
        n_vocab=n_vocab, n_ctx=1024, d_model=512, n_layer=12, n_head=8, d_mlp=2048, eot_id=n_vocab - 1
    )
    model = GPT2(config)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.02, generator=generator)
    save_model(model, folder, torch.float16)
    return folder


@pytest.fixture(scope="session")
def server(
    tiny_folder: Path, slow_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served"), [tiny_folder, slow_folder]) as running:
        yield running


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(params=["light"])
def theme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    """Light, unless a test asks for both."""
    name: Literal["light", "dark"] = request.param
    return name


@contextmanager
def _opened(chromium: Browser, server: Server, theme: Literal["light", "dark"]) -> Iterator[AppPage]:
    context = chromium.new_context(viewport=_SCREEN, color_scheme=theme, reduced_motion="reduce")
    context.set_default_timeout(_PATIENCE_MS)
    yield AppPage(context.new_page(), server)
    context.close()


@pytest.fixture
def app(chromium: Browser, server: Server, theme: Literal["light", "dark"]) -> Iterator[AppPage]:
    """A tab that nobody has used, nothing loaded in it. What goes wrong in it fails the test."""
    with _opened(chromium, server, theme) as page:
        yield page
        assert page.problems == []


@pytest.fixture(scope="module")
def _kept_tab(chromium: Browser, server: Server) -> Iterator[AppPage]:
    with _opened(chromium, server, "light") as page:
        page.open()
        yield page


@pytest.fixture
def tab(_kept_tab: AppPage) -> Iterator[AppPage]:
    """The tab that all tests of a module use one after another; saves loading the page each time."""
    _kept_tab.start_over()
    yield _kept_tab
    assert _kept_tab.problems == []


@pytest.fixture(scope="session")
def bundled() -> "LanguageModel":
    """The same model as the server's first, through the Python interface."""
    from gpt2dash.language_model import load

    return load("bundled")
