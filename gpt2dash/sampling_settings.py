"""How the next token is to be chosen: the settings, their limits and the sentences that refuse others."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, no_type_check

from gpt2dash.errors import InvalidInput

MAX_TEMPERATURE = 10.0
MAX_SEED = 2**32 - 1


@no_type_check  # at run time: it refuses wrong types itself, in words
@dataclass(frozen=True)
class SamplingSettings:
    """How the next token is chosen.

    Attributes:
        temperature: divides the logits; from 0 (always the most likely token) to 10.
        top_k: keep this many of the most likely tokens; 0 keeps all.
        top_p: keep the fewest most likely tokens whose probabilities sum to at least this; 1 keeps all.
        seed: with the position in the text, it decides each draw.
        max_new_tokens: how many tokens to generate at most.
        stop_at_eot: stop after the model's end-of-text token.

    Raises:
        InvalidInput: a value outside these limits, or of the wrong type.
    """

    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    max_new_tokens: int = 40
    stop_at_eot: bool = True

    def __post_init__(self) -> None:
        """Refuse what is out of range; hold whole numbers as int and the others as float."""
        for name, limit in _LIMITS.items():
            object.__setattr__(self, name, limit.checked(getattr(self, name)))
        if not isinstance(self.stop_at_eot, bool):
            raise InvalidInput(
                f"Stop at end of text must be true or false; you gave {_quoted(self.stop_at_eot)}."
            )

    @classmethod
    def parse(cls, raw: Mapping[str, object]) -> "SamplingSettings":
        """Settings from a JSON object; numbers may be strings as typed into a form.

        Raises:
            InvalidInput: an unknown name, or a value outside its limits.
        """
        names = [field.name for field in fields(cls)]
        for name in raw:
            if name not in names:
                raise InvalidInput(
                    f"{_quoted(name)} is not a sampling setting; the settings are {', '.join(names)}."
                )
        values: dict[str, Any] = {name: _typed(value) for name, value in raw.items()}
        return cls(**values)


@dataclass(frozen=True)
class _Limit:
    """What one number of the settings may be, and how a refusal speaks of it."""

    label: str
    wanted: str
    low: int | float
    high: int | float
    whole: bool = False
    low_allowed: bool = True

    def checked(self, value: object) -> int | float:
        """The value as int or float.

        Raises:
            InvalidInput: it is not a number within the limits.
        """
        if not isinstance(value, int | float) or isinstance(value, bool) or not self._holds(value):
            raise InvalidInput(f"{self.label} must be {self.wanted}; you gave {_quoted(value)}.")
        return int(value) if self.whole else float(value)

    def _holds(self, value: int | float) -> bool:
        within = self.low <= value <= self.high and (self.low_allowed or value != self.low)
        return within and (not self.whole or value % 1 == 0)  # inf % 1 is nan, which is not 0


_LIMITS = {
    "temperature": _Limit("Temperature", "a number from 0 to 10", 0, MAX_TEMPERATURE),
    "top_k": _Limit("Top-k", "a whole number, 0 (off) or more", 0, math.inf, whole=True),
    "top_p": _Limit("Top-p", "a number above 0 and at most 1", 0, 1, low_allowed=False),
    "seed": _Limit("Seed", f"a whole number from 0 to {MAX_SEED:,}", 0, MAX_SEED, whole=True),
    "max_new_tokens": _Limit("New tokens", "a whole number, 0 or more", 0, math.inf, whole=True),
}


def _typed(value: object) -> object:
    """The number that a string spells, else the value itself."""
    if isinstance(value, str):
        for number in (int, float):
            try:
                return number(value)
            except ValueError:
                continue
    return value


def _quoted(value: object) -> str:
    """What was given, short enough for one sentence."""
    if value is None or value == "":
        return "nothing"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
