"""An answer as server-sent events: `passages`, the text in `delta`s, the whole `answer`, or an `error`; then `done`."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import anyio
import structlog
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from pydantic import BaseModel
from starlette.types import Send

from rag.assistant import Answered, Delta, Event, PassagesFound
from rag.errors import DossierError
from rag.web.problems import describe
from rag.web.schemas import DeltaData, DoneData, FoundPassages

log = structlog.get_logger(__name__)

# A local model may read its prompt for half a minute; proxies give up on silence after about a minute.
KEEPALIVE_SECONDS = 15.0


class EventStream(EventSourceResponse):
    """The response. When the reader goes away, what makes the events is cancelled and closed.

    FastAPI keeps a stream alive for routes that do nothing but stream; ours answers in JSON too, so it is done here.
    """

    def __init__(self, events: AsyncGenerator[bytes], keepalive_seconds: float = KEEPALIVE_SECONDS) -> None:
        # No proxy may hold back what should appear at once.
        super().__init__(events, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        self._events = events
        self._keepalive_seconds = keepalive_seconds

    async def stream_response(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with anyio.create_task_group() as group, aclosing(self._events):
            group.start_soon(self._keep_alive, send)
            async for event in self._events:
                await send({"type": "http.response.body", "body": event, "more_body": True})
            group.cancel_scope.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _keep_alive(self, send: Send) -> None:
        while True:
            await anyio.sleep(self._keepalive_seconds)
            await send({"type": "http.response.body", "body": KEEPALIVE_COMMENT, "more_body": True})


async def encode_events(answering: AsyncGenerator[Event], request_id: str) -> AsyncGenerator[bytes]:
    """The events of one answer, encoded. Its errors become an `error` event: the status 200 is already sent."""
    try:
        # Closed at once, so that a model does not write on for a reader who has left.
        async with aclosing(answering):
            async for event in answering:
                yield _encode_event(event)
    except DossierError as error:
        yield _encode("error", describe(error).model_copy(update={"request_id": request_id}))
    except Exception as error:  # the boundary of a streamed answer, as rag/web/middleware.py is of the others
        log.exception("streamed answer failed")
        yield _encode("error", describe(error).model_copy(update={"request_id": request_id}))
    yield _encode("done", DoneData())


def _encode_event(event: Event) -> bytes:
    match event:
        case PassagesFound():
            return _encode("passages", FoundPassages(passages=event.passages))
        case Delta():
            return _encode("delta", DeltaData(text=event.text))
        case Answered():
            return _encode("answer", event.answer)


def _encode(name: str, data: BaseModel) -> bytes:
    return format_sse_event(event=name, data_str=data.model_dump_json())
