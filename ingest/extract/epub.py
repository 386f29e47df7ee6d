"""Books and magazines: an EPUB's chapters in their reading order, and what its package says about it."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from ingest.extract.archive import Archive
from ingest.extract.dates import to_iso
from ingest.extract.encoding import decode
from ingest.extract.extracted import Extracted
from ingest.extract.metadata import shortened
from ingest.extract.properties import language_code, sensible_author
from ingest.extract.whole_text import parse_html, whole_text
from ingest.extract.xml import parse_xhtml, parse_xml
from rag.errors import SourceError

LARGEST_CHAPTER = 10_000_000
LARGEST_PACKAGE = 5_000_000
LONGEST_TEXT = 20_000_000
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")
_FONTS = re.compile(r"idpf\.org/2008/embedding|adobe\.com/pdf/enc#RC")


@dataclass(frozen=True, slots=True)
class _Package:
    """The package document: where its chapters lie, in order, and its metadata, by name."""

    chapters: tuple[str, ...]
    metadata: tuple[etree._Element, ...]

    def all(self, name: str) -> list[etree._Element]:
        return [found for found in self.metadata if etree.QName(found).localname == name and _words(found)]

    def first(self, name: str) -> str | None:
        return next(map(_words, self.all(name)), None)


def extract_epub(body: bytes, name: str) -> Extracted:
    """The book in an EPUB. Raises SourceError for one that is damaged, protected or without text."""
    archive = Archive(body, name)
    _refuse_protected(archive, name)
    package = _package(archive, name)
    chapters: list[str] = []
    notes: list[str] = []
    for path in package.chapters:
        try:
            text = _chapter(archive, path, name)
        except SourceError as error:  # the other chapters are worth having
            notes.append(f"a chapter was left out: {error.message}")
            continue
        chapters += [text] if text.strip() else []
        if sum(map(len, chapters)) > LONGEST_TEXT:
            raise SourceError(f"{name} is longer than any book.", "Split it.")
    if not chapters and notes:
        raise SourceError(f"{name} has no chapter that can be read: {notes[0]}.", "Fetch the book anew.")
    text = "\n\n".join(chapters)
    published = _published(package)
    return Extracted(
        text=text,
        title=shortened(package.first("title") or _first_heading(text) or posixpath.splitext(name)[0]),
        author=_authors(package),
        site=package.first("publisher"),
        published=published,
        date_source="package" if published else None,
        language=language_code(package.first("language")),
        flags=("truncated",) if notes else (),
        notes=tuple(notes),
    )


def _refuse_protected(archive: Archive, name: str) -> None:
    """Fonts may be scrambled, that harms nobody; a book whose chapters are encrypted cannot be read."""
    listed = archive.read("META-INF/encryption.xml", LARGEST_PACKAGE)
    if listed is None:
        return
    methods = parse_xml(listed, f"'META-INF/encryption.xml' in {name}").iterfind(
        ".//{*}EncryptedData/{*}EncryptionMethod"
    )
    if any(not _FONTS.search(method.get("Algorithm", "")) for method in methods):
        raise SourceError(f"{name} is encrypted.", "Get the book without copy protection.")


def _package(archive: Archive, name: str) -> _Package:
    container = archive.read("META-INF/container.xml", LARGEST_PACKAGE)
    rootfile = None
    if container is not None:
        rootfile = parse_xml(container, f"'META-INF/container.xml' in {name}").find(".//{*}rootfile[@full-path]")
    path = rootfile.get("full-path", "") if rootfile is not None else ""
    path = path or next((entry for entry in archive.names if entry.endswith(".opf")), "")
    body = archive.read(path, LARGEST_PACKAGE)
    if body is None:
        raise SourceError(f"{name} does not say which chapters it has.", "Fetch the book anew.")
    root = parse_xml(body, f"{path!r} in {name}")
    pages = {
        item.get("id", ""): posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(item.get("href", ""))))
        for item in root.iterfind(".//{*}manifest/{*}item")
        if item.get("media-type") in _PAGES and "nav" not in item.get("properties", "").split()
    }
    order = (reference.get("idref", "") for reference in root.iterfind(".//{*}spine/{*}itemref"))
    chapters = dict.fromkeys(pages[idref] for idref in order if idref in pages)
    return _Package(tuple(chapters), tuple(root.iterfind(".//{*}metadata//*")))


def _chapter(archive: Archive, path: str, name: str) -> str:
    body = archive.read(path, LARGEST_CHAPTER)
    if body is None:
        raise SourceError(f"{path!r} is not in {name}.")
    if not body.strip():
        return ""
    text, _ = decode(body, f"{path!r} in {name}")
    page = parse_xhtml(text, path)
    if page is None:
        page = parse_html(text)
    return whole_text(page) if page is not None else ""


def _words(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _authors(package: _Package) -> str | None:
    creators = [found for found in package.all("creator") if _attribute(found, "role") in ("", "aut")]
    refined = {
        found.get("refines", "")[1:]: _words(found) for found in package.all("meta") if found.get("property") == "role"
    }
    names = [_words(found) for found in creators if refined.get(found.get("id", ""), "aut") == "aut"]
    return sensible_author(", ".join(dict.fromkeys(names)))


def _published(package: _Package) -> str | None:
    dates = {_attribute(found, "event"): to_iso(_words(found)) for found in reversed(package.all("date"))}
    return dates.get("publication") or dates.get("original-publication") or dates.get("")


def _attribute(element: etree._Element, name: str) -> str:
    """An attribute by its name, whichever namespace it is written in."""
    return next((str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


def _first_heading(text: str) -> str | None:
    found: Iterator[re.Match[str]] = re.finditer(r"^#{1,6} (.+)$", text[:5000], re.MULTILINE)
    return next((heading[1] for heading in found), None)
