"""Who wrote a page: names as pages state them, without what is no name."""

import re
from collections.abc import Iterable, Iterator

from lxml import html

from ingest.extract.dates import date_match

_MARKED = (
    ".//*[@rel='author']",
    ".//*[@itemprop='author']",
    ".//*[contains(concat(' ', @class, ' '), ' author-name ') or contains(@class, 'byline__name')]",
    ".//*[contains(translate(@class, 'B', 'b'), 'byline')]",
)
_LEAD = re.compile(
    r"^\W*(?:(?:written|posted|published|reported|words|story|text)\s+)?(?:by|von|par|por|di|door)\b:?\s+|^\s*authors?:\s*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\(?\s*(?:https?://|www\.)\S+|\S+@\S+\.\S+|(?<!\w)@\w+")
# Where the name ends and its holder's office, or the day, begins.
_END = re.compile(
    r"\s*(?:[|•·–—]|\s-\s|\b(?:updated|published|posted|on)\b|\bfor\s+(?:the\s+)?[A-Z]|,\s*(?:[\w.’'-]+\s+){0,3}"
    r"(?:editor|reporter|correspondent|writer|staff|contributor|columnist|producer|journalist|author|follow)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_NO_NAMES = frozenset(
    "admin administrator author authors by editor editors guest staff unknown anonymous none null user".split()
)
_LONGEST = 120


def tidy(names: Iterable[str]) -> str | None:
    """The names as one line, those that are none left out: addresses, `admin`, the day it was written."""
    found = dict.fromkeys(filter(None, map(_name, names)))
    return ", ".join(found) or None


def shown_author(page: html.HtmlElement) -> str | None:
    """The author in the byline that a reader sees."""
    for path in _MARKED:
        for element in page.iterfind(path) if "contains" not in path else page.xpath(path):
            if any(e.tag in ("aside", "footer", "nav") or _is_comment(e) for e in element.iterancestors()):
                continue
            names = list(_names_in(element))
            if found := tidy(names):
                return found
    return None


def _is_comment(element: html.HtmlElement) -> bool:
    return "comment" in f"{element.get('class') or ''} {element.get('id') or ''}".lower()


def _names_in(element: html.HtmlElement) -> Iterator[str]:
    """One name for each that is marked inside the byline, else all of its text."""
    inner = element.xpath(".//*[@itemprop='name']") or element.xpath(".//a[@rel='author']")
    for part in inner or [element]:
        yield " ".join(" ".join(part.itertext()).split()) or str(part.get("content") or "")


def _name(text: str) -> str | None:
    text = " ".join(text.split())
    if text.startswith(("http://", "https://", "www.", "/")) or len(text) > 2 * _LONGEST:
        return None
    text = _LEAD.sub("", text)
    day = date_match(text)
    if day:
        text = text[: day[1][0]]
    text = _END.sub("", _ADDRESS.sub("", text)).replace("()", "").strip(" \t,;:|/–—-")
    if not text or len(text) > _LONGEST or text.casefold() in _NO_NAMES or not re.search(r"[^\W\d_]{2}", text):
        return None
    return text
