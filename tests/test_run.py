"""What a key stands for."""

import hashlib

import pytest

from gpt2dash.edit import Edit
from gpt2dash.errors import InvalidInput
from gpt2dash.model.sites import Site
from gpt2dash.run import Run
from gpt2dash.trace_cache import trace_key

HEAD, NEURON = Edit(Site.Z, 1, 2), Edit(Site.POST, 0, 17)
PLAIN = b'{"model":"m","ids":[1,2],"n_prompt":1}'


def test_without_edits_a_run_is_spelled_as_before_there_were_any() -> None:
    run = Run("m", (1, 2), 1)
    assert run.edits == ()
    assert run.to_json() == PLAIN
    assert run.key == hashlib.sha256(PLAIN).hexdigest()[:32]
    assert Run.from_json(PLAIN) == run


def test_without_edits_a_trace_stands_where_it_stood_before() -> None:
    before = b'["trace", "1", "float32", "weights", [1, 2]]'
    assert trace_key("weights", (1, 2)) == hashlib.sha256(before).hexdigest()[:40]
    assert trace_key("weights", (1, 2), (HEAD,)) != trace_key("weights", (1, 2))


def test_an_edited_run_comes_back_from_its_spelling() -> None:
    run = Run("m", (1, 2), 1, (HEAD, NEURON))
    assert run.to_json() == PLAIN[:-1] + b',"edits":["post:0:17=zero","z:1:2=zero"]}'
    assert Run.from_json(run.to_json()) == run


def test_the_order_of_edits_is_not_part_of_a_run() -> None:
    a, b = Run("m", (1, 2), 1, (HEAD, NEURON)), Run("m", (1, 2), 1, (NEURON, HEAD))
    assert a == b
    assert hash(a) == hash(b)
    assert a.key == b.key == Run.from_json(PLAIN[:-1] + b',"edits":["z:1:2=zero","post:0:17=zero"]}').key
    assert a.key != Run("m", (1, 2), 1).key


@pytest.mark.parametrize(
    "edits",
    [b'"z:1:2=zero"', b"[7]", b'["z:1:2"]', b'["pattern:0:1=zero"]', b"null", b'["z:1=zero","z:1:2=mean"]'],
)
def test_what_spells_no_run_is_refused(edits: bytes) -> None:
    with pytest.raises(InvalidInput):
        Run.from_json(PLAIN[:-1] + b',"edits":' + edits + b"}")
