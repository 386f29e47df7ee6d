"""What a file is, told by its bytes; its name is asked only where they leave it open."""

import re
from pathlib import PurePosixPath
from typing import Literal

from ingest.extract.archive import entries_of
from ingest.extract.json_article import looks_like_json
from ingest.extract.mail import looks_like_mail
from rag.errors import SourceError

Kind = Literal["pdf", "docx", "epub", "mail", "json", "html", "markdown", "text"]

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TAGS = re.compile(r"<(?:p|div|article|h[1-6]|meta|title)\b", re.IGNORECASE)
_OFFICE = {
    "xl/workbook.xml": "a spreadsheet",
    "ppt/presentation.xml": "a presentation",
    "content.xml": "an OpenDocument file",
}


def kind_of_bytes(body: bytes, name: str) -> Kind | None:
    """The kind of a file that is more than text; None for text. Raises SourceError for an archive of another kind."""
    if looks_like_json(body):
        return "json"
    suffix = PurePosixPath(name).suffix.lower()
    # Some programs write a few lines before the header, which readers bear with.
    if body[:64].lstrip().startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in body[:1024]):
        return "pdf"
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(body, name)
    if looks_like_mail(body, is_named_so=suffix == ".eml"):
        return "mail"
    if looks_like_json(body.partition(b"\n")[0]):
        raise SourceError(
            f"{name} holds an article a line.", "Give it to `dossier ingest`, or post the lines one by one."
        )
    return None


def kind_of_text(text: str, name: str) -> Kind:
    """What a text says, before what its name says: pages are saved as .txt, Markdown as .html."""
    suffix = PurePosixPath(name).suffix.lower()
    if _HTML.match(text) or (suffix in (".html", ".htm") and _TAGS.search(text)):
        return "html"
    return "markdown" if suffix in (".md", ".markdown") else "text"


def _kind_of_archive(body: bytes, name: str) -> Kind:
    names = entries_of(body, name)
    if "word/document.xml" in names or ("[Content_Types].xml" in names and any(n.startswith("word/") for n in names)):
        return "docx"
    if "META-INF/container.xml" in names or any(n.endswith(".opf") for n in names):
        return "epub"
    kind = next((words for entry, words in _OFFICE.items() if entry in names), "a ZIP archive")
    raise SourceError(f"{name} is {kind}.", "Save the article as PDF, DOCX, EPUB, Markdown, text or HTML.")
