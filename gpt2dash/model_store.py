"""Loaded models, shared by all requests of one process: read-only, bounded in number and bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from gpt2dash.errors import UnknownModel
from gpt2dash.language_model import LanguageModel, load


class ModelStore:
    """Loads a model when it is first asked for and keeps the most recently used.

    Args:
        names: the models on offer, the default first; no other name is ever resolved, so a request
            cannot name a path.
        max_models: most models kept.
        max_bytes: most bytes of their weights. The model in use is kept even if it is larger.
        load: gives the model of a name.
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
        self._loading = {name: threading.Lock() for name in self.names}
        self._loaded: OrderedDict[str, LanguageModel] = OrderedDict()
        self._loaded_lock = threading.Lock()

    @property
    def default(self) -> str:
        """The name of the model chosen at first."""
        return self.names[0]

    def get(self, name: str) -> LanguageModel:
        """The model of that name, loaded once however many ask at the same time.

        Loading one keeps nobody from another that is loaded already.

        Raises:
            UnknownModel: the name is not on offer.
            UnusableCheckpoint: it cannot be read.
        """
        if name not in self._loading:
            raise UnknownModel(
                f"This server offers no model {name[:80]!r}; it offers {', '.join(self.names)}. "
                "Add it to GPT2DASH_MODELS and start the server again."
            )
        with self._loading[name]:
            lm = self._loaded.get(name) or self._load(name)
            self._keep(name, lm)
            return lm

    def _keep(self, name: str, lm: LanguageModel) -> None:
        """Hold a model as the most recently used, and let go of the others that are too many."""
        with self._loaded_lock:
            self._loaded[name] = lm
            self._loaded.move_to_end(name)
            while len(self._loaded) > 1 and self._is_too_much():
                self._loaded.popitem(last=False)

    def _is_too_much(self) -> bool:
        n_bytes = sum(lm.n_bytes for lm in self._loaded.values())
        return len(self._loaded) > self._max_models or n_bytes > self._max_bytes
