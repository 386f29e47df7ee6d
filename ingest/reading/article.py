"""All that is done to the bytes of an article before it is known which one it is. Runs in the process of its own."""

from dataclasses import replace
from datetime import date

from ingest.clean import clean
from ingest.document import Document, with_told
from ingest.extract import Extracted, extract
from ingest.language import language_of
from rag.errors import SourceError


def read_article(document: Document, name: str, today: date) -> Extracted:
    """The clean text and the metadata of the article in a document. Raises SourceError, naming it, for what is none."""
    found = clean(with_told(extract(document.body or b"", name, today), document.told, today))
    if not found.text.strip():
        raise SourceError(f"{name} holds no text besides a subscriber wall or call-outs.", "Save the full article.")
    return replace(found, language=found.language or language_of(found.text))
