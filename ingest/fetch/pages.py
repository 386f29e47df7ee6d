"""What a page that was fetched holds, if it may be an article at all."""

import codecs

from ingest.fetch.answers import Page
from rag.errors import SourceError

# Servers know the type of what they send; what a file really is, its content decides later.
_ARTICLES = frozenset(
    {
        "",
        "application/epub+zip",
        "application/octet-stream",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/x-pdf",
        "application/xhtml+xml",
        "binary/octet-stream",
        "message/rfc822",
        "text/html",
        "text/markdown",
        "text/plain",
        "text/x-markdown",
    }
)
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})


def article_body(page: Page, address: str) -> bytes:
    """The bytes, in UTF-8 when the server alone knows their encoding. Raises SourceError for what is no article."""
    if page.media_type in _FEEDS:
        raise SourceError(f"{address} is a feed, not an article.", "Give it with --feed.")
    if page.media_type not in _ARTICLES:
        raise SourceError(f"{address} is no article but {page.media_type}.", "Give the page the article is on.")
    body = page.body or b""
    if page.charset is None or not page.media_type.startswith("text/") or body.startswith(_MARKS) or _is_utf8(body):
        return body
    try:
        return body.decode(page.charset).encode()
    except (LookupError, UnicodeError):
        return body  # a wrong label: extraction looks for itself


_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
