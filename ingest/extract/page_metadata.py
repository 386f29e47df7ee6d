"""What an HTML page states about itself: JSON-LD first, then meta tags, then what can be seen.

trafilatura reads the same places, but it does not say which one a date came from, and takes a date of change for that
of publication when there is nothing else.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import html

from ingest.extract.dates import to_iso
from rag.documents import DateSource

_ARTICLE_TYPES = re.compile(r"(Article|BlogPosting|Report|NewsArticle|Review|WebPage)$")
# Some pages hide the data from browsers of the nineties.
_WRAPPING = re.compile(
    r"^\s*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?|(?://|/\*)?\s*(?:\]\]>|-->)\s*(?:\*/)?\s*;?\s*$"
)
_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "pubdate",
    "publish-date",
    "publication_date",
    "citation_publication_date",
    "date",
)
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")
_TITLE = ("og:title", "twitter:title", "parsely-title", "dc.title", "citation_title")
_AUTHOR = ("author", "parsely-author", "article:author_name", "dc.creator", "byl", "citation_author", "article:author")
_URL = ("og:url", "twitter:url")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What the page states; None where it does not. `is_free` is false when only subscribers may read it."""

    title: str | None
    author: str | None
    site: str | None
    url: str | None
    published: str | None
    updated: str | None
    date_source: DateSource | None
    language: str | None
    is_free: bool


def read_metadata(page: html.HtmlElement) -> PageMetadata:
    """The metadata of a parsed page."""
    data = _json_ld(page)
    tags = _meta_tags(page)
    published = to_iso(_string(data.get("datePublished")) or "")
    source: DateSource | None = "json-ld" if published else None
    if not published:
        published = next(filter(None, (to_iso(tags.get(name, "")) for name in _PUBLISHED)), None) or _marked_date(page)
        source = "meta" if published else None
    return PageMetadata(
        title=_headline(page, data, tags),
        author=_people(data.get("author")) or _author(tags),
        site=tags.get("og:site_name") or _name(data.get("publisher")) or tags.get("application-name"),
        url=_canonical(page) or _first(tags, _URL),
        published=published,
        updated=to_iso(_string(data.get("dateModified")) or _first(tags, _UPDATED) or ""),
        date_source=source,
        language=(page.get("lang") or "").split("-")[0].lower()[:3] or None,
        is_free=str(data.get("isAccessibleForFree", True)).lower() != "false",
    )


def _json_ld(page: html.HtmlElement) -> Mapping[str, Any]:
    """The object that describes the article, of all that the page's scripts of linked data hold."""
    best: Mapping[str, Any] = {}
    for script in page.iterfind(".//script[@type='application/ld+json']"):
        try:
            loaded = json.loads(_WRAPPING.sub("", script.text or ""), strict=False)
        except (ValueError, RecursionError):
            continue
        for found in _objects(loaded):
            kinds = found.get("@type")
            names = [str(kind) for kind in kinds] if isinstance(kinds, list) else [str(kinds)]
            if not any(_ARTICLE_TYPES.search(name) for name in names):
                continue
            if not best or ("datePublished" in found and "datePublished" not in best):
                best = found
    return best


def _objects(loaded: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(loaded, list):
        for part in loaded:
            yield from _objects(part)
    elif isinstance(loaded, dict):
        yield loaded
        yield from _objects(loaded.get("@graph", ()))


def _meta_tags(page: html.HtmlElement) -> dict[str, str]:
    """The first value of each meta tag, whether it is called name, property or itemprop; names in lower case."""
    tags: dict[str, str] = {}
    for tag in page.iter("meta"):
        content = " ".join((tag.get("content") or "").split())
        for key in (tag.get("property"), tag.get("name"), tag.get("itemprop")):
            if key and content:
                tags.setdefault(key.strip().lower(), content)
    return tags


def _marked_date(page: html.HtmlElement) -> str | None:
    """A `<time>` that says it is the date of publication."""
    for element in page.iter("time"):
        marks = f"{element.get('itemprop', '')} {element.get('class', '')}".lower()
        if element.get("pubdate") is not None or "publish" in marks or "entry-date" in marks:
            return to_iso(element.get("datetime") or element.text_content())
    return None


def _headline(page: html.HtmlElement, data: Mapping[str, Any], tags: Mapping[str, str]) -> str | None:
    headings = [" ".join(heading.text_content().split()) for heading in page.iter("h1")]
    shown = headings[0] if len(headings) == 1 else None
    stated = _string(data.get("headline")) or _first(tags, _TITLE)
    title = page.findtext(".//head/title") or page.findtext(".//title")
    return stated or shown or " ".join((title or "").split()) or None


def _author(tags: Mapping[str, str]) -> str | None:
    found = _first(tags, _AUTHOR)
    if not found or found.startswith(("http://", "https://")):  # OpenGraph wants a profile's address there
        return None
    return re.sub(r"^by\s+", "", found, flags=re.IGNORECASE)


def _canonical(page: html.HtmlElement) -> str | None:
    for link in page.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and (link.get("href") or "").startswith("http"):
            return str(link.get("href"))
    return None


def _people(value: Any) -> str | None:
    people = value if isinstance(value, list) else [value]
    names = [name for person in people if (name := _name(person)) and not name.startswith("http")]
    return ", ".join(dict.fromkeys(names)) or None


def _name(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list):
        value = value[0] if value else None
    return _string(value)


def _string(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _first(tags: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((tags[name] for name in names if name in tags), None)
