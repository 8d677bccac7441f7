"""The scripts of the page: that they can be read by a browser and by people, and their own tests."""

import re
import subprocess
from fnmatch import fnmatch
from itertools import product
from pathlib import Path

import playwright
import pytest

from gpt2dash.components import ids
from gpt2dash.options import OPTIONS
from gpt2dash.sampling_settings import SamplingSettings

ROOT = Path(__file__).parent.parent
ASSETS = ROOT / "assets"
NODE = Path(playwright.__file__).parent / "driver" / "node"

MODULES = sorted(ASSETS.rglob("*.mjs"))
SCRIPTS = [*sorted(ASSETS.glob("*.js")), *MODULES]
TESTS = sorted((ROOT / "tests/js").glob("*.mjs"))
STYLE = sorted(ASSETS.glob("*.css"))

every_script = pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
every_file = pytest.mark.parametrize("path", [*SCRIPTS, *TESTS, *STYLE], ids=lambda path: path.name)

ARROWS = (
    "csv dash dom drawn link pairs ranks steps stream theme",
    "notice recent sampling strip view",
    "address figures/bars figures/grid figures/lines figures/score frame mark pickers publish",
    "draw heads picture run",
    "save start",
    "main",
)
"""Modules, those first that know the fewest others; each may import from lines before its own."""


def node(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The node that playwright brings."""
    return subprocess.run([NODE, *arguments], cwd=ROOT, text=True, capture_output=True, timeout=120)


@every_script
def test_scripts_can_be_parsed(path: Path) -> None:
    found = node("--check", path)
    assert found.returncode == 0, found.stderr


def test_the_scripts_own_tests_pass() -> None:
    suites = [path for path in TESTS if path.name.endswith(".test.mjs")]
    found = node("--test", "--test-reporter=tap", *suites)
    assert found.returncode == 0, found.stdout
    assert re.search(r"^# pass \d\d+$", found.stdout, re.MULTILINE)


@every_file
def test_lines_files_and_functions_stay_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 110] == []
    assert len(lines) <= 300
    assert [lines[start] for start, n in functions(lines) if n > 50] == []


def functions(lines: list[str]) -> list[tuple[int, int]]:
    """Where each function of several lines begins, and how many it has between its first and its last.

    All scripts are laid out alike: a function ends at the first line that begins with a brace as far
    to the left as its first line.
    """
    found = []
    for start, line in enumerate(lines):
        if re.search(r"(\bfunction\b.*|=>|^  \w+\(.*\)) \{$", line):
            left = len(line) - len(line.lstrip())
            end = next(at for at in range(start + 1, len(lines)) if re.match(rf" {{{left}}}\}}", lines[at]))
            found.append((start, end - start - 1))
    return found


def test_functions_are_found() -> None:
    code = "function one() {\n  x();\n  y((z) => {\n    z();\n  });\n}\n\nconst two = (a) => {\n  b();\n};"
    assert functions(code.splitlines()) == [(0, 4), (2, 1), (7, 1)]


@every_script
def test_scripts_are_checked_for_types(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("// @ts-check\n// ")


def name(path: Path) -> str:
    return path.relative_to(ASSETS).as_posix().removeprefix("app/").removesuffix(".mjs")


def imports(path: Path) -> set[str]:
    found = re.findall(
        r'^(?:import|export) [^"]*? from "([^"]+)";$', path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    return {name((path.parent / target).resolve()) for target in found}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_imports_point_one_way(path: Path) -> None:
    places = {module: place for place, line in enumerate(ARROWS) for module in line.split()}
    assert imports(path) <= places.keys()
    assert [target for target in imports(path) if places[target] >= places[name(path)]] == []


def test_every_module_has_its_place_and_is_in_use() -> None:
    assert sorted(map(name, MODULES)) == sorted(" ".join(ARROWS).split())
    assert {name(path) for path in MODULES} - set().union(*map(imports, MODULES)) == {"main"}


@every_script
def test_nothing_is_global_but_what_dash_looks_for(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    made = set(re.findall(r"\b(?:window|page|globalThis)\.(\w+) = ", code))
    assert made == ({"dash_clientside", "Plotly"} if path.name == "bridge.js" else set())
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code
    )


# --- ids ---

OF_BOTH = ("difference", "distances")
"""Panels that stand once for both sides."""


def known_ids() -> set[str]:
    """Every id that ids.py gives, for both sides and for each setting, option and kind of panel."""
    groups = [value for value in vars(ids).values() if isinstance(value, type) and value is not ids.PanelIds]
    parts = [vars(group) for group in groups]
    parts += [vars(group(side)) for group, side in product(groups, ids.SIDES) if "__init__" in vars(group)]
    found = {
        value for part in parts for key, value in part.items() if key[0] != "_" and isinstance(value, str)
    }
    found |= {ids.Shell.sampling(setting) for setting in vars(SamplingSettings())}
    found |= {ids.option(option) for option in OPTIONS}
    found |= {
        ids.PanelIds(panel, side)(part)
        for panel, parts in ids.KNOWN.items()
        for part, side in product(parts, (None,) if panel in OF_BOTH else ids.SIDES)
    }
    return found | {ids.view_store(kind, side) for kind, side in product(ids.VIEWS, ids.SIDES)}


def named_ids(code: str) -> set[str]:
    """What a script looks for, with `*` where it puts a side or a name in."""
    called = re.findall(r"""\b(?:byId|find|tell|setProps|getElementById)\(\s*["`]([^"`]+)["`]""", code)
    called += re.findall(r"""["`]([^"`]+)["`]\]\.map\(\(id\) => byId\(id\)\)""", code)
    called += re.findall(r"""["`]#([\w-]+)""", code)
    called += re.findall(r"target\.id === `([^`]+)`", code)
    return {re.sub(r"\$\{\w+(\.\w+)?\}", "*", found) for found in called}


@every_script
def test_every_id_in_a_script_stands_in_ids(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert [found for found in named_ids(code) if not any(fnmatch(i, found) for i in known_ids())] == []
    if path.name not in ("dom.mjs", "bridge.js"):
        assert "getElementById" not in code
        assert 'querySelector("#' not in code


def test_ids_are_found() -> None:
    code = 'byId("a", Kind); find(`b-${side}`); tell(`c-${data.side}`, x); "#d": swap, setProps("e", {})'
    assert named_ids(code) == {"a", "b-*", "c-*", "d", "e"}


def test_views_name_fields_that_the_browser_has() -> None:
    needed = {name for name, option in OPTIONS.items() if option.kinds}
    fields = {field for kind in ids.VIEWS.values() for field in kind}
    assert fields == {"pos", "other", "role", "layer", "head", "zoom", "settings", *needed}
