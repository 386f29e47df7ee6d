"""PDF files: the words and where they stand from pypdf, the paragraphs from there."""

import io
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from math import hypot
from typing import Any

import pypdf
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from ingest.extract.extracted import Extracted
from ingest.extract.front_matter import Stated
from ingest.extract.metadata import shortened, with_stated
from ingest.extract.pdf_lines import Block, Line, blocks_of, written
from ingest.extract.properties import language_code, sensible_author, sensible_title
from rag.errors import SourceError

MOST_PAGES = 2_000
# Less than DOSSIER_READ_TIMEOUT has by itself: the pages read by then are worth having.
MOST_SECONDS = 45.0
# A page of text has some ten thousand bytes of drawing commands; one with a map has millions, and no text to speak of.
LARGEST_PAGE = 8_000_000
LONGEST_TEXT = 20_000_000
# What pypdf raises for a damaged page or its metadata, besides its own errors: they cost no more than themselves.
_BROKEN = (
    PyPdfError,
    *(NotImplementedError, DependencyError),  # a stream that is packed in no known way, or in one it has no program for
    *(TypeError, AttributeError, ValueError),  # a name where a number belongs, a reference to a reference
    AssertionError,  # a reference in the midst of drawing
    RecursionError,  # lists in lists in lists
)
# pypdf's own guards, set tighter than they come: what one stream may inflate to, and what taking it apart may cost.
_LIMITS = {
    "zlib_maximum_output_length": 32_000_000,
    "lzw_maximum_output_length": 32_000_000,
    "run_length_maximum_output_length": 32_000_000,
    "stream_decoding_work_maximum_length": 100_000_000,
    "stream_parsing_work_maximum_count": 1_000_000,
}


def extract_pdf(
    body: bytes, name: str, *, most_seconds: float = MOST_SECONDS, most_pages: int = MOST_PAGES
) -> Extracted:
    """The article in a PDF. Raises SourceError for one that is damaged, encrypted, too long or without text."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it speaks of every oddity of every file
    with pypdf.apply_configuration(None, **_LIMITS):
        reader = _open(body, name)
        count = len(reader.pages)
        if count > most_pages:
            raise SourceError(f"{name} has {count} pages, more than {most_pages}.", "Split it.")
        pages, notes = _read_pages(reader, name, time.monotonic() + most_seconds)
        blocks = blocks_of(pages)
        if not blocks:
            raise SourceError(
                f"{name} holds no text (a scan?).", "Run text recognition (OCR) on it, and ingest the result."
            )
        return replace(_article(reader, blocks, name), notes=notes, flags=("truncated",) if notes else ())


def _open(body: bytes, name: str) -> pypdf.PdfReader:
    try:
        reader = pypdf.PdfReader(io.BytesIO(body[max(0, body[:1024].find(b"%PDF-")) :]))
        if reader.is_encrypted and not reader.decrypt(""):  # many lock nothing but printing, with no word to open them
            raise _encrypted(name)
        len(reader.pages)
    except (DependencyError, FileNotDecryptedError) as error:
        raise _encrypted(name) from error
    except SourceError:
        raise
    except _BROKEN as error:
        raise SourceError(f"{name} is damaged: {_said(error)}.", "Fetch the PDF anew.") from error
    return reader


def _encrypted(name: str) -> SourceError:
    return SourceError(f"{name} is encrypted.", "Save it without a password.")


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__


def _read_pages(reader: pypdf.PdfReader, name: str, deadline: float) -> tuple[list[list[Line]], tuple[str, ...]]:
    """The lines of each page, and a note for every page that cannot be read: the others are worth having."""
    pages: list[list[Line]] = []
    notes: list[str] = []
    letters = 0
    for number in range(len(reader.pages)):
        _check_time(deadline, name)
        try:
            page = reader.pages[number]
            contents = page.get_contents()
            if contents is not None and len(contents.get_data()) > LARGEST_PAGE:
                notes.append(f"page {number + 1} is a drawing and was left out")
                continue
            pages.append(_lines(page, deadline, name))
        except SourceError:
            raise
        except _BROKEN as error:
            notes.append(f"page {number + 1} could not be read: {_said(error)}")
            continue
        letters += sum(len(line.text) for line in pages[-1])
        if letters > LONGEST_TEXT:
            raise SourceError(f"{name} holds more text than any article.", "Split it.")
    if notes and not any(pages):
        raise SourceError(f"{name} cannot be read: {notes[0]}.", "Fetch the PDF anew.")
    return pages, tuple(notes)


def _check_time(deadline: float, name: str) -> None:
    if time.monotonic() > deadline:
        raise SourceError(f"{name} takes too long to read.", "Split it, or save it as text.")


def _lines(page: pypdf.PageObject, deadline: float, name: str) -> list[Line]:
    lines: list[Line] = []
    pieces: list[tuple[str, float, float]] = []

    def flush() -> None:
        text = " ".join("".join(piece[0] for piece in pieces).replace("\0", "").split())
        shown = [piece for piece in pieces if piece[0].strip()]
        if text:
            largest = max(shown, key=lambda piece: len(piece[0]))
            lines.append(Line(text, largest[1], shown[0][2]))
        pieces.clear()

    def take(text: str, cm: Sequence[float], tm: Sequence[float], font: object, size: float) -> None:
        scale = abs(size) * hypot(tm[2], tm[3]) * hypot(cm[2], cm[3])
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        for i, part in enumerate(text.split("\n")):
            if i:
                flush()
            pieces.append((part, scale, y))

    def watch(operator: Any, operands: Any, cm: Any, tm: Any) -> None:
        _check_time(deadline, name)

    page.extract_text(visitor_text=take, visitor_operand_before=watch)
    flush()
    return lines


def _article(reader: pypdf.PdfReader, blocks: list[Block], name: str) -> Extracted:
    """Title and author from the metadata where they make sense; its dates are the file's, not the article's."""
    try:
        metadata = reader.metadata
        stated = (metadata.title, metadata.author) if metadata else (None, None)
        language = reader.root_object.get("/Lang")
    except _BROKEN:  # damaged metadata takes nothing from the text
        stated, language = (None, None), None
    text = "\n\n".join(written(blocks))
    title = sensible_title(stated[0], text)
    shown = _shown_title(blocks)
    if shown is not None and (title is None or shown.text.casefold().startswith(title.casefold())):
        title = shortened(shown.text)
    if title and blocks[0].text.casefold() == title.casefold():
        text = "\n\n".join(written(blocks[1:]))
    found = with_stated(Stated(title=title), text, name, ())
    return replace(found, author=found.author or sensible_author(stated[1]), language=language_code(language))


def _shown_title(blocks: list[Block]) -> Block | None:
    """The largest heading among the first blocks."""
    headings = [block for block in blocks[:6] if block.is_heading]
    return max(headings, key=lambda block: block.size, default=None)
