import pytest

from gpt2dash.errors import InvalidInput
from gpt2dash.training.recipes import RECIPES, named
from gpt2dash.training.stages import Stage, parsed, require_whole, stage_at

FIRST, SECOND = Stage(0.25, 32, 8, 0.3), Stage(0.75, 64, 4, 0.0)


@pytest.mark.parametrize(("progress", "stage"), [(0.0, FIRST), (0.249, FIRST), (0.25, SECOND), (1.1, SECOND)])
def test_the_stage_follows_from_the_progress(progress: float, stage: Stage) -> None:
    assert stage_at((FIRST, SECOND), progress) == stage


def test_a_stage_is_written_as_it_is_read() -> None:
    assert str(FIRST) == "0.25:32:8:0.3"
    assert parsed(str(FIRST)) == FIRST


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0.5:32:8", "--stage is SHARE:WINDOW:BATCH:COPIES"),
        ("half:32:8:0", "--stage is SHARE:WINDOW:BATCH:COPIES"),
        ("0:32:8:0", "above 0 and at most 1"),
        ("0.5:32:8:1.1", "above 0 and at most 1"),
        ("0.5:31:8:0", "windows of at least 32 tokens"),
        ("0.5:32:0:0", "a batch of at least 1"),
    ],
)
def test_stages_that_cannot_be_trained(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        parsed(text)


def test_every_recipe_is_whole() -> None:
    for recipe in RECIPES.values():
        require_whole(recipe.stages, recipe.n_ctx)
        assert recipe.d_model % recipe.n_head == 0


def test_a_recipe_that_does_not_exist_is_named() -> None:
    with pytest.raises(InvalidInput, match="There is no --recipe other; there are plain and bundled"):
        named("other")
