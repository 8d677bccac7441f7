import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, GPT2LMHeadModel

from gpt2dash.errors import InvalidInput, PublicError, StorageProblem, UnusableCheckpoint
from gpt2dash.file_lock import file_lock
from gpt2dash.language_model import load
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.hub import resolve
from gpt2dash.training import card_text, corpus, metrics, vocabulary
from gpt2dash.training.evaluation import compressors, evaluate, text_ids
from gpt2dash.training.metrics import Clock, Row
from gpt2dash.training.mixture import Mixture, mix
from gpt2dash.training.optimiser import Rates, optimisers, rate_factor, set_rates
from gpt2dash.training.plan import Plan
from gpt2dash.training.run import train
from gpt2dash.training.stages import Stage
from gpt2dash.training.trainer import Budget, Recipe, Report, Trainer

CONFIG = GPT2Config(n_vocab=64, n_ctx=32, d_model=16, n_layer=2, n_head=2, d_mlp=64, eot_id=63)
STEP = 4 * CONFIG.n_ctx
"""Tokens in one step of the recipes here."""


class Killed(Exception):
    """Stands for the end of the process."""


STAGES = (Stage(0.5, 32, 4, copies=0.25), Stage(0.5, 32, 4, copies=0.0))


def recipe(n_step: int, stages: tuple[Stage, ...] = STAGES) -> Recipe:
    return Recipe(CONFIG, Budget(tokens=n_step * STEP), stages)


@pytest.fixture(scope="module")
def ids() -> corpus.Ids:
    """Numbers that go up by one, with noise: something to learn."""
    noise = np.random.default_rng(0).integers(0, 2, 2_000)
    return ((np.arange(2_000) + noise) % 63).astype(np.uint16)


@pytest.fixture(scope="module")
def text(ids: corpus.Ids) -> Mixture:
    return mix([ids], None, CONFIG.n_vocab, CONFIG.eot_id)


def run_until_killed(trainer: Trainer, step: int) -> None:
    def kill(now: Report) -> None:
        if now.clock.step == step:
            raise Killed

    with pytest.raises(Killed):
        trainer.run(kill)


def weights(model: GPT2) -> dict[str, list[float]]:
    return {name: parameter.flatten().tolist() for name, parameter in model.named_parameters()}


def test_matrices_of_the_blocks_take_muon_and_nothing_decays_but_matrices() -> None:
    muon, adamw = optimisers(GPT2(CONFIG), Rates(weight_decay=0.5))
    assert len(muon.param_groups[0]["params"]) == 4 * CONFIG.n_layer
    assert [group["weight_decay"] for group in adamw.param_groups] == [0.5, 0.0]
    assert [{p.dim() for p in group["params"]} for group in adamw.param_groups] == [{2}, {1}]


@pytest.mark.parametrize(("progress", "factor"), [(0.01, 0.5), (0.02, 1.0), (0.51, 0.5), (1.0, 0.0)])
def test_rates_warm_up_and_decay(progress: float, factor: float) -> None:
    assert rate_factor(progress) == pytest.approx(factor)


def test_rates_reach_both_optimisers() -> None:
    both = optimisers(GPT2(CONFIG), Rates())
    set_rates(both, Rates(muon=2.0, adamw=4.0), progress=0.51)
    assert [group["lr"] for optimiser in both for group in optimiser.param_groups] == pytest.approx([1, 2, 2])


def test_training_lowers_the_loss(tmp_path: Path, text: Mixture, ids: corpus.Ids) -> None:
    trainer = Trainer(recipe(60), text, ids, tmp_path)
    before = trainer.heldout_loss()
    trainer.run()
    after = trainer.heldout_loss()
    assert before is not None
    assert after is not None
    assert after < before - 0.5


def test_an_interrupted_run_ends_as_one_that_was_not(tmp_path: Path, text: Mixture, ids: corpus.Ids) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole = Trainer(recipe(8), text, ids, tmp_path / "whole").run()
    for step in (2, 3, 7):
        run_until_killed(Trainer(recipe(8), text, ids, tmp_path / "parts", between_checkpoints_s=0.0), step)
    parts = Trainer(recipe(8), text, ids, tmp_path / "parts").run()
    assert weights(parts) == weights(whole)


def test_the_state_of_an_interrupted_run_is_the_same_too(tmp_path: Path, text: Mixture) -> None:
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    Trainer(recipe(6), text, None, tmp_path / "whole").run()
    run_until_killed(Trainer(recipe(6), text, None, tmp_path / "parts", between_checkpoints_s=0.0), 3)
    Trainer(recipe(6), text, None, tmp_path / "parts").run()
    one, other = (load_file(tmp_path / name / "state-6.safetensors") for name in ("whole", "parts"))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_work_after_the_last_checkpoint_is_done_again(tmp_path: Path, text: Mixture) -> None:
    run_until_killed(Trainer(recipe(6), text, None, tmp_path, between_checkpoints_s=0.0), 2)
    run_until_killed(Trainer(recipe(6), text, None, tmp_path, between_checkpoints_s=1e9), 4)
    assert Trainer(recipe(6), text, None, tmp_path).clock.step == 2


def test_a_kill_amid_a_checkpoint_leaves_the_one_before(tmp_path: Path, text: Mixture) -> None:
    run_until_killed(Trainer(recipe(4), text, None, tmp_path, between_checkpoints_s=0.0), 2)
    (tmp_path / "state-3.safetensors").write_bytes(b"half a file")
    (tmp_path / "state.json.part").write_text('{"step"')
    with (tmp_path / "metrics.csv").open("a") as file:
        file.write("3,384,1.0,2.0,\n")
    trainer = Trainer(recipe(4), text, None, tmp_path)
    trainer.run()
    assert [path.name for path in tmp_path.glob("state-*")] == ["state-4.safetensors"]
    assert [row.step for row in metrics.read(tmp_path / "metrics.csv", until_step=4)] == [1, 2, 4]


def test_a_finished_run_is_not_trained_further(tmp_path: Path, text: Mixture) -> None:
    first = weights(Trainer(recipe(3), text, None, tmp_path).run())
    assert weights(Trainer(recipe(3), text, None, tmp_path).run()) == first


def test_a_damaged_state_is_refused(tmp_path: Path, text: Mixture) -> None:
    Trainer(recipe(2), text, None, tmp_path).run()
    (tmp_path / "state-2.safetensors").write_bytes(b"nothing")
    with pytest.raises(UnusableCheckpoint, match=r"cannot be read .* Remove state\.json there"):
        Trainer(recipe(2), text, None, tmp_path)


def test_a_state_that_cannot_be_written_is_a_sentence(tmp_path: Path, text: Mixture) -> None:
    with pytest.raises(StorageProblem, match="give the same command again"):
        Trainer(recipe(2), text, None, tmp_path / "absent").run()


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path, text: Mixture) -> None:
    trainer = Trainer(recipe(2), text, None, tmp_path)
    with torch.no_grad():
        trainer.model.wte.weight.fill_(torch.nan)
    with pytest.raises(InvalidInput, match="no number any more at step 0"):
        trainer.run()
    assert not list(tmp_path.iterdir())


def test_reports_count_steps_and_budget(tmp_path: Path, text: Mixture) -> None:
    seen: list[tuple[int, float]] = []
    Trainer(recipe(4), text, None, tmp_path).run(lambda now: seen.append((now.clock.step, now.progress)))
    assert seen == [(1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)]


@pytest.mark.parametrize(
    ("tokens", "minutes"), [(None, None), (10, 1.0), (0, None), (None, -1.0), (None, float("nan"))]
)
def test_a_budget_is_one_number_above_zero(tokens: int | None, minutes: float | None) -> None:
    with pytest.raises(InvalidInput, match="either --tokens or --minutes, not both"):
        Budget(tokens, minutes)


def test_minutes_count_the_time_in_steps() -> None:
    assert Budget(minutes=2.0).progress(Clock(seconds=30.0)) == 0.25


def test_metrics_come_back_as_they_were_written(tmp_path: Path) -> None:
    rows = [Row(1, 10, 0.5, 3.25, None), Row(2, 20, 1.5, 3.0, 2.75)]
    metrics.write(tmp_path / "metrics.csv", rows)
    assert metrics.read(tmp_path / "metrics.csv", until_step=2) == rows


def test_bits_per_byte_of_a_model_that_knows_nothing(ids: corpus.Ids) -> None:
    model = GPT2(CONFIG)
    model.initialise(0)
    with torch.no_grad():
        model.wte.weight.zero_()
    found = evaluate(model.eval(), ids[:100], n_bytes=75)
    assert found.loss == pytest.approx(np.log(64))
    assert found.bits_per_byte == pytest.approx(100 * 6 / 75)


def test_every_token_is_scored_once_from_half_a_context(ids: corpus.Ids) -> None:
    model = GPT2(CONFIG)
    model.initialise(0)
    seen: list[int] = []
    found = evaluate(model.eval(), ids[:100], 100, seen.append)
    text = torch.tensor([63, *ids[:100].tolist()])
    nats = 0.0
    for pos in range(100):
        start = 0 if pos < 32 else (pos // 16 - 1) * 16
        logits = model(text[None, start : pos + 1])[0, -1]
        nats -= float(logits.detach().log_softmax(dim=-1)[text[pos + 1]])
    assert seen == [32, 16, 16, 16, 16, 4]
    assert found.nats == pytest.approx(nats)


def test_a_text_is_read_as_training_reads_it(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_bytes("The cat sat.\r\n<|endoftext|>\nIt was été.".encode())
    lm = load("bundled")
    ids, n_bytes = text_ids([text], lm.tokenizer)
    trained_on = corpus.prepare([text], vocabulary.load(resolve("bundled")), tmp_path / "ids")
    assert np.array_equal(ids, trained_on.ids)
    assert n_bytes == trained_on.n_bytes == len("The cat sat.\r\nIt was été.".encode())


def test_no_text_cannot_be_measured(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(InvalidInput, match="There is no text in"):
        text_ids([tmp_path / "empty"], load("bundled").tokenizer)


def test_compressors_are_measured_in_bits_per_byte() -> None:
    found = compressors(np.random.default_rng(0).bytes(100_000))
    assert found == {"xz -9": pytest.approx(8, rel=0.01), "bzip2 -9": pytest.approx(8, rel=0.01)}


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    sentences = [f"The {a} sat on the {b}.\n" for a in ("cat", "dog", "hen") for b in ("mat", "log", "bed")]
    chosen = np.random.default_rng(0).choice(sentences, 400)
    (folder / "train.txt").write_text("".join(chosen[:300]))
    (folder / "heldout.txt").write_text("".join(chosen[300:]))
    return folder


def plan(texts: Path, out: Path, **changes: Any) -> Plan:  # noqa: ANN401 - any field of a plan
    tiny = Plan(
        texts=(texts / "train.txt",),
        out=out,
        budget=Budget(tokens=2_000),
        heldout=texts / "heldout.txt",
        n_vocab=280,
        n_ctx=32,
        d_model=16,
        n_layer=1,
        n_head=2,
        stages=(Stage(1.0, 32, 8, copies=0.05),),
        about="Sentences made for this test.",
    )
    return replace(tiny, **changes)


@pytest.fixture(scope="module")
def finished(texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "model"
    train(plan(texts, out))
    return out


def test_a_finished_folder_is_a_model(finished: Path) -> None:
    lm = load(str(finished))
    theirs = GPT2LMHeadModel.from_pretrained(finished, dtype=torch.float32)
    ids = lm.encode("The cat sat on the")
    assert AutoTokenizer.from_pretrained(finished)("The cat sat on the")["input_ids"] == ids
    with torch.inference_mode():
        torch.testing.assert_close(lm.model(torch.tensor([ids])), theirs(torch.tensor([ids])).logits)


def test_the_card_of_a_run_says_what_was_measured(finished: Path) -> None:
    facts = json.loads((finished / "training.json").read_text())
    text = (finished / "MODEL_CARD.md").read_text()
    assert text == card_text.render(facts)
    assert facts["run"]["tokens"] == 8 * 32 * facts["run"]["step"]
    assert len(facts["heads"]["previous_token"]) == facts["model"]["n_layer"]
    assert (finished / "loss.png").read_bytes().startswith(b"\x89PNG")
    for value in (facts["weights"]["sha256"], f"{facts['heldout']['bits_per_byte']:.3f}", facts["about"]):
        assert value in text


def test_a_card_without_held_out_text(texts: Path, tmp_path: Path) -> None:
    facts = train(plan(texts, tmp_path, heldout=None, about=""))
    text = " ".join((tmp_path / "MODEL_CARD.md").read_text().split())
    assert facts["heldout"] is None
    assert "No held-out text was given." in text
    assert "were not described" in text


def test_the_same_plan_again_changes_nothing(finished: Path, texts: Path) -> None:
    before = (finished / "model.safetensors").read_bytes()
    train(plan(texts, finished))
    assert (finished / "model.safetensors").read_bytes() == before


def test_a_whole_run_killed_while_training_ends_the_same(
    finished: Path, texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("gpt2dash.training.run.save_model", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            train(plan(texts, tmp_path))
    (tmp_path / "vocab.json").touch()
    train(plan(texts, tmp_path))
    assert (tmp_path / "model.safetensors").read_bytes() == (finished / "model.safetensors").read_bytes()


def test_a_tokenizer_can_be_taken_over(finished: Path, texts: Path, tmp_path: Path) -> None:
    facts = train(plan(texts, tmp_path, tokenizer=finished, n_vocab=4_096))
    assert facts["model"]["n_vocab"] == 280
    assert (tmp_path / "vocab.json").read_bytes() == (finished / "vocab.json").read_bytes()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"n_layer": 2}, "holds a run with --n-layer 1; you gave 2"),
        ({"rates": Rates(muon=0.5)}, "holds a run with --muon-rate 0.01; you gave 0.5"),
        ({"budget": Budget(minutes=1.0)}, "holds a run with --tokens 2000; you gave none"),
    ],
)
def test_another_recipe_is_not_resumed(
    finished: Path, texts: Path, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        train(plan(texts, finished, **changes))


def test_another_text_is_not_resumed(finished: Path, texts: Path) -> None:
    with pytest.raises(InvalidInput, match="holds a run with another text"):
        train(replace(plan(texts, finished), texts=(texts / "heldout.txt",)))


def test_a_run_without_a_state_yet_may_change_its_mind(texts: Path, tmp_path: Path) -> None:
    plan(texts, tmp_path).claim()
    vocabulary.save(vocabulary.learn([texts / "train.txt"], 260), tmp_path, n_ctx=32)
    facts = train(plan(texts, tmp_path, n_vocab=270, n_layer=2))
    assert (facts["model"]["n_vocab"], facts["model"]["n_layer"]) == (270, 2)


def test_a_model_that_was_not_trained_there_is_not_overwritten(texts: Path, tiny_folder: Path) -> None:
    before = sorted(path.name for path in tiny_folder.iterdir())
    with pytest.raises(InvalidInput, match="holds a model that was not trained there"):
        train(plan(texts, tiny_folder))
    assert sorted(path.name for path in tiny_folder.iterdir()) == before


def test_two_runs_do_not_share_a_folder(texts: Path, tmp_path: Path) -> None:
    with file_lock(tmp_path / "train.lock"), pytest.raises(InvalidInput, match="Another training is at work"):
        train(plan(texts, tmp_path))


def test_a_folder_that_cannot_be_made(texts: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageProblem, match="cannot be written"):
        train(plan(texts, tmp_path / "file" / "model"))


def test_a_text_shorter_than_a_window(texts: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"training text has .* a context of 9,999 needs at least 10,001"):
        train(plan(texts, tmp_path, n_ctx=9_999))


def test_compiling_needs_a_compiler(texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(InvalidInput, match="there is no no-such-compiler here"):
        train(plan(texts, tmp_path, compiled=True))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"n_ctx": 31}, "--n-ctx must be at least 32; you gave 31"),
        ({"n_layer": 0}, "--n-layer must be at least 1"),
        ({"stages": (Stage(0.5, 32, 1, 0.0),)}, "must add up to 1; yours add up to 0.5"),
        ({"stages": (Stage(1.0, 64, 1, 0.0),)}, "windows of 64 tokens, and the model reads 32"),
        ({"shares": (0.5, 0.5)}, "--mix needs a share above 0 for each text"),
        ({"shares": (0.0,)}, "--mix needs a share above 0 for each text"),
        ({"threads": -1}, "--threads must be at least 0"),
        ({"n_head": 3}, r"--d-model \(16\) must be a multiple of --n-head \(3\)"),
        ({"seed": -1}, "--seed must be from 0 to 4,294,967,295"),
        ({"rates": Rates(muon=0.0)}, "--muon-rate and --adamw-rate must be above 0"),
    ],
)
def test_plans_that_cannot_be_trained(
    texts: Path, tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(PublicError, match=sentence):
        plan(texts, tmp_path, **changes)
