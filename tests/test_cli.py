import errno
import inspect
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from flask import Flask
from safetensors import safe_open

from gpt2dash.cli import cache, check, commands, main, serve
from gpt2dash.edit import Edit, Mean
from gpt2dash.errors import InvalidInput
from gpt2dash.language_model import LanguageModel, load
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.sites import Site
from gpt2dash.runtime import Runtime
from gpt2dash.sampling_settings import SamplingSettings
from gpt2dash.settings import read_settings
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace
from gpt2dash.training.plan import Plan
from gpt2dash.training.recipes import RECIPES
from gpt2dash.training.stages import Stage
from gpt2dash.training.trainer import Budget

REPOSITORY = Path(__file__).parents[1]
PATIENCE_S = 120
Run = Callable[..., tuple[int, bytes, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Give one command; its exit status, standard output and standard error."""

    def run(*words: str | Path, stdin: bytes = b"") -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "argv", ["gpt2dash", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as end:
            main()
        out, error = capsysbinary.readouterr()
        return int(end.value.code or 0), out, error.decode()

    return run


@pytest.fixture(scope="module")
def lm(tiny_folder: Path) -> LanguageModel:
    return load(str(tiny_folder))


def greedy(lm: LanguageModel, prompt: str, n: int) -> list[int]:
    ids = lm.encode(prompt)
    for _ in range(n):
        ids.append(int(lm.model(torch.tensor([ids]))[0, -1].argmax()))
    return ids[-n:]


@pytest.mark.parametrize(
    "command", ["serve", "generate", "trace", "fetch", "check", "cache", "evaluate", "train"]
)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"gpt2dash {command}".encode() in out


def test_the_version(run: Run) -> None:
    assert run("--version")[:2] == (0, b"gpt2dash 0.1.0\n")


def test_help_needs_no_torch() -> None:
    code = "import sys, gpt2dash.cli; print({'torch', 'transformers', 'dash', 'flask'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, check=True)
    assert found.stdout == b"set()\n"


def plan_of(monkeypatch: pytest.MonkeyPatch, *words: str) -> Plan:
    plans: list[Plan] = []
    monkeypatch.setattr("gpt2dash.cli.train.train_model", plans.append)
    with pytest.raises(SystemExit) as ended:
        commands.command_line(["train", *words, "--out", "run"])
    assert ended.value.code == 0
    return plans[0]


def test_train_starts_from_the_plain_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    assert plan_of(monkeypatch, "a.txt", "--tokens", "9") == Plan((Path("a.txt"),), Path("run"), Budget(9))


def test_train_repeats_the_bundled_run(monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = RECIPES["bundled"]
    plan = plan_of(monkeypatch, "--recipe", "bundled", "--mix", "a=b.txt=0.6", "c.txt=0.4", "--seed", "3")
    assert plan.budget == Budget(bundled.tokens)
    assert (plan.texts, plan.shares) == ((Path("a=b.txt"), Path("c.txt")), (0.6, 0.4))
    assert (plan.stages, plan.n_layer, plan.seed) == (bundled.stages, bundled.n_layer, 3)
    line = "gpt2dash train --recipe=bundled --mix a=b.txt=0.6 c.txt=0.4 --seed=3 --out=FOLDER"
    assert plan.command == line


def test_what_train_is_given_takes_the_place_of_the_recipe_s(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("--stage", "0.5:32:8:0.3", "--stage", "0.5:64:4:0", "--n-layer", "2", "--minutes", "3")
    plan = plan_of(monkeypatch, "a.txt", "--recipe", "bundled", *words)
    assert plan.stages == (Stage(0.5, 32, 8, 0.3), Stage(0.5, 64, 4, 0.0))
    assert plan.budget == Budget(minutes=3.0)
    for word in ("--n-layer=2", "--stage=0.5:32:8:0.3", "--stage=0.5:64:4:0", "--minutes=3.0"):
        assert word in plan.command.split()
    assert "--vocab" not in plan.command


def test_the_options_of_generate_default_to_the_sampling_settings() -> None:
    given = {name: p.default for name, p in inspect.signature(commands.generate).parameters.items()}
    settings = SamplingSettings()
    assert (given["seed"], given["stop"]) == (settings.seed, settings.stop_at_eot)


def test_generated_text_comes_byte_for_byte(run: Run, lm: LanguageModel, tiny_folder: Path) -> None:
    words = ("--model", tiny_folder, "--temperature", "0", "--max-new-tokens", "20", "--no-stop")
    code, out, error = run("generate", "The cat", *words)
    assert (code, error) == (0, "")
    assert out == b"".join(map(lm.tokenizer.token_bytes, greedy(lm, "The cat", 20)))


def test_a_prompt_from_standard_input_keeps_every_byte(
    run: Run, lm: LanguageModel, tiny_folder: Path
) -> None:
    prompt = " \r\n🙂\t\n\n"
    words = ("--model", tiny_folder, "--temperature", "0", "--max-new-tokens", "1", "--json")
    _, out, _ = run("generate", "-", *words, stdin=prompt.encode())
    step = json.loads(out)
    assert (step["pos"], [step["id"]]) == (len(lm.encode(prompt)), greedy(lm, prompt, 1))


def test_standard_input_that_is_no_text_is_refused(run: Run, tiny_folder: Path) -> None:
    code, _, error = run("generate", "-", "--model", tiny_folder, stdin=b"caf\xe9")
    assert (code, error.count("\n")) == (2, 1)
    assert error.startswith("Standard input is not UTF-8 text")


def test_steps_as_json_tell_what_each_was_chosen_from(run: Run, lm: LanguageModel, tiny_folder: Path) -> None:
    _, out, _ = run("generate", "The", "--model", tiny_folder, "--max-new-tokens", "5", "--json", "--no-stop")
    steps = [json.loads(line) for line in out.splitlines()]
    assert [step["pos"] for step in steps] == list(range(len(lm.encode("The")), len(lm.encode("The")) + 5))
    for step in steps:
        assert bytes.fromhex(step["bytes"]) == lm.tokenizer.token_bytes(step["id"])
        assert step["raw"] in [candidate["raw"] for candidate in step["candidates"]]


def test_the_mark_that_ends_a_text_is_not_printed(
    run: Run, lm: LanguageModel, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certain = GPT2(lm.model.config)
    certain.initialise(0)
    with torch.no_grad():
        certain.wte.weight.zero_()
        certain.wte.weight[lm.model.config.eot_id] = 1.0
        certain.ln_f.bias.fill_(1.0)
    sure = LanguageModel("sure", certain.eval(), lm.tokenizer, "")
    monkeypatch.setattr("gpt2dash.cli.generate.load", lambda _name: sure)
    assert run("generate", "The", "--temperature", "0")[1] == b""
    assert run("generate", "The", "--temperature", "0", "--max-new-tokens", "2", "--no-stop")[1] == (
        b"<|endoftext|>" * 2
    )


def test_a_trace_is_a_safetensors_file(
    run: Run, lm: LanguageModel, tiny_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "cat.safetensors"
    code, text, _ = run("trace", "The cat", "--model", tiny_folder, "--out", out)
    with safe_open(out, framework="pt") as file:
        assert file.get_tensor("token_ids").tolist() == lm.encode("The cat")
        assert torch.equal(file.get_tensor("q.1"), lm.trace("The cat").q(1))
    assert code == 0
    assert "␣" in text.decode()


def test_a_trace_described_as_json(run: Run, lm: LanguageModel, tiny_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "cat.safetensors"
    about = json.loads(run("trace", "The cat", "--model", tiny_folder, "--out", out, "--json")[1])
    assert [token["id"] for token in about["tokens"]] == lm.encode("The cat")
    assert about["tensors"]["resid_final"] == [len(about["tokens"]), 32]
    assert about["bytes"] == out.stat().st_size


def test_an_edited_trace_says_so(run: Run, lm: LanguageModel, tiny_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "cat.safetensors"
    options = ("--model", tiny_folder, "--out", out, "--edit", "z:1:2=mean", "--edit", "post:0:17@1=zero")
    assert "edited: post:0:17@1=zero z:1:2=mean" in run("trace", "The cat", *options)[1].decode()
    edits = [Edit(Site.Z, 1, 2, change=Mean()), Edit(Site.POST, 0, 17, (1,))]
    with safe_open(out, framework="pt") as file:
        assert file.metadata()["edits"] == "post:0:17@1=zero z:1:2=mean"
        assert torch.equal(file.get_tensor("resid_final"), lm.trace("The cat", edits).resid_pre(2))
    about = json.loads(run("trace", "The cat", *options, "--json")[1])
    assert about["edits"] == ["post:0:17@1=zero", "z:1:2=mean"]
    read = Trace(lm.model, TensorReader(out.read_bytes()))
    assert read.edits == lm.trace("The cat", edits).edits


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        (
            ["z:1:9=zero"],
            "z:1:9=zero names head 9, but the last head of this model is 3. Name one from 0 to 3.",
        ),
        (["z:1"], "'z:1' is no edit. Write site:layer:index=change"),
        (["pattern:0:1=zero"], "pattern cannot be edited. Edit q, k, v or z of a head"),
        (["z:1:2=zero", "z:1=mean"], "z:1=mean and z:1:2=zero change the same place. Keep one of the two."),
    ],
)
def test_edits_that_cannot_be_made(
    run: Run, tiny_folder: Path, tmp_path: Path, edits: list[str], told: str
) -> None:
    options = [option for edit in edits for option in ("--edit", edit)]
    out = tmp_path / "cat.safetensors"
    code, _, error = run("trace", "The cat", "--model", tiny_folder, "--out", out, *options)
    assert (code, out.exists()) == (2, False)
    assert error.startswith(told)


def test_a_trace_that_cannot_be_written(run: Run, tiny_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "absent" / "cat.safetensors"
    code, _, error = run("trace", "The cat", "--model", tiny_folder, "--out", out)
    assert code == 2
    assert error == f"{out} cannot be written: No such file or directory. Name another file with --out.\n"


def test_a_trace_never_replaces_a_folder(run: Run, tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert run("trace", "The cat", "--model", tiny_folder, "--out", tmp_path / "folder")[0] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_check_of_a_sound_model(run: Run, lm: LanguageModel, tiny_folder: Path) -> None:
    code, out, _ = run("check", "--model", tiny_folder)
    assert code == 0
    assert out.decode().count("ok ") == 3
    assert lm.fingerprint in out.decode()


def test_check_of_a_model_whose_weights_are_no_numbers(
    run: Run, lm: LanguageModel, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = GPT2(lm.model.config)
    broken.load_state_dict(lm.model.state_dict())
    with torch.no_grad():
        broken.get_parameter("h.1.attn.c_proj.weight")[0, 0] = torch.nan
    ill = LanguageModel("ill", broken.eval(), lm.tokenizer, "")
    monkeypatch.setattr(check, "load", lambda _name: ill)
    code, out, _ = run("check", "--json")
    assert code == 1
    assert [finding["holds"] for finding in json.loads(out)["identities"]] == [True, False, False]


def test_texts_are_measured_in_bits_per_byte(run: Run, tiny_folder: Path, tmp_path: Path) -> None:
    texts = [tmp_path / name for name in ("one.txt", "two.txt")]
    for path in texts:
        path.write_text("The cat sat on the mat. " * 40)
    code, out, _ = run("evaluate", *texts, "--model", tiny_folder, "--json")
    first, second = (json.loads(line) for line in out.splitlines())
    assert code == 0
    assert (first["bytes"], first["bits_per_byte"]) == (960, second["bits_per_byte"])
    assert first["compressors"]["xz -9"] < first["bits_per_byte"]
    _, line, _ = run("evaluate", texts[0], "--model", tiny_folder)
    assert f"{first['bits_per_byte']:.4f} bits per byte (xz -9 " in line.decode()


def test_the_cache_is_counted_and_cleared(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GPT2DASH_CACHE_DIR", str(tmp_path))
    assert json.loads(run("cache", "--json")[1])["entries"] == 0
    Runtime(Flask("test"), read_settings())
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == sorted(cache.PARTS)
    (tmp_path / "traces" / "0a.value").write_bytes(b"x" * 1_500)
    (tmp_path / "runs" / "0b.value").write_bytes(b"x")
    assert b"2 entries" in run("cache")[1]
    assert json.loads(run("cache", "--clear", "--json")[1])["entries"] == 0
    assert not list(tmp_path.glob("*/*.value"))


def test_a_model_that_the_hub_does_not_give(run: Run) -> None:
    code, _, error = run("fetch", "no such id")
    assert (code, error.count("\n")) == (2, 1)
    assert "nor a valid model id" in error


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["generate", ""], "The prompt is empty: type at least one character."),
        (["generate", "x", "--temperature", "11"], "Temperature must be a number from 0 to 10"),
        (["generate", "x", "--max-new-tokens", "9999"], "at most"),
        (["check", "--model", "/no/such/folder"], "There is no folder '/no/such/folder'."),
        (["check", "--model", "no-such-model"], "There is no model 'no-such-model' on this machine"),
        (["train", "/no/such/file", "--out", "OUT", "--tokens", "9"], "/no/such/file cannot be read"),
        (["train", "/no/such/file", "--out", "OUT"], "either --tokens or --minutes"),
        (["train", "/no/file", "--mix", "--out", "OUT", "--tokens", "9"], "--mix needs FILE=SHARE for each"),
        (["serve", "--port", "70000"], "GPT2DASH_PORT is 70000"),
        (["serve", "--host", "203.0.113.7"], "'203.0.113.7' is not an address of this machine."),
        (["serve", "--host", "no such host"], "'no such host' is not an address of this machine."),
    ],
)
def test_refusals_are_one_line_and_exit_status_2(
    run: Run, tmp_path: Path, words: list[str], sentence: str
) -> None:
    code, out, error = run(*(str(tmp_path / word) if word == "OUT" else word for word in words))
    assert (code, out, error.count("\n")) == (2, b"", 1)
    assert sentence in error


def test_a_port_in_use_is_refused(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, _, error = run("serve", "--port", str(port))
    assert code == 2
    assert error == (
        f"Port {port} on 127.0.0.1 is in use. "
        "Stop what uses it, or choose another with --port or GPT2DASH_PORT.\n"
    )


def test_a_port_that_is_not_permitted() -> None:
    refusal = serve.refusal("127.0.0.1", 80, PermissionError(errno.EACCES, "Permission denied"))
    assert refusal.startswith("This user may not serve on port 80.")


def test_a_free_address_is_not_refused() -> None:
    serve.require_free("127.0.0.1", 0)
    serve.require_free("0.0.0.0", 0)
    with pytest.raises(InvalidInput):
        serve.require_free("2001:db8::1", 0)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel of this checkout puts into site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(REPOSITORY)], check=True, capture_output=True)
    (packed,) = folder.glob("*.whl")
    with zipfile.ZipFile(packed) as file:
        file.extractall(folder / "site-packages")
    return folder / "site-packages"


@contextmanager
def serving(wheel: Path, folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`gpt2dash serve` of the wheel, in a working folder that holds an app.py of its own."""
    (folder / "app.py").write_text("raise SystemExit('the wrong app')")
    env = {name: value for name, value in os.environ.items() if not name.startswith("GPT2DASH_")}
    env |= {"PYTHONPATH": str(wheel), "GPT2DASH_CACHE_DIR": str(folder / "cache"), "OMP_NUM_THREADS": "1"}
    words = [sys.executable, "-m", "gpt2dash", "serve", "--workers", "1", *options]
    with subprocess.Popen(
        words,
        cwd=folder,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        try:
            yield server
        finally:
            server.terminate()
            server.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_a_wheel_serves_the_app_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    port = free_port()
    with serving(wheel, tmp_path, "--port", str(port)) as server:
        assert server.stdout
        assert server.stdout.readline() == f"gpt2dash is ready: http://127.0.0.1:{port}\n"
        answers = [
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").read().decode()
            for path in ("/", "/attention", "/_dash-layout")
        ]
        scripts = re.findall(r'rel="modulepreload" href="([^"]+)"', answers[0])
        last = urllib.request.urlopen(f"http://127.0.0.1:{port}{scripts[-1]}").read().decode()
    assert 'content="Generation - gpt2dash"' in answers[0]
    assert 'content="Attention - gpt2dash"' in answers[1]
    assert last == (REPOSITORY / "assets" / scripts[-1].split("/", 3)[3]).read_text(encoding="utf-8")
    assert '"/attention"' in json.dumps(json.loads(answers[2]))


def test_a_model_that_cannot_be_loaded_ends_the_server(wheel: Path, tmp_path: Path) -> None:
    with serving(wheel, tmp_path, "--port", str(free_port()), "--model", ".") as server:
        out, error = server.communicate(timeout=PATIENCE_S)
    assert (server.returncode, out, error) == (2, "", "The folder . has no config.json.\n")


def test_a_cache_folder_that_cannot_be_used_ends_the_server(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    with serving(wheel, tmp_path, "--port", str(free_port())) as server:
        _, error = server.communicate(timeout=PATIENCE_S)
    assert (server.returncode, error.count("\n")) == (2, 1)
    assert "GPT2DASH_CACHE_DIR" in error


def test_the_wheel_has_the_command_and_the_bundled_model(wheel: Path) -> None:
    (entry_points,) = wheel.glob("*.dist-info/entry_points.txt")
    assert "gpt2dash = gpt2dash.cli:main" in entry_points.read_text()
    assert {path.name for path in wheel.iterdir() if path.suffix != ".dist-info"} == {"gpt2dash"}
    packed = {path.name for path in (wheel / "gpt2dash" / "bundled").iterdir()}
    assert packed == {path.name for path in (REPOSITORY / "gpt2dash" / "bundled").iterdir()}


def test_ctrl_c_ends_a_command_quietly(tiny_folder: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("The cat sat on the mat.\n" * 100)
    options = ["--out", str(tmp_path / "run"), "--minutes", "9", "--tokenizer", str(tiny_folder)]
    shape = ["--n-ctx", "32", "--d-model", "8", "--n-layer", "1", "--n-head", "1", "--stage", "1:32:8:0"]
    # Where the tests run in the background of a script, SIGINT is ignored, and children inherit that.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import gpt2dash.cli"
    words = [sys.executable, "-c", f"{heard}; gpt2dash.cli.main()", "train", str(text), *options, *shape]
    with subprocess.Popen(words, cwd=REPOSITORY, text=True, stderr=subprocess.PIPE) as training:
        try:
            assert training.stderr
            training.stderr.readline()
            training.send_signal(signal.SIGINT)
            _, error = training.communicate(timeout=PATIENCE_S)
        finally:
            training.kill()
    assert training.returncode == 130
    assert "Traceback" not in error
