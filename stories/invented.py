"""Invented names: pronounceable words from a space too large to be learned by heart."""

from collections.abc import Callable

from stories.heldout import HELD_FEMALE, HELD_MALE, is_held_invention
from stories.wording import Dice, words
from stories.words import FEMALE, MALE

_NAMES = frozenset((*FEMALE, *MALE, *HELD_FEMALE, *HELD_MALE))

_ONSETS = words("b br d dr f fl g gr gl h j k kr l m n p pl pr qu r s sk st t tr v w y z zh th")
_VOWELS = words("a e i o u")
_MIDDLES = words(
    """
    b ck d dd f g l ll lm lqu m mb mp n nd nk pp r rb rd rl rr rt rv sk ss st t tt v x z zz nt lv rm
    """
)
_ENDINGS = words(
    """
    in az a ox ib er on ip im um ak o el is or und esh ard ola ova ira ino ella arn eth ump ock ish omar
    idon ulan evo
    """
)

# Rude by accident.
_RUDE = words(
    """
    fuck fag cock dick tit piss puss slut nig wank nazi jizz sex tard kike dyke homo rape gook pak
    """
)


def _word(dice: Dice) -> str:
    start = dice.pick(_ONSETS) + dice.pick(_VOWELS) + dice.pick(_MIDDLES)
    if dice.chance(0.35):
        start += dice.pick(_VOWELS) + dice.pick(_MIDDLES)
    return start + dice.pick(_ENDINGS)


def _until(dice: Dice, wanted: Callable[[str], bool]) -> str:
    word = _word(dice)
    while (
        len(word) < 6 or word.capitalize() in _NAMES or any(map(word.__contains__, _RUDE)) or not wanted(word)
    ):
        word = _word(dice)
    return word


def invented(dice: Dice) -> str:
    """A word in lower case that the stories may use; capitalise it for a name."""
    return _until(dice, lambda word: not is_held_invention(word))


def held_invented(dice: Dice) -> str:
    """A word in lower case that the stories never use."""
    return _until(dice, is_held_invention)
