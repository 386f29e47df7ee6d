"""The title of a page: what its metadata states, without the name of the site in it."""

import re
from collections.abc import Iterable, Sequence

from lxml import html

from ingest.extract.page_blocks import words_of

_SEPARATOR = re.compile(r"\s+(?:[|·•»«–—:/-]|::|<|>)+\s+|\s*[|»«]\s*|:\s+|\s+(?=\[)")


def headline(page: html.HtmlElement, stated: str | None, sites: Iterable[str | None]) -> str | None:
    """The title: `stated` in the metadata, else the heading that `<title>` repeats, else `<title>`."""
    shown = [" ".join(heading.text_content().split()) for heading in page.iter("h1")]
    shown = [text for text in shown if text]
    title = " ".join((page.findtext(".//head/title") or page.findtext(".//title") or "").split())
    if stated:
        return without_site(stated, sites, shown)
    if not title:
        return shown[0] if len(shown) == 1 else None
    repeated = [text for text in shown if _is_said_in(text, title)]
    return max(repeated, key=len, default=None) or without_site(title, sites, shown)


def without_site(title: str, sites: Iterable[str | None], shown: Sequence[str]) -> str:
    """`Title | Site` and `Site: Title` without the site, which is known by name, or by the heading that is the rest."""
    names = {key for site in sites if site and (key := _key(site))}
    headings = {_key(text) for text in shown}
    for found in reversed(list(_SEPARATOR.finditer(title))):
        before, after = title[: found.start()].strip(), title[found.end() :].strip(" []")
        if not before or not after:
            continue
        if _key(after) in names or (_key(before) in headings and len(before) > len(after)):
            return before
        if _key(before) in names or (_key(after) in headings and len(after) > len(before)):
            return after
    return title


def _is_said_in(heading: str, title: str) -> bool:
    """Whether most of the heading's words are in the title, or of a part of it in the heading."""
    words, said = set(words_of(heading)), set(words_of(title))
    if not words:
        return False
    parts = [set(words_of(part)) for part in _SEPARATOR.split(title) if part and words_of(part)]
    return len(words & said) * 2 >= len(words) or any(len(part) > 1 and part <= words for part in parts)


def _key(text: str) -> str:
    text = text.casefold().removeprefix("www.").removeprefix("the ")
    return re.sub(r"\W+|\.(?:com|org|net|co\.uk)$", "", text)
