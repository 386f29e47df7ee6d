"""Connections that go where the rules allow, and end when their time or their bytes are used up."""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpcore2
import httpx2

from ingest.fetch.addresses import Rules
from ingest.fetch.lookups import Lookups

# A name may have any number of addresses; a few of them are tried.
_ATTEMPTS = 4
_CONNECT_TIMEOUT = 10.0
# How long one read waits before it looks whether the run was stopped.
_SLICE = 0.5

NETWORK_ERRORS = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    httpx2.TransportError,
)


class LateError(Exception):
    """The time of a request is used up."""


class TooLargeError(Exception):
    """More came over the line than was asked for."""


class StoppedError(Exception):
    """The run was stopped."""


@dataclass(slots=True)
class Budget:
    """What one request may still use: the time until `deadline`, and bytes as they come over the line."""

    deadline: float = 0.0
    bytes_left: int = 0


class Transport(httpx2.BaseTransport):
    """The network as the fetcher sees it. `budget` is of the request that is under way in this thread.

    The name is looked up here and nowhere else, and the connection goes to what was checked; TLS and the Host header
    keep the name.
    """

    def __init__(self, rules: Rules, stopped: threading.Event, trusted: ssl.SSLContext | None = None) -> None:
        self._of_thread = threading.local()
        context = trusted or httpx2.create_ssl_context(trust_env=False)
        backend = _Backend(rules, self, stopped)
        self._pool = httpcore2.ConnectionPool(ssl_context=context, keepalive_expiry=30.0, network_backend=backend)

    @property
    def budget(self) -> Budget:
        found: Budget = self._of_thread.budget
        return found

    @budget.setter
    def budget(self, budget: Budget) -> None:
        self._of_thread.budget = budget

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        answer = self._pool.handle_request(
            httpcore2.Request(request.method, target, headers=request.headers.raw, extensions=request.extensions)
        )
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, rules: Rules, transport: Transport, stopped: threading.Event) -> None:
        self._lookups = Lookups(rules.resolve)
        self._transport = transport
        self._stopped = stopped
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            found = self._lookups.find(host, port, self.time_left)
        except OSError as error:
            raise httpcore2.ConnectError(f"{host} is not known: {error.strerror or error}") from error
        for number, address in enumerate(found[:_ATTEMPTS], 1):
            try:
                # A numeric address: nothing is looked up again.
                stream = self._sockets.connect_tcp(
                    str(address.ip), port, min(self.time_left(), _CONNECT_TIMEOUT), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == min(len(found), _ATTEMPTS):
                    raise
                continue
            return _Stream(stream, self)
        raise AssertionError("a resolved host has an address")

    def time_left(self) -> float:
        """Seconds until the request has to be over. Raises when it should be over by now."""
        if self._stopped.is_set():
            raise StoppedError
        left = self._transport.budget.deadline - time.monotonic()
        if left <= 0:
            raise LateError
        return left

    def count(self, data: bytes) -> bytes:
        """The data, taken off the budget."""
        self._transport.budget.bytes_left -= len(data)
        if self._transport.budget.bytes_left < 0:
            raise TooLargeError
        return data


class _Stream(httpcore2.NetworkStream):
    """A stream that no trickle keeps open: a server that sends a byte now and then runs into the deadline as well."""

    def __init__(self, stream: httpcore2.NetworkStream, backend: _Backend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            left = self._backend.time_left()
            try:
                return self._backend.count(self._stream.read(max_bytes, min(_SLICE, left)))
            except httpcore2.ReadTimeout:
                continue  # time_left() says when it is enough

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.time_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._backend.time_left()), self._backend)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
