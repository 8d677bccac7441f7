"""Every setting of the server, read from `GPT2DASH_*` environment variables in this one place."""

from functools import cached_property
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gpt2dash.errors import InvalidInput

_MIB = 1 << 20


class Settings(BaseSettings):
    """What a deployment may choose. The names in the environment are these, in capitals; empty = unset."""

    model_config = SettingsConfigDict(
        env_prefix="GPT2DASH_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    host: str = Field(default="127.0.0.1", description="address to serve on")
    port: int = Field(default=8050, ge=1, le=65_535, description="port to serve on")
    model: str = Field(
        default="bundled", description="the model chosen at first: bundled, a hub id or a folder"
    )
    models: str = Field(default="", description="further models to offer, separated by commas")
    cache_dir: Path = Field(
        default=Path("~/.cache/gpt2dash"),
        description="folder of the trace cache, private to its owner",
    )
    cache_mib: int = Field(
        default=4_096, ge=1, description="most space for traces, in MiB; least recently used go first"
    )
    model_mib: int = Field(
        default=6_144, ge=1, description="most memory for loaded models in one worker, in MiB"
    )
    max_models: int = Field(default=4, ge=1, description="most models loaded at once in one worker")
    workers: int = Field(default=2, ge=1, le=64, description="server processes")
    threads: int = Field(default=8, ge=1, le=256, description="requests served at once by one process")
    torch_threads: int = Field(default=0, ge=0, description="cores for one computation; 0 = all")
    secret_key: str = Field(
        default="", description="signs job handles; set it to the same value on every host"
    )

    @property
    def model_names(self) -> tuple[str, ...]:
        """The models on offer, the default first, the bundled one always among them."""
        named = (name.strip() for name in (self.model, *self.models.split(","), "bundled"))
        return tuple(dict.fromkeys(name for name in named if name))

    @cached_property
    def cache_folder(self) -> Path:
        """The cache folder with `~` expanded.

        Raises:
            InvalidInput: the user who runs the server has no home folder.
        """
        try:
            return self.cache_dir.expanduser()
        except RuntimeError as error:
            raise InvalidInput(
                f"GPT2DASH_CACHE_DIR is '{self.cache_dir}', but there is no such home folder; "
                "write the folder in full."
            ) from error

    @property
    def cache_bytes(self) -> int:
        """Most bytes of traces on disk."""
        return self.cache_mib * _MIB

    @property
    def model_bytes(self) -> int:
        """Most bytes of loaded models in one worker."""
        return self.model_mib * _MIB


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment, some of them overridden (None = not given).

    Raises:
        InvalidInput: a value outside its limits; the sentence names the variable.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = f"GPT2DASH_{first['loc'][0]}".upper()
        raise InvalidInput(f"{name} is {first['input']!r}: {first['msg']}.") from error
