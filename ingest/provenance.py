"""What is kept of where an article came from: the bytes as they came, and how to read them again."""

from datetime import UTC, date, datetime

from ingest.document import Document, Told
from rag.catalog import Raw


def raw_of(document: Document, location: str, name: str, now: float) -> Raw:
    """What is kept of a document that was read at `location` just now."""
    body = document.body if document.sent is None else document.sent
    return Raw(location, name, body or b"", document.address, now, document.headers, document.told.to_json())


def document_of(raw: Raw) -> Document:
    """The document that was read then. Raises SourceError when its server's headers say that it is no article."""
    body = raw.body
    if raw.headers and raw.address:
        from ingest.fetch.answers import page_of  # what fetches takes its time to import, and most bytes are files'
        from ingest.fetch.pages import article_body

        body = article_body(page_of(raw.address, raw.headers, body), raw.address)
    return Document(body, Told.from_json(raw.told), raw.address, raw.headers, raw.body)


def day_of(raw: Raw) -> date:
    """The day they came."""
    return datetime.fromtimestamp(raw.fetched, UTC).date()
