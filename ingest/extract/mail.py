"""Saved e-mail (.eml), newsletters above all: the message's own text, and what its headers say about it."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

from courlan import extract_domain
from lxml import html

from ingest.extract.dates import to_iso
from ingest.extract.encoding import decode
from ingest.extract.extracted import Extracted
from ingest.extract.mail_text import Forwarded, own_text
from ingest.extract.metadata import read_byline, shortened
from ingest.extract.mojibake import repair
from ingest.extract.text import extract_text
from ingest.extract.whole_text import parse_html, whole_text
from rag.errors import SourceError

# The standard library reads nested parts by recursion, and compares every line with every boundary around it.
MOST_BOUNDARIES = 100
MOST_PARTS = 300
DEEPEST = 20
LONGEST_HEADER = 4_000
_BOUNDARY = re.compile(rb"boundary[\s*\d]{0,20}=|content-type[ \t]{0,20}:\s{0,20}message/", re.IGNORECASE)
_HEADER_LINE = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,100}:(?:[ \t]|\r?\n[ \t]|\r?$)|From [^\n]*$", re.MULTILINE)
_SENDERS = (b"from", b"return-path", b"received", b"sender", b"delivered-to")
_OTHERS = (b"date", b"subject", b"message-id", b"mime-version", b"to", b"received", b"content-type")
# How many paragraphs at the top may be a byline, and a day as mail has it there, often without its year.
_TOP = 5
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DAY_ALONE = re.compile(
    rf"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\.? {_MONTH})(?:,? \d{{4}})?",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:\s*(?:fwd?|fw|re|wg|aw|tr|rv|i)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)
_FROM_SITE = re.compile(r"(?P<author>.{2,60}?)\s+(?:from|at|@|via)\s+(?P<site>.{2,60})", re.IGNORECASE)
_POST_OFFICES = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com mac.com aol.com gmx.de"
    " gmx.net web.de proton.me protonmail.com fastmail.com hey.com orange.fr free.fr".split()
)


@dataclass(frozen=True, slots=True)
class _Parts:
    html: tuple[EmailMessage, ...]
    plain: tuple[EmailMessage, ...]
    attachments: int


def looks_like_mail(body: bytes, *, is_named_so: bool) -> bool:
    """Whether the bytes begin with the headers of a message: who it is from, and something that only mail says.

    A name that says so is believed at the first header.
    """
    start = body[:64_000].lstrip(b"\xef\xbb\xbf\r\n")
    if not _HEADER_LINE.match(start):
        return False
    head = re.split(rb"\r?\n[ \t]*\r?\n", start, maxsplit=1)[0]
    names = {line.partition(b":")[0].strip().lower() for line in head.splitlines() if line[:1] not in b" \t"}
    if is_named_so:
        return bool(names & {*_SENDERS, *_OTHERS})
    return any(name in names for name in _SENDERS) and sum(name in names for name in _OTHERS) >= 2


def extract_mail(body: bytes, name: str) -> Extracted:
    """The article in a message. Raises SourceError for one that is nested beyond reason, or without text."""
    if len(_BOUNDARY.findall(body)) > MOST_BOUNDARIES:
        raise SourceError(
            f"{name} holds more than {MOST_BOUNDARIES} messages in one another.", "Save the one you want."
        )
    message = email.message_from_bytes(body.lstrip(b"\xef\xbb\xbf\r\n"), policy=policy.default)
    parts = _find_parts(message, name)
    text = _text(parts, name)
    if not text.strip():
        raise SourceError(f"{name} holds no text.", "Save the message again, with its text; attachments are not read.")
    text, forwarded = own_text(text)
    found = _with_headers(message, forwarded, text, name)
    notes = (f"{parts.attachments} attachments left out",) if parts.attachments else ()
    return replace(found, notes=notes)


def _find_parts(message: EmailMessage, name: str) -> _Parts:
    found: dict[str, list[EmailMessage]] = {"text/html": [], "text/plain": []}
    attachments = 0
    waiting: list[tuple[EmailMessage, int]] = [(message, 0)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return _Parts(tuple(found["text/html"]), tuple(found["text/plain"]), attachments)
        part, depth = waiting.pop(0)
        kind = part.get_content_type()
        if depth > DEEPEST:
            raise SourceError(f"{name} is nested too deeply.", "Save the message again.")
        if part.is_multipart() and (kind.startswith("multipart/") or not any(found.values())):
            waiting = [(below, depth + 1) for below in part.get_payload() if isinstance(below, EmailMessage)] + waiting
        elif kind in found and not _is_attached(part):
            found[kind].append(part)
        elif not kind.startswith("image/") or _is_attached(part):
            attachments += 1
    raise SourceError(f"{name} has more than {MOST_PARTS} parts.", "Save the message without its attachments.")


def _is_attached(part: EmailMessage) -> bool:
    return _header(part, "Content-Disposition").lower().startswith("attachment")


def _text(parts: _Parts, name: str) -> str:
    for part in parts.html:
        page = parse_html(_decoded(part, name))
        text = whole_text(_without_layout(page)) if page is not None else ""
        if text.strip():
            return text
    plain = [_decoded(part, name).strip() for part in parts.plain]
    return next(filter(None, plain), "")


def _decoded(part: EmailMessage, name: str) -> str:
    payload = part.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    charset = (part.get_content_charset() or "").lower()
    try:
        text = body.decode("cp1252" if charset in ("iso-8859-1", "latin-1") else charset or "utf-8")
    except (UnicodeDecodeError, LookupError, ValueError):
        return decode(body, name)[0] if body.strip() else ""
    return repair(text.replace("\r\n", "\n").replace("\r", "\n"))


def _without_layout(page: html.HtmlElement) -> html.HtmlElement:
    """The page with its tables of layout marked, and what is hidden by its size: mail has much of both."""
    for table in page.iter("table"):
        cells = [cell for cell in table.iter("td") if next(cell.iterancestors("table"), None) is table]
        is_laid_out = any(len(cell.text_content()) > 200 or cell.find(".//img") is not None for cell in cells)
        if table.find(".//th") is None and is_laid_out:
            table.set("role", "presentation")
    for element in page.iterfind(".//*[@style]"):
        style = re.sub(r"\s", "", element.get("style", "")).lower()
        if re.search(r"(?:^|;)(?:max-height:0|font-size:0|visibility:hidden|mso-hide:all)", style) and not len(element):
            element.set("hidden", "")
    return page


def _with_headers(message: EmailMessage, forwarded: Forwarded | None, text: str, name: str) -> Extracted:
    sender, address = parseaddr(forwarded.sender if forwarded else _header(message, "From"))
    subject = (forwarded.subject if forwarded else None) or _header(message, "Subject")
    title = shortened(repair(_PREFIX.sub("", subject)))
    sender = " ".join(repair(sender).strip("'\" ").split())
    named = _FROM_SITE.fullmatch(sender)
    listed = re.match(r"\s*\"?([^\"<]+?)\"?\s*<", "" if forwarded else _header(message, "List-Id"))
    published = (
        to_iso(forwarded.date) or _mail_date(forwarded.date) if forwarded else _mail_date(_header(message, "Date"))
    )
    plain = extract_text(text, name)
    author = (named["author"] if named else sender) or None
    return Extracted(
        text=_without_byline(_without_title(text, title), author) if title else plain.text,
        title=title or plain.title,
        author=author,
        site=(listed[1] if listed else None) or (named["site"] if named else None) or _site(address),
        published=published,
        date_source="mail header" if published else None,
    )


def _header(message: EmailMessage, name: str) -> str:
    """A header as text; the empty string for one that is missing, endless or too broken for the standard library."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    if len(raw) > LONGEST_HEADER:
        return ""
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, TypeError, IndexError, AttributeError, LookupError, AssertionError):
        return " ".join(raw.split())


def _mail_date(stated: str) -> str | None:
    try:
        found: datetime = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError, OverflowError):
        return to_iso(stated)
    return found.date().isoformat()


def _site(address: str) -> str | None:
    host = address.rpartition("@")[2].lower()
    domain = extract_domain(f"https://{host}/") if "." in host else None
    return domain if domain and domain not in _POST_OFFICES else None


def _without_byline(text: str, author: str | None) -> str:
    """The text without the lines at its top that say no more than who wrote it, or when."""
    blocks = text.split("\n\n")
    above = [_says_who_or_when(block, author) for block in blocks[:_TOP]]
    kept = [block for block, is_byline in zip(blocks, above, strict=False) if not is_byline] + blocks[_TOP:]
    return "\n\n".join(kept) if any(block.strip() for block in kept) else text


def _says_who_or_when(block: str, author: str | None) -> bool:
    words = re.sub(r"^#+ |[*_]", "", block).strip()
    if author and words.casefold() in (author.casefold(), f"by {author.casefold()}"):
        return True
    return read_byline(block)[2] or _DAY_ALONE.fullmatch(words) is not None


def _without_title(text: str, title: str) -> str:
    """The text without the line that says the title again."""
    blocks = text.split("\n\n")
    kept: Iterator[str] = (
        block for i, block in enumerate(blocks) if i >= 3 or re.sub(r"^#+ ", "", block).casefold() != title.casefold()
    )
    return "\n\n".join(kept) or text
