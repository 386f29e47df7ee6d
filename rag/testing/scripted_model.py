"""A chat model that says what a test wrote down, in the pieces it wrote."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field


@dataclass(frozen=True, slots=True)
class Pause:
    """A model that takes its time."""

    seconds: float


Step = str | Pause | Exception


class ScriptedChatModel(BaseChatModel):
    """Streams one script for each call, the last one again and again; remembers the prompts it was given.

    A script is a sequence of pieces of text, pauses and exceptions to raise, or a text, which comes word by word.
    """

    scripts: list[Any]
    finish_reason: str = "stop"
    prompts: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "dossier-scripted"

    @property
    def prompt(self) -> str:
        """All the text of the last prompt."""
        return "\n".join(message.text for message in self.prompts[-1])

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
        steps = self._next_script(messages)
        for step in steps:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, str):
                yield _text(step)
        yield self._last(messages, steps)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        steps = self._next_script(messages)
        for step in steps:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, Pause):
                await anyio.sleep(step.seconds)
            else:
                yield _text(step)
        yield self._last(messages, steps)

    def _next_script(self, messages: list[BaseMessage]) -> Sequence[Step]:
        script = self.scripts[min(len(self.prompts), len(self.scripts) - 1)]
        self.prompts.append(messages)
        return re.findall(r"\s*\S+|\s+", script) if isinstance(script, str) else script

    def _last(self, messages: list[BaseMessage], steps: Sequence[Step]) -> ChatGenerationChunk:
        read = sum(len(message.text.split()) for message in messages)
        written = sum(isinstance(step, str) for step in steps)
        usage = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
        metadata = {"finish_reason": self.finish_reason}
        return ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=usage, response_metadata=metadata))


def _text(text: str) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=AIMessageChunk(content=text))
