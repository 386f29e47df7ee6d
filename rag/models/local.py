"""A GGUF model in this process, through llama.cpp (`xllamacpp`), as a LangChain chat model."""

import os
import queue
import secrets
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, ClassVar

import anyio.to_thread
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from rag.errors import ConfigurationError, ModelError
from rag.settings import Settings

# Memory for the context is taken when the model is loaded, so a model that could take 128,000 tokens is not asked to.
DEFAULT_CONTEXT = 4096
_MAGIC = b"GGUF"


def load_local_model(path: Path, settings: Settings) -> "LocalChatModel":
    """The model in the file, loaded. Raises ConfigurationError: no such file, no such model, no xllamacpp."""
    return LocalChatModel(
        path=path,
        context=settings.model_context or DEFAULT_CONTEXT,
        max_tokens=settings.model_max_tokens,
    )


class LocalChatModel(BaseChatModel):
    """Chat with a GGUF file. One answer at a time: a second one waits for the first."""

    takes_grammar: ClassVar[bool] = True
    path: Path
    context: int = DEFAULT_CONTEXT
    max_tokens: int = 500
    temperature: float = 0.0
    threads: int | None = None
    _server: Any = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Load the weights: a second or two for each gigabyte."""
        super().model_post_init(context)
        self._server = _start(self.path, self.context, self.threads)
        self.profile = {"max_input_tokens": self.context}

    @property
    def _llm_type(self) -> str:
        return "dossier-local"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        generation = _Generation(self._server, self._request(messages, stop, kwargs))
        try:
            while (event := generation.next()) is not None:
                yield _chunk(event)
        finally:
            generation.stop()

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        generation = _Generation(self._server, self._request(messages, stop, kwargs))
        try:
            while (event := await anyio.to_thread.run_sync(generation.next, abandon_on_cancel=True)) is not None:
                yield _chunk(event)
        finally:
            generation.stop()

    def _request(self, messages: list[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]) -> dict[str, Any]:
        return {
            "messages": convert_to_openai_messages(messages),
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
            "cache_prompt": True,
            **({"stop": stop} if stop else {}),
            **kwargs,
        }


class _Generation:
    """One answer being written in a thread of its own; its events are taken from a queue."""

    def __init__(self, server: Any, request: dict[str, Any]) -> None:
        self._events: queue.Queue[dict[str, Any] | Exception | None] = queue.Queue()
        self._stopped = threading.Event()
        # No daemon: one that is inside llama.cpp when the interpreter ends aborts the process.
        threading.Thread(target=self._run, args=(server, request), name="dossier-local-model").start()

    def next(self) -> dict[str, Any] | None:
        """The next event, None at the end. Blocks. Raises ModelError."""
        event = self._events.get()
        if isinstance(event, Exception):
            raise ModelError(f"The local model failed: {event}.", "Try another file in DOSSIER_MODEL.") from event
        if event is not None and (error := event.get("error")):
            raise _refused(error)
        return event

    def stop(self) -> None:
        """Ends the generation after its current token."""
        self._stopped.set()
        self._events.put(None)

    def _run(self, server: Any, request: dict[str, Any]) -> None:
        try:
            server.handle_chat_completions(request, self._take)
            self._events.put(None)
        except (RuntimeError, ValueError, TypeError) as error:  # what xllamacpp raises for a request it cannot work on
            self._events.put(error)

    def _take(self, event: dict[str, Any]) -> bool:
        self._events.put(event)
        return self._stopped.is_set()  # true ends the generation


def _start(path: Path, context: int, threads: int | None) -> Any:
    _check(path)
    # Idle threads of the matrix library would spin: two busy cores make it three times slower. Read when it is loaded.
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import xllamacpp
    except ImportError as error:
        raise ConfigurationError("Local models need xllamacpp.", "pip install 'dossier-qa[local]'") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = context
    params.n_parallel = 1
    params.cpuparams.n_threads = threads or os.cpu_count() or 1
    params.verbosity = -1
    params.ui = False
    params.api_keys = [secrets.token_hex(16)]  # it listens on loopback too, where nobody else is meant to ask
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        hint = "The file may be damaged or newer than the installed xllamacpp; DOSSIER_MODEL names the file."
        raise ConfigurationError(f"llama.cpp cannot load {path}.", hint) from error


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(f"The model {path} cannot be read: {reason}.", "Check DOSSIER_MODEL.") from error
    if magic != _MAGIC:
        raise ConfigurationError(
            f"{path} is no GGUF file.", "DOSSIER_MODEL=local:PATH takes a model in llama.cpp's format."
        )


def _refused(error: dict[str, Any]) -> ModelError:
    message = str(error.get("message", "it gave no reason")).rstrip(".")
    hint = "Raise DOSSIER_MODEL_CONTEXT." if "context" in message else "Try another file in DOSSIER_MODEL."
    return ModelError(f"The local model refused the request: {message}.", hint)


def _chunk(event: dict[str, Any]) -> ChatGenerationChunk:
    choice = (event.get("choices") or [{}])[0]
    usage = event.get("usage")
    finish = choice.get("finish_reason")
    return ChatGenerationChunk(
        message=AIMessageChunk(
            content=(choice.get("delta") or {}).get("content") or "",
            response_metadata={"finish_reason": finish} if finish else {},
            usage_metadata=UsageMetadata(
                input_tokens=usage["prompt_tokens"],
                output_tokens=usage["completion_tokens"],
                total_tokens=usage["total_tokens"],
                input_token_details={"cache_read": (usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)},
            )
            if usage
            else None,
        )
    )
