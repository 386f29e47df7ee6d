"""Every setting, in one place: `DOSSIER_…` in the environment, or arguments of the command.

Built once in an entry point and passed down; nothing else in Dossier reads the environment. README's table is made from
this class (`python -m rag.settings`), so a description here is documentation.
"""

import os
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rag.errors import ConfigurationError

PREFIX = "DOSSIER_"


def _listed(value: Any) -> Any:
    """`a, b` as a variable has it, as a list."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class Settings(BaseSettings):
    """The settings of one process; frozen."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, validate_by_name=True
    )

    library: Path = Field(Path("library"), description="The folder that holds the library.")

    model: str = Field(
        "extractive",
        description="Who answers: `extractive` (no language model), `provider:model` (any LangChain chat model, "
        "such as `mistralai:mistral-small-latest`) or `local:PATH.gguf`.",
    )
    model_base_url: str | None = Field(None, description="Another address for the provider's API.")
    model_api_key: SecretStr | None = Field(
        None,
        description="The provider's key; without it the provider's own variable is used, such as `OPENAI_API_KEY`.",
    )
    mistral_api_key: SecretStr | None = Field(
        None, validation_alias="MISTRAL_API_KEY", description="The key of Mistral's API."
    )
    model_timeout: float = Field(60.0, gt=0, description="Seconds a model may take until its next token.")
    model_retries: int = Field(3, ge=0, le=10, description="Tries again after 429, 5xx or a lost connection.")
    model_max_tokens: int = Field(500, gt=0, description="The longest answer a model may write, in tokens.")
    model_context: int | None = Field(
        None, gt=255, description="The model's context window in tokens, where it is not known by itself."
    )

    passages: int = Field(8, ge=1, le=50, description="Passages an answer is drawn from.")
    max_question: int = Field(2000, gt=0, description="The longest question, in characters.")

    embedding_model: str = Field(
        "all-MiniLM-L6-v2",
        description="`all-MiniLM-L6-v2` comes from a wheel; else a sentence-transformers model by hub name or path.",
    )
    embedding_precision: Literal["fp32", "int8"] = Field(
        "fp32", description="`int8` embeds faster and finds a little less."
    )

    reranker: str | None = Field(
        None,
        description="A sentence-transformers cross-encoder, by hub name or path, that reads the best 30 passages again "
        "with the question; slow without an accelerator.",
    )

    keep_raw: bool = Field(
        False, description="Keep the bytes articles are made of, compressed, so that `dossier reextract` can read them."
    )

    companies: Path | None = Field(
        None,
        description="Your own names of companies, people, models and products; else `companies.toml` in the library.",
    )

    max_article_mb: float = Field(20.0, gt=0, description="The largest article file, in megabytes.")
    read_timeout: float = Field(
        60.0, gt=0, description="Seconds that reading one article may take; what takes longer fails, alone."
    )
    read_memory_mb: int = Field(
        1500, ge=250, description="Megabytes of memory that reading one article may take (on Linux)."
    )

    inbox_jobs: int = Field(
        1000, gt=0, description="How many posted documents and addresses may wait to be read; more are refused for now."
    )
    inbox_mb: float = Field(500.0, gt=0, description="Megabytes of posted documents that may wait to be read.")

    fetch_allow: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (),
        description="Networks that may be fetched from although they are private, such as `10.0.0.0/8,fd00::/8`; "
        "any port there. Else only public addresses, on ports 80 and 443.",
    )
    fetch_user_agent: str = Field(
        "Dossier/0.1",
        min_length=1,
        pattern=r"^[ -~]+$",
        description="Who we say we are to sites; robots.txt is read for the name before the `/`.",
    )
    fetch_delay: float = Field(
        1.0, ge=0, description="Seconds between two requests to one host, unless its robots.txt asks for more."
    )
    fetch_timeout: float = Field(30.0, gt=0, description="Seconds one request may take, to the last byte.")

    host: str = Field("127.0.0.1", description="The address the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port the server listens on; 0 takes a free one.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    log_json: bool = Field(False, description="Log lines as JSON.")


def load_settings(**given: Any) -> Settings:
    """The settings from the environment, with those `given` (None means not given) in their place.

    Raises ConfigurationError for a name that is no setting and for a value that is none.
    """
    known = {_variable(name) for name in Settings.model_fields}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise ConfigurationError(f"{name} is not a setting.", f"The settings are {', '.join(sorted(known))}.")
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        wrong = "; ".join(f"{_variable(str(e['loc'][0]))}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(f"A setting is wrong: {wrong}.", "README lists the settings.") from error


def _variable(name: str) -> str:
    """The environment variable of a setting: Mistral's key has the name its provider gave it."""
    return name.upper() if name == "mistral_api_key" else f"{PREFIX}{name}".upper()


def environment_without_secrets() -> dict[str, str]:
    """The environment of a process that handles what others wrote: no setting of ours, nothing that may be a key."""
    secret = re.compile(r"key|token|secret|passw|credential|auth", re.IGNORECASE)
    return {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(PREFIX) and not secret.search(name)
    }


def table() -> str:
    """The settings as a Markdown table, for README."""
    rows = ["| setting | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else f"`{field.default}`"
        rows.append(f"| `{_variable(name)}` | {default} | {field.description} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
