"""The way from bytes to an article: decode, tell what it is, extract."""

import re
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath

import structlog

from ingest.extract.dates import plausible
from ingest.extract.encoding import decode
from ingest.extract.extracted import Extracted
from ingest.extract.markdown import extract_markdown
from ingest.extract.text import extract_text
from rag.errors import DossierError, SourceError

log = structlog.get_logger(__name__)

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TAGS = re.compile(r"<(?:p|div|article|h[1-6]|meta|title)\b", re.IGNORECASE)


def extract(body: bytes, name: str, today: date) -> Extracted:
    """Text and metadata of the article in `body`; `today` tells which dates are impossible.

    Raises SourceError, naming the article, for what is no text or holds none.
    """
    text, decoding = decode(body, name)
    try:
        found = _parse(text, name)
    except DossierError:
        raise
    except Exception as error:  # parsers meet anything here: one that breaks fails this article, not the run
        log.warning("a parser broke", source=name, exc_info=True)
        raise SourceError(f"{name} could not be parsed: {error!r}.", "Save the article in another format.") from error
    if not found.text.strip():
        raise SourceError(f"{name} holds no readable text.", "Open it: is the article loaded by a script, or an image?")
    return _with_plausible_dates(replace(found, notes=decoding + found.notes), today)


def _parse(text: str, name: str) -> Extracted:
    kind = _kind(text, name)
    if kind == "html":
        from ingest.extract.html import extract_html  # trafilatura and its dictionaries: 0.5 s, for HTML only

        return extract_html(text, name)
    return extract_markdown(text, name) if kind == "markdown" else extract_text(text, name)


def _kind(text: str, name: str) -> str:
    """What the content says, before what the name says: pages are saved as .txt, Markdown as .html."""
    suffix = PurePosixPath(name).suffix.lower()
    if _HTML.match(text) or (suffix in (".html", ".htm") and _TAGS.search(text)):
        return "html"
    return "markdown" if suffix in (".md", ".markdown") else "text"


def _with_plausible_dates(found: Extracted, today: date) -> Extracted:
    published, notes = plausible(found.published, "published", today)
    updated, more = plausible(found.updated, "updated", today)
    if published and updated and updated < published[: len(updated)]:
        updated, more = None, (f"updated {updated} is before published {published} and was dropped",)
    source = found.date_source if published else None
    return replace(found, published=published, updated=updated, date_source=source, notes=found.notes + notes + more)
