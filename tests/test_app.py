"""The whole app through Flask's own client: what it sends, and what it promises a browser."""

import json
import re
from pathlib import Path
from typing import Any

import plotly
import pytest
from flask.testing import FlaskClient

ROOT = Path(__file__).parent.parent
PAGES = ("/", "/attention", "/model")


@pytest.fixture(scope="module")
def client(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    from app import create_app
    from gpt2dash.settings import read_settings

    cache = tmp_path_factory.mktemp("cache")
    client: FlaskClient = create_app(
        read_settings(model=str(tiny_folder), cache_dir=cache)
    ).server.test_client()
    client.get("/")
    return client


def ids_in(component: object) -> set[str]:
    """Every id of a serialised layout."""
    if isinstance(component, list):
        return set().union(*map(ids_in, component))
    if not isinstance(component, dict):
        return set()
    props: dict[str, Any] = component.get("props", component)
    own = {props["id"]} if isinstance(props.get("id"), str) else set()
    return own.union(*map(ids_in, props.values()))


@pytest.mark.parametrize("path", [*PAGES, "/?x=1&x=2", "/attention?side=a"])
def test_pages_answer_whatever_the_query(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert '<html lang="en">' in response.text


@pytest.mark.parametrize("path", PAGES)
def test_each_page_has_a_layout(client: FlaskClient, path: str) -> None:
    changed = {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": path},
            {"id": "_pages_location", "property": "search", "value": ""},
        ],
        "changedPropIds": ["_pages_location.pathname"],
    }
    response = client.post("/_dash-update-component", json=changed)
    assert response.status_code == 200
    assert "panels" in response.text


def test_scripts_come_from_here_only(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    scripts = re.search(r"script-src ([^;]*)", policy)
    assert scripts is not None
    assert re.fullmatch(r"'self'( 'sha256-[\w+/=]+')*", scripts[1])


def test_every_inline_script_is_allowed_by_its_hash(client: FlaskClient) -> None:
    import base64
    import hashlib

    page = client.get("/")
    inline = re.findall(r"<script>(.*?)</script>", page.text, flags=re.DOTALL)
    policy = page.headers["Content-Security-Policy"]
    hashes = [base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in inline]
    assert inline
    assert all(f"'sha256-{value}'" in policy for value in hashes)


def asset(client: FlaskClient, name: str) -> str:
    """The address of one of our own files, from the page that names it."""
    found = re.search(rf'(?:src|href)="(/assets/\w+/{re.escape(name)})', client.get("/").text)
    assert found is not None
    return found[1]


def status_and_headers(client: FlaskClient, path: str) -> tuple[int, set[str]]:
    with client.get(path) as response:  # a file that is sent stays open until it is closed
        return response.status_code, set(response.headers.keys())


@pytest.mark.parametrize("path", ["/", "/healthz", "style.css", "/api/x"])
def test_security_headers_on_every_answer(client: FlaskClient, path: str) -> None:
    wanted = {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"}
    address = path if path.startswith("/") else asset(client, path)
    assert wanted <= status_and_headers(client, address)[1]


@pytest.mark.parametrize("name", ["style.css", "bridge.js", "main.mjs", "app/figures/bars.mjs"])
def test_a_browser_may_keep_every_file_of_ours(client: FlaskClient, name: str) -> None:
    with client.get(asset(client, name)) as response:
        assert response.cache_control.max_age == 7 * 24 * 3600
        assert response.mimetype in ("text/css", "text/javascript", "application/javascript")


def test_every_module_is_fetched_with_the_page_and_only_the_bridge_is_run(client: FlaskClient) -> None:
    page = client.get("/").text
    preloaded = re.findall(r'<link rel="modulepreload" href="/assets/\w+/([^"]+)">', page)
    assert sorted(preloaded) == sorted(
        path.relative_to(ROOT / "assets").as_posix() for path in (ROOT / "assets").rglob("*.mjs")
    )
    assert re.findall(r'<script src="/assets/\w+/([\w.]+)', page) == ["theme.js", "bridge.js"]


def test_a_figure_s_colours_are_written_once(client: FlaskClient) -> None:
    from gpt2dash.figures import theme

    page, style = client.get("/").text, (ROOT / "assets/style.css").read_text(encoding="utf-8")
    for name, colour in {"first": theme.FIRST, "second": theme.SECOND, "mark": theme.MARK}.items():
        assert f"--{name}: {colour};" in page
        assert colour not in style
        assert f"var(--{name})" in style


def test_the_address_of_a_file_changes_with_any_file(tmp_path: Path) -> None:
    from gpt2dash.web.assets import digest

    (tmp_path / "app").mkdir()
    (tmp_path / "app/a.mjs").write_text("1")
    before = digest(tmp_path)
    assert digest(tmp_path) == before
    (tmp_path / "app/a.mjs").write_text("2")
    changed = digest(tmp_path)
    (tmp_path / "app/a.mjs").rename(tmp_path / "app/b.mjs")
    assert len({before, changed, digest(tmp_path)}) == 3


def test_nothing_is_fetched_from_another_host(client: FlaskClient) -> None:
    sources = re.findall(r'(?:src|href)="([^"]+)"', client.get("/").text)
    assert sources
    assert all(source.startswith("/") for source in sources)


def test_every_linked_file_is_there(client: FlaskClient) -> None:
    sources = re.findall(r'(?:src|href)="(/[^"]+)"', client.get("/").text)
    assert {status_and_headers(client, source)[0] for source in sources} == {200}


def test_wired_ids_exist_in_the_layout(client: FlaskClient) -> None:
    import dash

    wired = set()
    for callback in client.get("/_dash-dependencies").get_json():
        wired |= {part["id"] for part in callback["inputs"] + callback["state"]}
        wired |= {
            name.rsplit(".", 1)[0] for name in callback["output"].strip(".").split("...") if "." in name
        }
    pages = [page["layout"]() for page in dash.page_registry.values()]
    known = ids_in(client.get("/_dash-layout").get_json())
    known |= set().union(
        *(ids_in(json.loads(json.dumps(page, default=lambda c: c.to_plotly_json()))) for page in pages)
    )
    assert {name for name in wired if not name.startswith("_pages")} <= known


def test_dash_calls_what_is_there(client: FlaskClient) -> None:
    asked = [callback["clientside_function"] for callback in client.get("/_dash-dependencies").get_json()]
    ours = [function for function in asked if function and function["namespace"] == "gpt2dash"]
    called = {function["function_name"] for function in ours}
    main = (ROOT / "assets/main.mjs").read_text(encoding="utf-8")
    exported = re.findall(r"^export \{(.*?)\} from", main, re.MULTILINE)
    assert called == {function.strip() for line in exported for function in line.split(",")}


def test_the_vendored_plotly_is_the_installed_one() -> None:
    installed = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    versions = [
        re.search(r"plotly\.js v(\d+\.\d+\.\d+)", path.read_text(encoding="utf-8")[:200])
        for path in (installed, ROOT / "assets/vendor/plotly.min.js")
    ]
    assert versions[0] is not None
    assert versions[1] is not None
    assert versions[0][1] == versions[1][1]


def test_the_vendored_plotly_draws_every_kind_of_trace_in_use() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("gpt2dash/figures/*.py"))
    entry = (ROOT / "docs/plotly/entry.cjs").read_text(encoding="utf-8")
    used = {name.lower() for pair in re.findall(r"\bgo\.(\w+)\(|\.add_(\w+)\(", code) for name in pair}
    kinds = {"scatter", *re.findall(r"(?:lib|traces)/(\w+)", entry)}
    assert used & kinds
    assert used - {"", "figure", "vline", "shape"} <= kinds


def test_graphs_are_made_in_one_place_and_share_nothing() -> None:
    from gpt2dash.components.panel import graph

    sources = [*ROOT.glob("gpt2dash/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]
    with_graphs = [path.name for path in sources if "dcc.Graph(" in path.read_text(encoding="utf-8")]
    config = str(graph("x", "1rem", "y", "z"))
    assert with_graphs == ["panel.py"]
    assert "'showSendToCloud': False" in config
    assert "'displaylogo': False" in config
