import os
from pathlib import Path

import pytest

from rag.errors import ConfigurationError
from rag.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("DOSSIER_", "MISTRAL_", "MODEL_")):
            monkeypatch.delenv(name)


def test_a_setting_comes_from_its_variable_and_an_argument_goes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSSIER_LIBRARY", "from-environment")
    monkeypatch.setenv("DOSSIER_PASSAGES", "5")
    assert (load_settings().library, load_settings().passages) == (Path("from-environment"), 5)
    assert load_settings(library=Path("given"), passages=None).library == Path("given")


@pytest.mark.parametrize("name", ["DOSSIER_FOO", "DOSSIER_", "dossier_foo", "DOSSIER_MODELS"])
def test_a_variable_that_is_no_setting_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(ConfigurationError, match=rf"{name} is not a setting.*DOSSIER_LIBRARY"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOSSIER_PORT", "70000"),
        ("DOSSIER_PORT", "http"),
        ("DOSSIER_PASSAGES", "0"),
        ("DOSSIER_EMBEDDING_PRECISION", "fp8"),
        ("DOSSIER_LOG_JSON", "perhaps"),
        ("DOSSIER_MODEL_TIMEOUT", "-1"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f"wrong: {name}: "):
        load_settings()


def test_an_argument_that_is_no_setting_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="NONSENSE"):
        load_settings(nonsense=1)


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSSIER_PORT", "")
    assert load_settings().port == 8000


@pytest.mark.parametrize(
    ("variable", "setting"), [("DOSSIER_MODEL_API_KEY", "model_api_key"), ("MISTRAL_API_KEY", "mistral_api_key")]
)
def test_a_key_is_read_from_its_variable_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, variable: str, setting: str
) -> None:
    monkeypatch.setenv(variable, "very-secret")
    settings = load_settings()
    assert getattr(settings, setting).get_secret_value() == "very-secret"
    assert "very-secret" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_a_variable_without_our_prefix_is_nobody_elses_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_API_KEY", "of another program")
    monkeypatch.setenv("LIBRARY", "of another program")
    assert load_settings() == Settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # type: ignore[misc]


def test_networks_are_given_as_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().fetch_allow == ()
    monkeypatch.setenv("DOSSIER_FETCH_ALLOW", "127.0.0.0/8, fd00::/8,")
    assert [str(network) for network in load_settings().fetch_allow] == ["127.0.0.0/8", "fd00::/8"]
    monkeypatch.setenv("DOSSIER_FETCH_ALLOW", "10.0.0.1/8")
    with pytest.raises(ConfigurationError, match="DOSSIER_FETCH_ALLOW"):
        load_settings()
