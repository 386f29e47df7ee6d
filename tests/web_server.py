"""A web server on the loopback address for tests of fetching: pages by path, each with the trouble that is wanted."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ARTICLE = (
    "<!doctype html><html><head><title>Acme raises</title>"
    '<meta property="article:published_time" content="2023-06-13T08:00:00Z"></head>'
    "<body><article><h1>Acme raises</h1><p>Acme raised $113 million from Example Ventures in June 2023.</p></article>"
    "</body></html>"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `cut` ends the connection after so many bytes; `pause` waits so long before each byte."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str = "text/html; charset=utf-8"
    cut: int | None = None
    pause: float = 0.0


Route = Answer | Callable[[dict[str, str]], Answer]


class WebServer:
    """`pages` maps paths to answers, or to lists of answers, one for each request. `requests` are what came in."""

    def __init__(self, address: str = "127.0.0.1", certificate: Path | None = None) -> None:
        self.pages: dict[str, Route | list[Answer]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.names: list[str | None] = []
        self.stopping = threading.Event()
        self._server = _Server((address, 0), _Handler)
        self._server.web = self
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            context.sni_callback = lambda _, name, __: self.names.append(name)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self.url = f"http://{address}:{self.port}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [path for path, _ in self.requests if path != "/robots.txt"]

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        """Notes a request and says how it is answered."""
        self.requests.append((path, headers))
        found = self.pages.get(path.partition("?")[0], Answer("nothing here", 404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found(headers) if callable(found) else found

    @contextmanager
    def running(self) -> Iterator["WebServer"]:
        """Serves while the block lasts."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.stopping.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    web: WebServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read `requests` instead."""

    def do_GET(self) -> None:
        answer = self.server.web.answer(self.path, {name.lower(): value for name, value in self.headers.items()})
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        for name, value in {"Content-Type": answer.type, **answer.headers}.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if answer.cut is not None:
            self.wfile.write(body[: answer.cut])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
        elif answer.pause:
            for byte in body:
                if self.server.web.stopping.wait(answer.pause):
                    return
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
        else:
            self.wfile.write(body)
