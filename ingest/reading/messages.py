"""What goes between the reader and its process: JSON and bytes, each with its length before it.

Never pickle: the process has handled what anybody may have written, and is believed nothing but data of known types.
"""

import json
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

from pydantic import TypeAdapter

from ingest.document import Document, Told
from ingest.extract import Extracted

LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a document: the article; or why it is none; or that it took too much memory.

    `token` is that of the request, so that nothing a parser writes is taken for the article that is read next. `last`
    says that the process ends now: it has read enough, or is not what it was.
    """

    token: str
    article: Extracted | None = None
    refusal: tuple[str, str] | None = None
    out_of_memory: bool = False
    last: bool = False


_REPLY = TypeAdapter(Reply)


def frame(payload: bytes) -> bytes:
    """The payload with its length before it."""
    return LENGTH.pack(len(payload)) + payload


@dataclass(frozen=True, slots=True)
class Request:
    """A document to be read; `seconds` is the time of the processor that it may take, `token` what no one can guess."""

    document: Document
    name: str
    today: date
    seconds: int
    token: str


def write_request(request: Request) -> bytes:
    """The request as two frames."""
    head = {
        "name": request.name,
        "today": request.today.isoformat(),
        "told": request.document.told.to_json(),
        "seconds": request.seconds,
        "token": request.token,
    }
    return frame(json.dumps(head).encode()) + frame(request.document.body or b"")


def read_request(receive: Callable[[], bytes]) -> Request:
    """What `write_request` wrote, of frames that come one after the other. Raises EOFError when there is no more."""
    head, body = json.loads(receive()), receive()
    document = Document(body, Told.from_json(head["told"]))
    return Request(document, head["name"], date.fromisoformat(head["today"]), head["seconds"], head["token"])


def write_reply(reply: Reply) -> bytes:
    """The reply as one frame. What no UTF-8 has, such as half a surrogate pair, becomes a question mark."""
    return frame(json.dumps(asdict(reply), ensure_ascii=False).encode(errors="replace"))


def read_reply(payload: bytes, token: str) -> Reply:
    """The reply to the request with this token, every field of it checked. Raises ValueError for anything else."""
    reply = _REPLY.validate_json(payload)
    if reply.token != token:
        raise ValueError("a reply to another request")
    return reply
