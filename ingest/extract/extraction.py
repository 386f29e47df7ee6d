"""The way from bytes to an article: tell what it is, decode what is text, extract."""

from dataclasses import replace
from datetime import date

from ingest.extract.dates import plausible
from ingest.extract.encoding import decode
from ingest.extract.extracted import Extracted
from ingest.extract.kinds import kind_of_bytes, kind_of_text
from ingest.extract.markdown import extract_markdown
from ingest.extract.text import extract_text
from rag.errors import SourceError


def extract(body: bytes, name: str, today: date) -> Extracted:
    """Text and metadata of the article in `body`; `today` tells which dates are impossible.

    Raises SourceError, naming the article, for what is no article in a format that is known, or holds no text. A parser
    that breaks may raise anything: that is for the process that reads (ingest/reading/child.py) to turn into an error.
    """
    found = _parse(body, name, today)
    if not found.text.strip():
        raise SourceError(f"{name} holds no readable text.", "Open it: is the article loaded by a script, or an image?")
    return _with_plausible_dates(found, today)


def _parse(body: bytes, name: str, today: date) -> Extracted:
    """Each reader is imported when the first file needs it: together they take more than a second."""
    match kind_of_bytes(body, name):
        case "pdf":
            from ingest.extract.pdf import extract_pdf

            return extract_pdf(body, name)
        case "docx":
            from ingest.extract.docx import extract_docx

            return extract_docx(body, name)
        case "epub":
            from ingest.extract.epub import extract_epub

            return extract_epub(body, name)
        case "mail":
            from ingest.extract.mail import extract_mail

            return extract_mail(body, name)
        case "json":
            from ingest.extract.json_article import extract_json

            return extract_json(body, name)
        case _:
            return _parse_text(body, name, today)


def _parse_text(body: bytes, name: str, today: date) -> Extracted:
    text, notes = decode(body, name)
    kind = kind_of_text(text, name)
    if kind == "html":
        from ingest.extract.html import extract_html

        found = extract_html(text, name, today)
    else:
        found = extract_markdown(text, name) if kind == "markdown" else extract_text(text, name)
    return replace(found, notes=notes + found.notes) if notes else found


def _with_plausible_dates(found: Extracted, today: date) -> Extracted:
    published, notes = plausible(found.published, "published", today)
    updated, more = plausible(found.updated, "updated", today)
    if published and updated and updated < published[: len(updated)]:
        updated, more = None, (f"updated {updated} is before published {published} and was dropped",)
    source = found.date_source if published else None
    if (published, updated, source) == (found.published, found.updated, found.date_source):
        return found
    return replace(found, published=published, updated=updated, date_source=source, notes=found.notes + notes + more)
