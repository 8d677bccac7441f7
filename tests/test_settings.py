import re
from pathlib import Path

import pytest

from gpt2dash.errors import InvalidInput
from gpt2dash.settings import Settings, read_settings

WRONG = {
    "PORT": ["0", "65536", "http", "8050.5"],
    "CACHE_MIB": ["0", "-1", "much", "1e3"],
    "MODEL_MIB": ["0", "nan"],
    "MAX_MODELS": ["0", "x"],
    "WORKERS": ["0", "65"],
    "THREADS": ["0", "257"],
    "TORCH_THREADS": ["-1", "all"],
}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is(name: str) -> None:
    assert len(Settings.model_fields[name].description or "") > 10


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_readme_names_every_setting(name: str) -> None:
    readme = Path(__file__).parents[1] / "README.md"
    assert f"`GPT2DASH_{name.upper()}`" in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_a_wrong_value_is_refused_by_the_variables_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"GPT2DASH_{name}", value)
    with pytest.raises(InvalidInput, match=rf"^GPT2DASH_{name} is '{re.escape(value)}': .*\.$") as refusal:
        read_settings()
    assert "\n" not in str(refusal.value)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPT2DASH_PORT", "8099")
    assert read_settings().port == 8099


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPT2DASH_PORT", "8099")
    assert read_settings(port=8100, host=None).port == 8100


@pytest.mark.parametrize("name", Settings.model_fields)
def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    expected = getattr(read_settings(), name)
    monkeypatch.setenv(f"GPT2DASH_{name.upper()}", "")
    assert getattr(read_settings(), name) == expected


def test_models_on_offer_are_named_once_and_the_default_comes_first() -> None:
    settings = Settings(model=" gpt2 ", models="distilgpt2,, gpt2 ,bundled,")
    assert settings.model_names == ("gpt2", "distilgpt2", "bundled")


def test_the_bundled_model_is_always_on_offer() -> None:
    assert Settings(model="gpt2", models="").model_names == ("gpt2", "bundled")


def test_sizes_are_in_mib() -> None:
    settings = Settings(cache_mib=3, model_mib=2)
    assert (settings.cache_bytes, settings.model_bytes) == (3 << 20, 2 << 20)


def test_the_cache_folder_may_begin_with_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings(cache_dir=Path("~/traces")).cache_folder == tmp_path / "traces"


def test_a_home_folder_that_does_not_exist_is_named() -> None:
    with pytest.raises(InvalidInput, match="GPT2DASH_CACHE_DIR is '~nobody-of-this-name/traces'"):
        _ = Settings(cache_dir=Path("~nobody-of-this-name/traces")).cache_folder
