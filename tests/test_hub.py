import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from huggingface_hub import constants

from gpt2dash.errors import UnknownModel
from gpt2dash.model import hub

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "owner/both": ["config.json", "vocab.json", "model.safetensors", "pytorch_model.bin", "onnx/model.onnx"],
    "owner/bin": ["config.json", "merges.txt", "pytorch_model.bin", "README.md"],
}


class Hub(BaseHTTPRequestHandler):
    """As much of the hub's interface as a download uses."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if match := re.fullmatch(r"/api/models/(\w+/\w+)/(revision|tree)/\w+", path):
            self._answer(match[1], tree=match[2] == "tree")
        elif match := re.fullmatch(rf"/(\w+/\w+)/resolve/{COMMIT}/(.+)", path):
            self._send(200, match[2].encode())
        else:
            self._send(404, b"")

    do_HEAD = do_GET  # noqa: N815 - http.server's name for it

    def _answer(self, name: str, tree: bool) -> None:
        files = [
            {"type": "file", "path": file, "rfilename": file, "size": len(file), "oid": file}
            for file in FILES.get(name, [])
        ]
        about = {"id": name, "sha": COMMIT, "siblings": files}
        self._send(200 if files else 404, json.dumps(files if tree else about).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{len(body)}-{hash(body)}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if status == 404:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)
    return tmp_path / "cache"


@pytest.fixture
def address() -> Iterator[str]:
    """Of a hub on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as http:
        thread = threading.Thread(target=http.serve_forever, args=[0.02])
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def keep_in_cache(cache: Path, owner_and_name: str) -> Path:
    repository = cache / f"models--{owner_and_name.replace('/', '--')}"
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").touch()
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    return snapshot


def test_the_bundled_model_lies_in_the_package() -> None:
    assert hub.resolve("bundled") == Path(hub.__file__).parents[1] / "bundled"


def test_a_folder_is_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in (str(tmp_path / "mine"), "mine", "./mine", "~/mine"):
        assert hub.resolve(name).samefile(tmp_path / "mine")


@pytest.mark.parametrize(
    "name", ["./gpt2", "../gpt2", "/gpt2", "~/gpt2", "~nobody-here/gpt2", "a/b/c", "a\\b"]
)
def test_a_path_without_a_folder_is_unknown(name: str) -> None:
    with pytest.raises(UnknownModel, match="There is no folder"):
        hub.resolve(name)


@pytest.mark.parametrize(
    ("name", "cached_as"),
    [
        ("owner/tune", "owner/tune"),
        ("gpt2", "gpt2"),
        ("gpt2", "openai-community/gpt2"),
        ("distilgpt2", "distilbert/distilgpt2"),
    ],
)
def test_a_hub_id_is_found_in_the_cache(cache: Path, name: str, cached_as: str) -> None:
    snapshot = keep_in_cache(cache, cached_as)
    assert hub.resolve(name) == snapshot


def test_a_hub_id_that_is_not_in_the_cache_is_unknown_and_says_what_to_do(cache: Path) -> None:
    keep_in_cache(cache, "owner/other")
    with pytest.raises(UnknownModel) as refusal:
        hub.resolve("gpt2")
    assert str(refusal.value) == (
        f"There is no model 'gpt2' on this machine: it is not in the Hugging Face cache ({cache}). "
        "Run `gpt2dash fetch gpt2` where there is internet, or give a folder that holds the checkpoint."
    )


@pytest.mark.parametrize("ask", [hub.resolve, hub.fetch])
@pytest.mark.parametrize("name", ["", "a b", "gpt2--x", "\0", "name?", "x" * 200])
def test_what_cannot_be_an_id_is_refused(name: str, ask: Callable[[str], Path]) -> None:
    with pytest.raises(UnknownModel, match="neither a folder nor a valid model id"):
        ask(name)


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("owner/both", {"config.json", "vocab.json", "model.safetensors"}),
        ("owner/bin", {"config.json", "merges.txt", "pytorch_model.bin"}),
    ],
)
def test_only_the_files_that_are_needed_are_downloaded(address: str, name: str, files: set[str]) -> None:
    folder = hub.fetch(name, address)
    assert {path.name for path in folder.iterdir()} == files
    assert hub.resolve(name) == folder


def test_a_model_the_hub_does_not_have_is_unknown(address: str) -> None:
    with pytest.raises(UnknownModel, match="has no model 'owner/none'"):
        hub.fetch("owner/none", address)


def test_without_a_connection_a_fetch_fails_in_one_sentence() -> None:
    with pytest.raises(UnknownModel, match=r"'gpt2' was not downloaded: \S+ cannot be reached"):
        hub.fetch("gpt2", "http://127.0.0.1:1")
