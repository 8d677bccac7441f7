import json
import logging
import socket
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gpt2dash.language_model import LanguageModel
from gpt2dash.model_store import ModelStore
from gpt2dash.runtime import Runtime
from gpt2dash.settings import Settings
from gpt2dash.web.routes import register_routes

BODY = {"prompt": "The cat sat", "settings": {"max_new_tokens": 5}}


@pytest.fixture(scope="module")
def models(tiny_folder: Path) -> ModelStore:
    return ModelStore([str(tiny_folder)], max_models=1, max_bytes=1)


@pytest.fixture
def server(models: ModelStore, tmp_path: Path) -> Flask:
    server = Flask("test")
    server.config["MAX_CONTENT_LENGTH"] = 100_000
    runtime = Runtime(server, Settings(cache_dir=tmp_path / "cache"))
    runtime.models = models  # loaded once for all tests
    register_routes(server)
    server.add_url_rule("/<path:path>", view_func=lambda **_path: "the page", endpoint="page")
    return server


@pytest.fixture
def runtime(server: Flask) -> Runtime:
    runtime: Runtime = server.extensions["gpt2dash"]
    return runtime


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    return server.test_client()


def lines(response: TestResponse) -> list[dict[str, Any]]:
    return [json.loads(line) for line in response.text.splitlines()]


def refusal(response: TestResponse) -> str:
    """The sentence of a refusal, which is JSON and never a page or a traceback."""
    assert response.content_type == "application/json"
    message: str = response.get_json()["message"]
    assert message.endswith(".")
    assert "Traceback" not in response.text
    return message


def lose_the_disk(runtime: Runtime) -> None:
    folder = runtime.settings.cache_folder
    folder.rename(folder.with_name("elsewhere"))
    folder.touch()


def broken_store(error: Exception) -> ModelStore:
    def fail(_name: str) -> LanguageModel:
        raise error

    return ModelStore(["broken"], max_models=1, max_bytes=1, load=fail)


def test_a_run_is_a_line_for_each_event(client: FlaskClient) -> None:
    response = client.post("/api/run", json=BODY)
    assert response.content_type == "application/x-ndjson"
    assert response.headers["Cache-Control"] == "no-store"
    names = [event["event"] for event in lines(response)]
    assert names == ["start", "progress", *["token"] * 5, "written", "progress", "done"]


def test_lines_are_sent_while_the_work_goes_on(client: FlaskClient, runtime: Runtime) -> None:
    response = client.post("/api/run", json=BODY)
    first = next(response.iter_encoded())
    assert json.loads(first)["event"] == "start"
    assert list(runtime.settings.cache_folder.rglob("*.value")) == []


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"prompt": ""}, 400, "empty"),
        ({"prompt": "e" * 65}, 400, "at most 64"),
        ({"prompt": 7}, 400, "must be texts"),
        ({"prompt": "e", "continuation": [-1]}, 400, "continuation"),
        ({"prompt": "e", "continuation": [99_999]}, 400, "vocabulary"),
        ({"prompt": "e", "settings": {"top_p": 2}}, 400, "Top-p"),
        ({"prompt": "e", "settings": {"top_k": "many"}}, 400, "Top-k"),
        ({"prompt": "e", "model": "../../etc"}, 404, "offers no model"),
        ([], 400, "JSON object"),
        ("text", 400, "JSON object"),
    ],
)
def test_what_cannot_be_done_is_refused(
    client: FlaskClient, body: object, status: int, sentence: str
) -> None:
    response = client.post("/api/run", json=body)
    assert response.status_code == status
    assert sentence in refusal(response)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"prompt": "e"', b"[" * 90_000, b"9" * 5_000])
def test_what_is_no_json_is_refused(client: FlaskClient, data: bytes) -> None:
    response = client.post("/api/run", data=data, content_type="application/json")
    assert response.status_code == 400
    assert "JSON" in refusal(response)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused(client: FlaskClient, content_type: str) -> None:
    response = client.post("/api/run", data=json.dumps(BODY), content_type=content_type)
    assert response.status_code == 400
    assert "application/json" in refusal(response)


def test_a_request_that_is_too_large_is_refused(client: FlaskClient) -> None:
    response = client.post("/api/run", json={"prompt": "e" * 200_000})
    assert response.status_code == 400
    assert "more than 100,000 bytes" in refusal(response)


def test_spaces_alone_are_a_prompt(client: FlaskClient) -> None:
    assert lines(client.post("/api/run", json=BODY | {"prompt": "  "}))[-1]["event"] == "done"


def test_markup_comes_back_as_it_was_typed(client: FlaskClient) -> None:
    prompt = "<b>&\"' \n\t\u2028</script>"
    start = lines(client.post("/api/run", json=BODY | {"prompt": prompt}))[0]
    assert b"".join(bytes.fromhex(token[3]) for token in start["tokens"]) == prompt.encode()


@pytest.fixture
def connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The server's end of a connection and the browser's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_browser_that_leaves_ends_the_run(
    client: FlaskClient, runtime: Runtime, connection: tuple[socket.socket, socket.socket]
) -> None:
    ours, theirs = connection
    response = client.post("/api/run", json=BODY, environ_overrides={"gunicorn.socket": ours})
    stream = response.iter_encoded()
    assert json.loads(next(stream))["event"] == "start"
    theirs.close()
    assert list(stream) == []
    assert list(runtime.settings.cache_folder.rglob("*.value")) == []


def test_a_browser_that_stays_gets_everything(
    client: FlaskClient, connection: tuple[socket.socket, socket.socket]
) -> None:
    ours, theirs = connection
    theirs.send(b"the next request, sent ahead")
    response = client.post("/api/run", json=BODY, environ_overrides={"gunicorn.socket": ours})
    assert lines(response)[-1]["event"] == "done"


def test_closing_the_response_ends_the_run(client: FlaskClient, runtime: Runtime) -> None:
    response = client.post("/api/run", json=BODY)
    next(response.iter_encoded())
    response.close()
    assert list(runtime.settings.cache_folder.rglob("*.value")) == []


def test_a_defect_in_mid_stream_is_logged_and_told_by_a_number(
    client: FlaskClient,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(runtime, "trace", lambda *_args, **_kwargs: 1 // 0)
    *before, last = lines(client.post("/api/run", json=BODY))
    assert before[-1]["event"] == "progress"
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info
    assert last["event"] == "error"
    assert str(record.args[1] if isinstance(record.args, tuple) else "") in last["message"]
    assert "ZeroDivisionError" not in last["message"]


def test_a_defect_before_the_stream_is_a_500_in_json(
    client: FlaskClient, runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    runtime.models = broken_store(ZeroDivisionError("secret"))
    response = client.post("/api/run", json=BODY)
    assert response.status_code == 500
    assert "secret" not in refusal(response)
    assert "secret" in caplog.text


def test_a_lost_disk_leaves_the_run_with_a_warning(client: FlaskClient, runtime: Runtime) -> None:
    lose_the_disk(runtime)
    done = lines(client.post("/api/run", json=BODY))[-1]
    assert done["event"] == "done"
    assert "GPT2DASH_CACHE_DIR" in done["warning"]


def test_a_pattern_comes_whole_as_an_archive(client: FlaskClient, runtime: Runtime) -> None:
    *_, done = lines(client.post("/api/run", json=BODY))
    response = client.get(f"/api/pattern.npz?key={done['key']}&layer=1&head=3")
    archive = np.load(BytesIO(response.data), allow_pickle=False)
    run = runtime.run(done["key"])
    assert archive["token_ids"].tolist() == list(run.ids)
    assert np.array_equal(archive["pattern"], runtime.trace(run).pattern(1, 3).numpy())


@pytest.mark.parametrize("query", ["", "layer=1&head=1", "key=x&layer=1&head=1", "key=x&layer=a&head=1"])
def test_a_pattern_of_nothing_is_refused(client: FlaskClient, query: str) -> None:
    response = client.get(f"/api/pattern.npz?{query}")
    assert 400 <= response.status_code < 500
    refusal(response)


def test_a_card_s_picture_is_found_by_its_model_s_place(client: FlaskClient, runtime: Runtime) -> None:
    runtime.models = ModelStore(["bundled"], max_models=1, max_bytes=1)
    response = client.get("/api/models/0/loss.png")
    assert response.content_type == "image/png"
    assert response.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("number", ["0", "1", "99999999999999999999"])
def test_a_model_without_a_picture_says_so(client: FlaskClient, number: str) -> None:
    response = client.get(f"/api/models/{number}/loss.png")
    assert response.status_code == 404
    assert "no loss curve" in refusal(response)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/run/x", "/api/%3Cb%3E"])
def test_an_unknown_address_under_api_is_a_404_in_json(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 404
    assert refusal(response).startswith(f"There is no {method} /api/")


def test_the_run_route_takes_post_alone(client: FlaskClient) -> None:
    response = client.get("/api/run")
    assert response.status_code == 404
    assert refusal(response) == "There is no GET /api/run."


def test_other_addresses_are_the_pages(client: FlaskClient) -> None:
    assert client.get("/attention").text == "the page"


def test_a_process_that_answers_is_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "alive"}


def test_ready_names_the_model_that_speaks(client: FlaskClient, models: ModelStore) -> None:
    lm = models.get(models.default)
    expected = {"status": "ready", "model": lm.name, "fingerprint": lm.fingerprint}
    assert client.get("/readyz").get_json() == expected


def test_without_its_disk_it_is_not_ready(client: FlaskClient, runtime: Runtime) -> None:
    lose_the_disk(runtime)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "GPT2DASH_CACHE_DIR" in refusal(response)


def test_without_its_model_it_is_not_ready(client: FlaskClient, runtime: Runtime, tmp_path: Path) -> None:
    runtime.models = ModelStore([str(tmp_path / "no such folder")], max_models=1, max_bytes=1)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "no such folder" in refusal(response)
