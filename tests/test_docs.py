"""The README against the program: what it names exists, and what exists it names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_readme_with_its_default() -> None:
    from gpt2dash.settings import Settings

    rows = dict(re.findall(r"^\| `(GPT2DASH_\w+)` \| (.*?) \|", README, flags=re.MULTILINE))
    fields = {f"GPT2DASH_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
    assert rows.keys() == fields.keys()
    assert {name: cell.strip("` ") for name, cell in rows.items()} == {
        k: str(v) or "none" for k, v in fields.items()
    }


def test_every_command_stands_in_the_readme_and_no_other() -> None:
    from typer.main import get_command

    from gpt2dash.cli.commands import command_line

    named = set(
        re.findall(
            r"`(?:gpt2dash )?(\w+)`", README[README.index("## Command line") : README.index("In Python:")]
        )
    )
    assert named == set(get_command(command_line).commands)  # type: ignore[attr-defined]


def test_every_page_stands_in_the_readme() -> None:
    paths = [
        re.search(r'path="([^"]+)"', page.read_text(encoding="utf-8")) for page in ROOT.glob("pages/[!_]*.py")
    ]
    assert all(path is not None and f"(`{path[1]}`)" in README for path in paths)


def test_every_make_target_in_the_readme_exists() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(re.findall(r"`?make ([a-z]+)", README)) <= set(targets)


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"])
def test_linked_files_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("http")]
    assert all((ROOT / link).exists() for link in links)


def test_every_module_of_the_architecture_exists() -> None:
    layers = (
        (ROOT / "ARCHITECTURE.md")
        .read_text(encoding="utf-8")
        .split("## Who imports whom")[1]
        .split("`make check`")[0]
    )
    names = set(
        re.findall(
            r"\b[a-z_]+\b", "\n".join(line[:45] for line in layers.splitlines() if line.startswith("    "))
        )
    )
    modules = {
        path.stem
        for path in (ROOT / "gpt2dash").iterdir()
        if path.stem.isidentifier() and path.stem[0] != "_"
    }
    assert modules - {"bundled"} <= names
