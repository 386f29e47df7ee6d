"""What a server answered: its status, its body within limits, and what it says of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from rag.errors import SourceError

_CODINGS = frozenset({"", "identity", "gzip", "deflate", "br"})
_SECRET = frozenset({"set-cookie", "set-cookie2", "www-authenticate", "authorization", "cookie"})
_REFUSALS = {
    401: "asks for a password",
    402: "asks for payment",
    403: "refuses us",
    404: "is not there",
    410: "is gone",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What came back. `address` is where it was in the end; no `body` means that it has not changed."""

    address: str
    body: bytes | None
    media_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class PassingError(Exception):
    """It may work a little later: after `wait` seconds, when the server named them."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class RefusedError(SourceError):
    """The site does not give it, and will not the next time."""


class StatusError(RefusedError):
    """The server says no."""

    def __init__(self, message: str, hint: str, status: int) -> None:
        super().__init__(message, hint)
        self.status = status


def check_status(answer: httpx2.Response, asked: str, *, conditional: bool) -> None:
    """Raises PassingError for a server in trouble, StatusError for one that says no."""
    status = answer.status_code
    if status == 429 or status >= 500:
        raise PassingError(f"the server answers {status}", _retry_after(answer.headers.get("retry-after")))
    if status not in (200, 203) and not (status == 304 and conditional):
        reason = _REFUSALS.get(status, "cannot be fetched")
        raise StatusError(f"{asked} {reason} (status {status}).", "Check the address in a browser.", status)


def read_body(answer: httpx2.Response, asked: str, max_bytes: int) -> bytes:
    """The body, decoded; never much more of it in memory than is allowed, whatever it was compressed from."""
    if answer.headers.get("content-encoding", "").strip().lower() not in _CODINGS:
        # One coding, of those whose decoder gives out bounded pieces.
        raise SourceError(
            f"{asked} comes in an encoding that was not asked for: {answer.headers['content-encoding']}.",
            "Save the page, and ingest the file.",
        )
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > max_bytes:
            raise too_large(asked, max_bytes)
    return bytes(body)


def page_of(at: str, headers: Mapping[str, str], body: bytes | None) -> Page:
    """The page with what its headers, named in lower case, say of it; those that hold secrets are left out."""
    declared = headers.get("content-type", "")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", declared, re.IGNORECASE)
    return Page(
        at,
        body,
        declared.partition(";")[0].strip().lower(),
        charset[1] if charset else None,
        headers.get("etag"),
        headers.get("last-modified"),
        {name: value for name, value in headers.items() if name not in _SECRET},
    )


def too_large(asked: str, max_bytes: int) -> SourceError:
    return SourceError(
        f"{asked} is larger than {max_bytes / 1_000_000:g} MB.",
        "Raise DOSSIER_MAX_ARTICLE_MB if it really is one article.",
    )


def _retry_after(text: str | None) -> float | None:
    """The seconds a server asks for, whether it says them or names the moment."""
    if not text:
        return None
    if re.fullmatch(r"\d{1,9}", text.strip()):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
