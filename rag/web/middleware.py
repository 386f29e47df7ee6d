"""What holds for every request: an id, a log line, safe headers, no writing by other sites, no error in plain text."""

import secrets
import time
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.problems import MEDIA_TYPE, describe, describe_status, respond

log = structlog.get_logger(__name__)

SAFE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_READING = ("GET", "HEAD", "OPTIONS")


class RequestMiddleware:
    """The outermost layer of the application."""

    def __init__(
        self,
        app: ASGIApp,
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app = app
        self._new_id = new_id
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        answer = _Answer(send, request_id)
        started = self._clock()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                if _comes_from_another_site(scope):
                    await answer.fail(403, "Other web sites may not write to this server.", scope, receive)
                else:
                    await self._app(scope, receive, answer.send)
            except Exception as error:  # the boundary: what is left is a defect of ours, logged and shown to nobody
                log.exception("request failed")
                if not answer.status:
                    problem = describe(error).model_copy(update={"request_id": request_id})
                    await respond(problem)(scope, receive, answer.send)
            finally:
                milliseconds = round((self._clock() - started) * 1000, 1)
                write = log.debug if scope["path"] in ("/healthz", "/readyz") else log.info
                write(
                    "request", method=scope["method"], path=scope["path"][:200], status=answer.status, ms=milliseconds
                )


class _Answer:
    """The response on its way out."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self._instead = b""
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            headers["X-Request-Id"] = self._request_id
            headers.update(SAFE_HEADERS)
            if self.status == 413 and headers.get("content-type", "").startswith("text/plain"):
                # Starlette answers a body that is announced as too large itself, in plain text.
                self._instead = self._problem_body(413)
                headers["Content-Type"] = MEDIA_TYPE
                headers["Content-Length"] = str(len(self._instead))
        elif self._instead:
            message = {**message, "body": self._instead}
            self._instead = b""
        await self._send(message)

    async def fail(self, status: int, detail: str, scope: Scope, receive: Receive) -> None:
        problem = describe_status(status, detail).model_copy(update={"request_id": self._request_id})
        await respond(problem)(scope, receive, self.send)

    def _problem_body(self, status: int) -> bytes:
        problem = describe_status(status, "The request's body is too large.")
        return bytes(respond(problem.model_copy(update={"request_id": self._request_id})).body)


def _comes_from_another_site(scope: Scope) -> bool:
    """Whether a browser sends this on behalf of a page of another site, and it would change something.

    A form of any web site can post to a server on the same machine, whatever CORS says. Browsers name the sender in
    Sec-Fetch-Site; programs do not send it and are let through.
    """
    site = Headers(scope=scope).get("sec-fetch-site")
    return scope["method"] not in _READING and site in ("cross-site", "same-site")
