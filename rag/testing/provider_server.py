"""A model provider on the loopback address: speaks OpenAI's, Mistral's and Ollama's protocols, and fails on demand.

with ProviderServer([Fail(429, retry_after="1"), Say("It raised $5 million [1].")]) as server:
    model = ChatMistralAI(base_url=server.url, api_key="any")
"""

import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Say:
    """A normal answer, word by word. `cut` closes the connection after so many pieces; `ends` says why it ends."""

    text: str
    cut: int | None = None
    ends: str = "stop"


@dataclass(frozen=True, slots=True)
class Fail:
    """An error status, with the wait the server asks for."""

    status: int
    retry_after: str | None = None
    message: str = "no"


@dataclass(frozen=True, slots=True)
class Hang:
    """Accepts the request and never answers; after `pieces` of an answer if there are some."""

    pieces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Garbage:
    """Status 200 and a body that is no chat completion."""

    body: str = "<html>Welcome to the café</html>"


Behaviour = Say | Fail | Hang | Garbage


@dataclass(slots=True)
class Request:
    """What a client sent."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)


class ProviderServer:
    """A context manager: one behaviour for each request, the last one again and again. `requests` are what came in."""

    def __init__(self, behaviours: Sequence[Behaviour]) -> None:
        self.behaviours = list(behaviours)
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.provider = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        """`http://127.0.0.1:PORT`, as Ollama's clients want it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """The base URL for OpenAI's and Mistral's clients."""
        return f"{self.address}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def next_behaviour(self, request: Request) -> Behaviour:
        """Notes the request and says how it is answered."""
        with self._lock:
            self.requests.append(request)
            return self.behaviours[min(len(self.requests), len(self.behaviours)) - 1]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: ProviderServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read `requests` instead."""

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, sent)
        behaviour = self.server.provider.next_behaviour(request)
        ollama = self.path.startswith("/api/")
        if isinstance(behaviour, Fail):
            error = {"error": behaviour.message if ollama else {"message": behaviour.message, "type": "error"}}
            extra = {"Retry-After": behaviour.retry_after} if behaviour.retry_after else {}
            self._whole(behaviour.status, json.dumps(error), extra)
        elif isinstance(behaviour, Garbage):
            self._whole(
                200, behaviour.body, {"Content-Type": "text/event-stream" if sent.get("stream") else "text/html"}
            )
        elif isinstance(behaviour, Hang) and not behaviour.pieces:
            self.server.provider.stopping.wait(60)
        elif isinstance(behaviour, Say) and not sent.get("stream"):
            self._whole(200, json.dumps(_completion(behaviour.text, behaviour.ends, sent)))
        else:
            self._stream(behaviour, sent, ollama)

    def _stream(self, behaviour: Say | Hang, sent: dict[str, Any], ollama: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson" if ollama else "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = behaviour.pieces if isinstance(behaviour, Hang) else re.findall(r"\s*\S+", behaviour.text)
        events = _ollama_events if ollama else _openai_events
        ends = behaviour.ends if isinstance(behaviour, Say) else "stop"
        for count, event in enumerate(events(pieces, ends, sent)):
            if isinstance(behaviour, Say) and behaviour.cut == count:
                self.close_connection = True
                self.connection.shutdown(2)
                return
            if isinstance(behaviour, Hang) and count == len(pieces):
                self.server.provider.stopping.wait(60)
                return
            self._chunk(event)
        self._chunk("")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _whole(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _usage(text: str, sent: dict[str, Any]) -> dict[str, int]:
    read = sum(len(str(message.get("content", "")).split()) for message in sent.get("messages", []))
    written = len(text.split())
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _completion(text: str, ends: str, sent: dict[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    choices = [{"index": 0, "message": message, "finish_reason": ends}]
    named = {"id": "answer-1", "object": "chat.completion", "created": 1, "model": sent.get("model", "")}
    return {**named, "choices": choices, "usage": _usage(text, sent)}


def _openai_events(pieces: Sequence[str], ends: str, sent: dict[str, Any]) -> Iterator[str]:
    named = {"id": "answer-1", "object": "chat.completion.chunk", "created": 1, "model": sent.get("model", "")}
    for piece in pieces:
        delta = {"role": "assistant", "content": piece}
        yield _event({**named, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    last = {"index": 0, "delta": {"content": ""}, "finish_reason": ends}
    yield _event({**named, "choices": [last], "usage": _usage(" ".join(pieces), sent)})
    yield "data: [DONE]\n\n"


def _ollama_events(pieces: Sequence[str], ends: str, sent: dict[str, Any]) -> Iterator[str]:
    named = {"model": sent.get("model", ""), "created_at": "2024-01-01T00:00:00Z"}
    for piece in pieces:
        yield json.dumps({**named, "message": {"role": "assistant", "content": piece}, "done": False}) + "\n"
    usage = _usage(" ".join(pieces), sent)
    counts = {"prompt_eval_count": usage["prompt_tokens"], "eval_count": usage["completion_tokens"]}
    message = {"role": "assistant", "content": ""}
    yield json.dumps({**named, "message": message, "done": True, "done_reason": ends, **counts}) + "\n"


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data)}\n\n"
