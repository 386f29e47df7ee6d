"""From bytes to right text: the encoding is found, what is no text is refused, damage is repaired."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator

from charset_normalizer import from_bytes

from ingest.extract.mojibake import repair
from rag.errors import SourceError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP archive (or an office document)",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"SQLite format 3": "a database",
    b"\x7fELF": "a program",
}
_DECLARED = re.compile(rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_JAPANESE = re.compile(rb"\x1b\$[@B]")
_SURROGATES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
# What ends up in text by accident (form feeds, vertical tabs, escape) is cleaned later; this many of them are data.
_CONTROL_SHARE = 0.01
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 200_000


def decode(body: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text in `body`, with mojibake repaired and line ends as `\\n`, and notes on what was done.

    Raises SourceError for bytes that are no text.
    """
    text, encoding = _decode(body, name)
    _refuse_binary(text, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    zeros = text.count("\0")
    text = text.replace("\0", "")
    if not text.strip().strip("\ufeff"):
        raise SourceError(f"{name} is empty.", "Remove it, or save the article again.")
    repaired = repair(text)
    notes = [] if encoding.startswith("utf-8") else [f"read as {encoding}"]
    if zeros:
        notes.append(f"{zeros} NUL characters removed")
    if repaired != text:
        notes.append("encoding damage repaired")
    return repaired, tuple(notes)


def _decode(body: bytes, name: str) -> tuple[str, str]:
    for magic, kind in _MAGIC.items():
        if body.startswith(magic):
            raise SourceError(f"{name} is {kind}, not text.", "Save the article as Markdown, text or HTML.")
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace"), encoding
    unmarked = _unmarked_utf16(body)
    if unmarked:
        return body.decode(unmarked, "replace"), unmarked
    if b"\x1b" in body and _JAPANESE.search(body) and body.isascii():
        return body.decode("iso2022_jp", "replace"), "iso2022_jp"
    for encoding in _likely(body):
        try:
            return body.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            continue
    if _SURROGATES.search(body):
        return _with_whole_characters(body), "UTF-8 of surrogates"
    return _sniffed(body, name)


def _with_whole_characters(body: bytes) -> str:
    """UTF-8 in which characters beyond the first plane were written in two halves, as some databases do (CESU-8)."""
    return _SURROGATES.sub(_joined, body).decode("utf-8", "replace")


def _joined(found: re.Match[bytes]) -> bytes:
    halves = found[0].decode("utf-8", "surrogatepass")
    return halves.encode("utf-16", "surrogatepass").decode("utf-16").encode()


def _likely(body: bytes) -> Iterator[str]:
    """UTF-8 hardly ever fits by chance, a wrong declaration is common: so what is declared comes second."""
    yield "utf-8"
    yield _declared(body)


def _declared(body: bytes) -> str:
    found = _DECLARED.search(body[:4096])
    encoding = found[1].decode("ascii", "ignore").lower() if found else ""
    # Browsers read both as Windows-1252, and pages count on it.
    return "cp1252" if encoding in ("iso-8859-1", "latin1", "latin-1") else encoding


def _unmarked_utf16(body: bytes) -> str | None:
    """UTF-16 without a mark: of text in one alphabet, every other byte is zero (for spaces) or the alphabet's."""
    sample = body[:2000]
    if len(sample) < 4 or len(body) % 2 or 0 not in sample:
        return None
    for high, low, encoding in ((1, 0, "utf-16-le"), (0, 1, "utf-16-be")):
        most = Counter(sample[high::2]).most_common(2)
        is_one_alphabet = sum(count for _, count in most) > 0.8 * len(sample) / 2
        if is_one_alphabet and 0 in (byte for byte, _ in most) and 0 not in sample[low::2]:
            return encoding
    return None


def _sniffed(body: bytes, name: str) -> tuple[str, str]:
    """Broken UTF-8 if it is mostly that, else what charset-normalizer takes it for."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if b"\x00" not in body and broken <= max(2, len(text) // 1000) and re.search(r"[^\x00-\x7f\ufffd]", text):
        return text, "broken UTF-8"
    # Western text first: for short texts the guess is often an exotic code page, and these two fit nearly all we meet.
    best = from_bytes(body[:_SAMPLE], cp_isolation=["cp1252", "mac_roman"]).best() or from_bytes(body[:_SAMPLE]).best()
    if best is None:
        raise SourceError(f"{name} is not text.", "Save the article as Markdown, text or HTML, in UTF-8.")
    return body.decode(best.encoding, "replace"), best.encoding


def _refuse_binary(text: str, name: str) -> None:
    sample = text[:_SAMPLE]
    controls = len(_CONTROLS.findall(sample))
    if controls > _CONTROL_SHARE * len(sample) or sample.count("\ufffd") > 0.1 * len(sample):
        raise SourceError(f"{name} is binary, not text.", "Save the article as Markdown, text or HTML.")
