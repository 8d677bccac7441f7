"""Loaded models, shared by all requests of one process: read-only, bounded in number and bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from gpt2dash.errors import UnknownModel
from gpt2dash.language_model import LanguageModel, load


class ModelStore:
    """Loads a model when it is first asked for and keeps the most recently used.

    Args:
        names: the models on offer; no other name is ever resolved, so a request cannot name a path.
        max_models: most models kept.
        max_bytes: most bytes of their weights. The model in use is kept even if it is larger.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        max_models: int,
        max_bytes: int,
        load: Callable[[str], LanguageModel] = load,
    ) -> None:
        self.names = tuple(names)
        self._max_models = max_models
        self._max_bytes = max_bytes
        self._load = load
        self._loaded: OrderedDict[str, LanguageModel] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> LanguageModel:
        """The model of that name, loaded once however many ask at the same time.

        Raises:
            UnknownModel: the name is not on offer.
            UnusableCheckpoint: it cannot be read.
        """
        if name not in self.names:
            raise UnknownModel(
                f"This server offers no model {name[:80]!r}; it offers {', '.join(self.names)}. "
                "Add it to GPT2DASH_MODELS and start the server again."
            )
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = self._load(name)
            self._loaded.move_to_end(name)
            self._drop_oldest()
            return self._loaded[name]

    def _drop_oldest(self) -> None:
        while len(self._loaded) > 1 and (
            len(self._loaded) > self._max_models
            or sum(model.n_bytes for model in self._loaded.values()) > self._max_bytes
        ):
            self._loaded.popitem(last=False)
