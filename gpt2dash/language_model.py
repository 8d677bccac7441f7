"""A GPT-2 with its tokenizer: the object that Python users and the server hold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gpt2dash.edit import Edit, canonical, require_possible
from gpt2dash.errors import InvalidInput
from gpt2dash.generation import Progress, Step, generate
from gpt2dash.model.checkpoint import fingerprint, load_model
from gpt2dash.model.gpt2 import GPT2
from gpt2dash.model.hub import resolve
from gpt2dash.model.tokens import Tokenizer, load_tokenizer
from gpt2dash.sampling_settings import SamplingSettings
from gpt2dash.tensor_file import TensorReader
from gpt2dash.trace import Trace, record


@dataclass(frozen=True)
class LanguageModel:
    """Weights, tokenizer and identity of one checkpoint. Read-only; share it between threads.

    Attributes:
        name: what it was asked for by: "bundled", a hub id or a folder.
        model: the network.
        tokenizer: the checkpoint's own.
        fingerprint: hash of shape and weights.
    """

    name: str
    model: GPT2
    tokenizer: Tokenizer
    fingerprint: str

    @property
    def label(self) -> str:
        """Name and size in words: "gpt2 (124 M parameters)"."""
        return f"{self.short_name} ({_rounded(self.model.config.n_params)} parameters)"

    @property
    def short_name(self) -> str:
        """The name without the folders that lead to it."""
        return Path(self.name).name if Path(self.name).is_absolute() else self.name

    @property
    def n_bytes(self) -> int:
        """Memory of the weights."""
        return 4 * self.model.config.n_params

    @cached_property
    def most_characters(self) -> int:
        """No text longer than this fits the context: cutting megabytes into tokens takes seconds."""
        longest = max(len(self.tokenizer.token_bytes(i)) for i in range(self.tokenizer.n_vocab))
        return self.model.config.n_ctx * longest

    def encode(self, text: str) -> list[int]:
        """Token ids of a text.

        Raises:
            InvalidInput: the text is empty or longer than the model's context.
        """
        if len(text) > self.most_characters:
            raise InvalidInput(
                f"The text has {len(text):,} characters, more than the {self.model.config.n_ctx:,} tokens "
                f"that {self.name} reads can hold. Shorten it to a few pages."
            )
        ids = self.tokenizer.encode(text)
        self.require_readable(ids)
        return ids

    def require_readable(self, ids: Sequence[int], edits: Iterable[Edit] = ()) -> None:
        """Refuse what the model cannot read, or cannot read with these edits.

        Raises:
            InvalidInput: no tokens, too many, or an id outside the vocabulary; an edit of something
                that the model or the text does not have.
        """
        config = self.model.config
        if not ids:
            raise InvalidInput("The prompt is empty: type at least one character.")
        if len(ids) > config.n_ctx:
            too_many = len(ids) - config.n_ctx
            raise InvalidInput(
                f"The text has {len(ids):,} tokens; {self.name} reads at most {config.n_ctx:,}. "
                f"Shorten it by {too_many:,} token{'s' if too_many > 1 else ''}."
            )
        if not all(0 <= i < config.n_vocab for i in ids):
            raise InvalidInput(
                f"A token id lies outside the vocabulary of {self.name} (0 to {config.n_vocab - 1:,})."
            )
        require_possible(edits, config, len(ids))

    def trace(self, text: str | Sequence[int], edits: Iterable[Edit] = ()) -> Trace:
        """Run the model over a text, or over token ids, once and keep its activations.

        Args:
            text: what is read.
            edits: what is changed on the way, such as `Edit(Site.Z, layer=1, index=2)`.

        Raises:
            InvalidInput: what the model cannot read, or edits of what is not there.
        """
        ids = self.encode(text) if isinstance(text, str) else list(text)
        ordered = canonical(edits)
        self.require_readable(ids, ordered)
        return Trace(self.model, TensorReader(record(self.model, ids, ordered)))

    def generate(self, text: str, **settings: int | float) -> Iterator[Progress | Step]:
        """Continue a text; `settings` are those of `SamplingSettings`."""
        return generate(self.model, self.encode(text), SamplingSettings.parse(settings))


def load(name: str = "bundled") -> LanguageModel:
    """Load the bundled model, a hub id that is in the local cache, or a folder.

    Raises:
        UnknownModel: nothing of that name is on this machine.
        UnusableCheckpoint: it is damaged, incomplete or not a GPT-2.
    """
    folder = resolve(name)
    model = load_model(folder)
    return LanguageModel(name, model, load_tokenizer(folder), fingerprint(model))


def _rounded(n: int) -> str:
    return f"{n / 1e9:.1f} B" if n >= 1e9 else f"{n / 1e6:.0f} M" if n >= 1e7 else f"{n / 1e6:.1f} M"
