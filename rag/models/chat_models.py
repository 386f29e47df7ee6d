"""Language models: any LangChain chat model by `provider:model`, or a GGUF file by `local:PATH.gguf`.

Building checks what providers' clients do not (keys, packages); calling adds what LangChain's streaming lacks: a time
limit for each token, retries before the first one, errors that name a setting. No call goes anywhere but to the model.
"""

import math
import random as _random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from types import MappingProxyType
from typing import Any

import anyio
import httpx
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langsmith import tracing_context

from rag.errors import ConfigurationError, ModelError
from rag.models.errors import as_model_error, retry_after
from rag.settings import Settings

# What a model takes when neither a setting nor its profile says so.
DEFAULT_CONTEXT = 8192
# Waiting before a retry: doubled each time from the first value up to the last; a server may ask for `LONGEST_WAIT`.
FIRST_WAIT, LAST_WAIT, LONGEST_WAIT = 0.5, 8.0, 30.0
# A kept connection belongs to the event loop that opened it and breaks in the next one (each question asked from a
# notebook has its own); opening one anew costs little beside an answer.
_NO_KEEP_ALIVE = {"Connection": "close"}
_EXTRAS = {"openai": "openai", "ollama": "ollama"}
_SOME = (
    "mistralai:mistral-small-latest, openai:gpt-4o-mini, ollama:llama3.2, anthropic:…, google_genai:…, local:PATH.gguf"
)


def build_chat_model(spec: str, settings: Settings) -> BaseChatModel:
    """The chat model that `spec` names. Raises ConfigurationError for a wrong name, a missing key, package or file."""
    provider, _, name = spec.partition(":")
    if not provider or not name:
        raise ConfigurationError(f"{spec!r} names no model.", f"DOSSIER_MODEL is `extractive` or one like {_SOME}.")
    if provider == "local":
        from rag.models.local import load_local_model  # the extra may be missing

        return load_local_model(Path(name).expanduser(), settings)
    from langchain.chat_models import init_chat_model  # takes a second, which the extractive answerer does not pay

    options = _options(provider, settings)
    try:
        model = init_chat_model(name, model_provider=provider, **options)
    except ImportError as error:
        extra = _EXTRAS.get(provider)
        package = f"'dossier-qa[{extra}]'" if extra else f"langchain-{provider.replace('_', '-')}"
        raise ConfigurationError(f"The package for {provider} models is missing.", f"pip install {package}") from error
    except Exception as error:  # each provider's client has its own class for a missing key; nothing is swallowed
        raise _unusable(spec, provider, error) from error
    assert isinstance(model, BaseChatModel)
    if isinstance(client := getattr(model, "async_client", None), httpx.AsyncClient):  # ChatMistralAI takes no headers
        client.headers.update(_NO_KEEP_ALIVE)
    return model


def context_window(model: BaseChatModel, settings: Settings) -> int:
    """How many tokens the model takes, prompt and answer together."""
    if settings.model_context:
        return settings.model_context
    profile: dict[str, Any] = dict(getattr(model, "profile", None) or {})
    return int(profile.get("max_input_tokens") or DEFAULT_CONTEXT)


def takes_grammar(model: BaseChatModel) -> bool:
    """Whether the model's words can be held to a grammar in GBNF, given as the option `grammar`."""
    return bool(getattr(model, "takes_grammar", False))


async def stream_with_retries(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    settings: Settings,
    *,
    name: str = "",
    options: Mapping[str, Any] = MappingProxyType({}),
    sleep: Callable[[float], Awaitable[object]] = anyio.sleep,
    random: Callable[[], float] = _random.random,
    now: Callable[[], float] = time.time,
) -> AsyncGenerator[AIMessageChunk, None]:
    """The model's chunks as they come; each may take `settings.model_timeout` seconds. `options` are of this call.

    429, 5xx, timeouts and lost connections are tried again `settings.model_retries` times, with growing pauses, as long
    as no text has come. Raises ModelError.
    """
    spec = name or settings.model
    for attempt in range(settings.model_retries + 1):
        begun = False
        try:
            async with aclosing(_chunks(model, messages, options, settings.model_timeout)) as chunks:
                async for chunk in chunks:
                    begun = begun or bool(chunk.text)
                    yield chunk
            return
        except Exception as error:  # the one place where all clients' errors become ours; nothing is swallowed
            failure = as_model_error(error, spec)
            if begun:
                raise _stopped(spec, failure) from error
            if not getattr(failure, "retryable", False) or attempt == settings.model_retries:
                raise failure from error
            asked = retry_after(error, now())
        pause = min(FIRST_WAIT * 2**attempt, LAST_WAIT) * (0.5 + random() / 2)
        if asked is not None and asked > LONGEST_WAIT:
            raise failure
        await sleep(max(pause, asked or 0.0))


async def _chunks(
    model: BaseChatModel, messages: Sequence[BaseMessage], options: Mapping[str, Any], patience: float
) -> AsyncGenerator[AIMessageChunk, None]:
    """The model's stream with a limit for each chunk, and never traced: LangSmith would be a second receiver."""
    finished = False
    # LangChain declares an iterator; what every client returns is a generator, and only that can be closed early.
    async with aclosing(model.astream(list(messages), **options)) as stream:  # type: ignore[type-var]
        while True:
            with anyio.fail_after(patience), tracing_context(enabled=False):
                try:
                    chunk = await anext(stream)
                except StopAsyncIteration:
                    break
            metadata = chunk.response_metadata
            finished = finished or any(metadata.get(key) for key in ("finish_reason", "done_reason", "stop_reason"))
            assert isinstance(chunk, AIMessageChunk)
            yield chunk
    if not finished and model._llm_type in _SAY_WHEN_FINISHED:
        raise ConnectionError("the stream ended before the answer did")


# Clients whose last chunk always says why it is the last; a stream of theirs that ends without was cut off.
_SAY_WHEN_FINISHED = frozenset(("mistralai-chat", "openai-chat", "chat-ollama", "dossier-local"))


def _options(provider: str, settings: Settings) -> dict[str, Any]:
    """A client's arguments. Its own retries are off: they would multiply with ours."""
    key = settings.model_api_key
    base_url = {"base_url": settings.model_base_url} if settings.model_base_url else {}
    if provider == "ollama":
        context = {"num_ctx": settings.model_context} if settings.model_context else {}
        timeout = {"client_kwargs": {"timeout": settings.model_timeout, "headers": _NO_KEEP_ALIVE}}
        return {"temperature": 0, "num_predict": settings.model_max_tokens, **base_url, **context, **timeout}
    if provider == "perplexity" and settings.model_base_url:
        raise ConfigurationError("Perplexity's client takes no base URL.", "Set PERPLEXITY_BASE_URL instead.")
    options: dict[str, Any] = {
        "temperature": 0,
        "max_tokens": settings.model_max_tokens,
        "timeout": math.ceil(settings.model_timeout),  # ChatMistralAI takes whole seconds
        "max_retries": 0,
        **base_url,
    }
    if provider == "mistralai":
        key = key or settings.mistral_api_key
        if key is None or not key.get_secret_value().strip():  # its client would send `Bearer None`
            raise ConfigurationError("Mistral's API needs a key.", "Set MISTRAL_API_KEY (or DOSSIER_MODEL_API_KEY).")
    if provider == "openai":
        options["stream_usage"] = True  # off by default for other base URLs
        options["default_headers"] = _NO_KEEP_ALIVE
    return options | ({"api_key": key} if key else {})


def _unusable(spec: str, provider: str, error: Exception) -> ConfigurationError:
    text = " ".join(str(error).split())
    if "Unsupported provider" in text or "Unsupported model_provider" in text:
        return ConfigurationError(f"{provider!r} is no provider of models.", f"DOSSIER_MODEL is one like {_SOME}.")
    if "key" in text.lower() or "credential" in text.lower():
        own = f"{provider.upper().removesuffix('AI') if provider == 'mistralai' else provider.upper()}_API_KEY"
        return ConfigurationError(f"The model {spec} needs a key.", f"Set DOSSIER_MODEL_API_KEY or {own}.")
    return ConfigurationError(f"The model {spec} cannot be used: {text[:200]}", "Check DOSSIER_MODEL and its settings.")


def _stopped(spec: str, failure: Exception) -> ModelError:
    hint = getattr(failure, "hint", "")
    reason = getattr(failure, "message", str(failure))
    return ModelError(f"The model {spec} stopped in mid-answer. {reason}", hint, retryable=True)
