"""Where a model's folder is: bundled, given as a path, or in the Hugging Face cache.

`resolve` looks at this machine alone. `fetch` is the only code that uses the network.
"""

from pathlib import Path

from huggingface_hub import constants, snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)

from gpt2dash.errors import StorageProblem, UnknownModel

BUNDLED = "bundled"
_BUNDLED_FOLDER = Path(__file__).parents[1] / "bundled"
_RENAMED = {
    "gpt2": "openai-community/gpt2",
    "gpt2-medium": "openai-community/gpt2-medium",
    "gpt2-large": "openai-community/gpt2-large",
    "gpt2-xl": "openai-community/gpt2-xl",
    "distilgpt2": "distilbert/distilgpt2",
}
_CONFIG_FILES = ["config.json", "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json"]
_CONFIG_FILES += ["special_tokens_map.json", "added_tokens.json"]
_SAFETENSORS = ["model.safetensors", "model-*.safetensors", "model.safetensors.index.json"]
_BIN = ["pytorch_model.bin", "pytorch_model-*.bin", "pytorch_model.bin.index.json"]
_TIMEOUT_S = 5.0
_HTTP_ERROR: type[Exception] = HfHubHTTPError.__bases__[0]
"""The base of all errors of the client under huggingface_hub: httpx's or httpx2's, by version."""


def resolve(name: str) -> Path:
    """The folder of the model `name`, found without the network.

    Args:
        name: `bundled`, the path of a folder, or a hub id such as `gpt2`.

    Raises:
        UnknownModel: no such folder, or the hub id is not in the cache of this machine.
    """
    if name == BUNDLED:
        return _BUNDLED_FOLDER
    folder = _expanded(name)
    if name and folder.is_dir():
        return folder
    if name.startswith((".", "~", "/")) or "\\" in name or name.count("/") > 1:
        raise UnknownModel(f"There is no folder {name!r}.")
    for hub_id in (name, _RENAMED.get(name, name)):
        if snapshot := _cached(hub_id):
            return snapshot
    raise UnknownModel(
        f"There is no model {name!r} on this machine: it is not in the Hugging Face cache "
        f"({constants.HF_HUB_CACHE}). Run `gpt2dash fetch {name}` where there is internet, "
        "or give a folder that holds the checkpoint."
    )


def fetch(name: str, endpoint: str = constants.ENDPOINT) -> Path:
    """Download config, tokenizer and weights of a hub id into the cache; the folder they are in.

    Args:
        name: a hub id such as `gpt2` or `owner/name`.
        endpoint: address of the hub, or of a mirror of it.

    Raises:
        UnknownModel: no valid id, unknown to the hub, or the hub cannot be reached.
        StorageProblem: the disk refused the files.
    """
    try:
        folder = _download(name, _SAFETENSORS, endpoint)
        if not any(folder.glob("*.safetensors")):
            folder = _download(name, _BIN, endpoint)
    except HFValidationError as error:
        raise _no_hub_id(name) from error
    except RepositoryNotFoundError as error:
        raise UnknownModel(f"{endpoint} has no model {name!r} that you may read.") from error
    except (LocalEntryNotFoundError, _HTTP_ERROR) as error:
        raise UnknownModel(
            f"{name!r} was not downloaded: {endpoint} cannot be reached or did not answer. "
            "Try again where there is internet, or give a folder that holds the checkpoint."
        ) from error
    except OSError as error:
        raise StorageProblem(f"{name!r} was not stored in {constants.HF_HUB_CACHE}: {error}.") from error
    return folder


def _expanded(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # ~somebody, who has no home here
        return Path(name)


def _cached(hub_id: str) -> Path | None:
    try:
        config = try_to_load_from_cache(hub_id, "config.json")
    except HFValidationError as error:
        raise _no_hub_id(hub_id) from error
    return Path(config).parent if isinstance(config, str) else None


def _download(hub_id: str, weights: list[str], endpoint: str) -> Path:
    patterns = [*_CONFIG_FILES, *weights]
    folder = snapshot_download(hub_id, allow_patterns=patterns, etag_timeout=_TIMEOUT_S, endpoint=endpoint)
    return Path(folder)


def _no_hub_id(name: str) -> UnknownModel:
    return UnknownModel(
        f"{name!r} is neither a folder nor a valid model id; an id looks like 'gpt2' or 'owner/name'."
    )
