"""Edits as data: how they are spelled, ordered and refused."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gpt2dash.edit import CHANGES, Change, Edit, Mean, Zero, canonical, edit_tap, require_possible
from gpt2dash.errors import InvalidInput
from gpt2dash.model.config import GPT2Config
from gpt2dash.model.sites import NO_TAP, Site, Tap

EDITABLE = (Site.Q, Site.K, Site.V, Site.Z, Site.PRE, Site.POST)
CONFIG = GPT2Config(n_layer=2, n_head=4, d_model=32, d_mlp=128)

numbers = st.integers(0, 9_999)


@given(
    st.sampled_from(EDITABLE),
    numbers,
    st.none() | numbers,
    st.none() | st.lists(numbers, min_size=1, max_size=4),
    st.sampled_from(list(CHANGES)),
)
def test_an_edit_is_what_its_spelling_says(
    site: Site, layer: int, index: int | None, positions: list[int] | None, change: str
) -> None:
    edit = Edit(site, layer, index, None if positions is None else tuple(positions), CHANGES[change])
    assert Edit.parse(str(edit)) == edit
    assert hash(Edit.parse(str(edit))) == hash(edit)


@pytest.mark.parametrize(
    ("edit", "spelled"),
    [
        (Edit(Site.Z, 1, 2), "z:1:2=zero"),
        (Edit(Site.Z, 0), "z:0=zero"),
        (Edit(Site.PRE, 0, 17, (5, 3, 5), Mean()), "pre:0:17@3,5=mean"),
    ],
)
def test_spellings(edit: Edit, spelled: str) -> None:
    assert str(edit) == spelled


@pytest.mark.parametrize(
    "junk",
    ["", "z", "z:1:2", "z:1:2=", "z:1:2=half", "z:-1=zero", "z:1:2@=zero", "z:1:2@3,=zero", "Z:1:2=zero",
     " z:1:2=zero", "z:1:2=zero\n", "z:1:2:3=zero", f"z:{'1' * 5_000}=zero",
     "z:\u0661:2=zero", 7, None, ["z:1:2=zero"]],
    ids=lambda junk: repr(junk)[:20],
)  # fmt: skip
def test_what_is_no_spelling_is_refused(junk: object) -> None:
    with pytest.raises(InvalidInput, match="z:1:2=zero for a head") as refusal:
        Edit.parse(junk)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("site", [site for site in Site if site not in EDITABLE])
def test_other_sites_cannot_be_edited(site: Site) -> None:
    told = f"{site} cannot be edited. Edit q, k, v or z"
    with pytest.raises(InvalidInput, match=told):
        Edit(site, 0)
    with pytest.raises(InvalidInput, match=told):
        Edit.parse(f"{site}:0=zero")


def test_an_unknown_site_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"no site\. Sites to edit are q, k, v, z, pre, post"):
        Edit.parse("attention:0=zero")


@pytest.mark.parametrize(
    ("layer", "index", "positions"), [(-1, 0, None), (0, -1, None), (0, 0, ()), (0, 0, (-1, 2))]
)
def test_places_that_no_model_has(layer: int, index: int, positions: tuple[int, ...] | None) -> None:
    with pytest.raises(InvalidInput, match="count from 0"):
        Edit(Site.Z, layer, index, positions)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (Edit(Site.Z, 2, 0), "z:2:0=zero names layer 2, but the last layer of this model is 1"),
        (Edit(Site.Z, 1, 4), "head 4, but the last head of this model is 3. Name one from 0 to 3"),
        (Edit(Site.POST, 1, 128), "neuron 128, but the last neuron of this model is 127"),
        (Edit(Site.Z, 1, 3, (2, 12)), "position 12, but the last position of this text is 11"),
    ],
)
def test_what_this_model_or_text_does_not_have(edit: Edit, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        require_possible([edit], CONFIG, 12)


def test_the_last_of_everything_can_be_edited() -> None:
    require_possible([Edit(Site.Z, 1, 3, (11,)), Edit(Site.PRE, 1, 127)], CONFIG, 12)


@given(st.permutations(["z:0:1", "q:1:0", "post:0:7", "z:0:2@3", "z:0:2@1,2", "pre:0", "z:0:0"]))
def test_any_order_is_one_order(places: list[str]) -> None:
    found = canonical(Edit.parse(f"{place}=zero") for place in places)
    expected = "z:0:0 z:0:1 z:0:2@1,2 z:0:2@3 pre:0 post:0:7 q:1:0"
    assert " ".join(str(edit).removesuffix("=zero") for edit in found) == expected


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("z:1:2=zero", "z:1:2=zero"),
        ("z:1:2=zero", "z:1:2=mean"),
        ("z:1=zero", "z:1:2=mean"),
        ("z:1@4=zero", "z:1:2@3,4=mean"),
        ("post:0:9=zero", "post:0:9@1=mean"),
    ],
)
def test_two_edits_of_one_place_are_refused(a: str, b: str) -> None:
    for pair in ((a, b), (b, a)):
        with pytest.raises(InvalidInput, match=r"change the same place\. Keep one"):
            canonical(map(Edit.parse, pair))


@pytest.mark.parametrize("change", [Zero(), Mean()])
def test_a_tap_leaves_the_tensor_it_is_shown_as_it_was(change: Change) -> None:
    shown = torch.randn(1, 4, 5, 8)
    before = shown.clone()
    found = edit_tap([Edit(Site.Z, 0, 2, (1, 3), change)])(Site.Z, 0, shown)
    assert torch.equal(shown, before)
    assert (found != shown).any(dim=-1).nonzero().tolist() == [[0, 2, 1], [0, 2, 3]]


def test_a_tap_of_other_places_hands_on_the_tensor_itself() -> None:
    shown, tap = torch.randn(1, 4, 5, 8), edit_tap([Edit(Site.Z, 0, 2)])
    assert tap(Site.Z, 1, shown) is shown
    assert tap(Site.Q, 0, shown) is shown


def test_taps_compose_in_order() -> None:
    double = Tap(frozenset({Site.Q, Site.Z}), lambda _site, _layer, x: 2 * x)
    add = Tap(frozenset({Site.Z, Site.K}), lambda _site, _layer, x: x + 1)
    both = double.then(add)
    x = torch.tensor(3.0)
    assert [float(both(site, 0, x)) for site in (Site.Q, Site.K, Site.Z, Site.V)] == [6, 4, 7, 3]
    assert float(add.then(double)(Site.Z, 0, x)) == 8
    assert NO_TAP.then(add).sites == add.sites
