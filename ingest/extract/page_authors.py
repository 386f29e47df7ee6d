"""Who wrote a page: names as pages state them, without what is no name."""

import re
from collections.abc import Iterable, Iterator

from lxml import html

from ingest.extract.dates import date_match

_MARKED = (
    ".//*[@rel='author']",
    ".//*[@itemprop='author']",
    ".//*[contains(concat(' ', @class, ' '), ' author-name ') or contains(@class, 'byline__name')]",
    ".//*[contains(concat(' ', @class, ' '), ' autor ') or contains(concat(' ', @class, ' '), ' auteur ')]",
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
_AND = re.compile(r"\s+(?:and|&|und|et|y)\s+")
_NO_NAMES = frozenset(
    "admin administrator author authors by editor editors guest staff unknown anonymous none null user newsroom".split()
) | {
    *("staff writer", "staff writers", "staff reporter", "staff reports", "guest author", "guest writer", "web desk"),
    *("news desk", "editorial team", "editorial staff", "redaktion", "die redaktion", "la rédaction", "redacción"),
}
_LONGEST = 120


def tidy(names: Iterable[str]) -> str | None:
    """The names as one line, those that are none left out: addresses, `admin`, the day it was written."""
    found = dict.fromkeys(one for name in filter(None, map(_name, names)) for one in _each(name))
    return ", ".join(found) or None


def _each(name: str) -> list[str]:
    """`Jane Doe and John Roe` are two; `Ernst and Young` is one, since no part of it is a whole name."""
    parts = _AND.split(name)
    return parts if all(2 <= len(part.split()) <= 4 for part in parts) else [name]


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
    text = re.sub(r",?\s+(?:le|am|el|il|den|vom)$|^\(([^()]+)\)$", r"\1", text)
    if not text or len(text) > _LONGEST or text.casefold() in _NO_NAMES or not re.search(r"[^\W\d_]{2}", text):
        return None
    return text
