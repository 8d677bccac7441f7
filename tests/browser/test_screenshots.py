"""Pictures of the app with the bundled model; GPT2DASH_SCREENSHOTS=docs keeps those that the README shows."""

import os
from pathlib import Path

import pytest

from browser.app_page import AppPage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(os.environ.get("GPT2DASH_SCREENSHOTS", tmp_path))


def picture(app: AppPage, file: Path) -> None:
    """The window as it stands, once everything is drawn."""
    app.page.mouse.move(5, 5)
    app.page.wait_for_timeout(1_500)
    app.page.screenshot(path=file)
    assert file.stat().st_size > 20_000


def test_generation_page(app: AppPage, folder: Path) -> None:
    app.open()
    app.page.locator('#strip-a .token[data-pos="24"]').click()
    picture(app, folder / "generation-light.png")


@pytest.mark.parametrize("theme", ["dark"], indirect=True)
def test_attention_page(app: AppPage, folder: Path) -> None:
    app.open("/attention")
    app.page.locator('#strip-a .token[data-pos="30"]').click()
    picture(app, folder / "attention-dark.png")


def test_two_prompts(app: AppPage, folder: Path) -> None:
    app.open("/attention")
    app.page.locator("#add-b").click()
    app.run("the the the", "b", max_new_tokens=12)
    app.page.locator('#strip-b .token[data-pos="8"]').click()
    picture(app, folder / "compare-light.png")
