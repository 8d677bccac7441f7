"""Every setting of the server, read from `GPT2DASH_*` environment variables in this one place."""

from functools import cached_property
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gpt2dash.errors import InvalidInput

_MIB = 1 << 20


class Settings(BaseSettings):
    """What a deployment may choose. The names in the environment are these, in capitals."""

    model_config = SettingsConfigDict(env_prefix="GPT2DASH_", frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="address to serve on")
    port: int = Field(8050, ge=1, le=65_535, description="port to serve on")
    model: str = Field("bundled", description="the model chosen at first: bundled, a hub id or a folder")
    models: str = Field("", description="further models to offer, separated by commas")
    cache_dir: Path = Field(
        Path("~/.cache/gpt2dash"),
        validate_default=True,
        description="folder of the trace cache, private to its owner",
    )
    cache_mib: int = Field(
        4_096, ge=1, description="most space for traces, in MiB; least recently used go first"
    )
    model_mib: int = Field(6_144, ge=1, description="most memory for loaded models in one worker, in MiB")
    max_models: int = Field(4, ge=1, description="most models loaded at once in one worker")
    workers: int = Field(2, ge=1, le=64, description="server processes")
    threads: int = Field(8, ge=1, le=256, description="requests served at once by one process")
    torch_threads: int = Field(0, ge=0, description="cores for one computation; 0 = all")
    secret_key: str = Field("", description="signs job handles; set it to the same value on every host")

    @property
    def model_names(self) -> tuple[str, ...]:
        """The models on offer, the default first, the bundled one always among them."""
        named = [self.model, *(name.strip() for name in self.models.split(",")), "bundled"]
        return tuple(dict.fromkeys(name for name in named if name))

    @cached_property
    def cache_folder(self) -> Path:
        """The cache folder with `~` expanded."""
        return self.cache_dir.expanduser()

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
        name = f"GPT2DASH_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise InvalidInput(f"{name} is {first['input']!r}: {first['msg']}.") from error
