"""What an HTML page states about itself: JSON-LD first, then meta tags, then what can be seen.

trafilatura reads the same places, but it does not say which one a date came from, and takes a date of change for that
of publication when there is nothing else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from ingest.extract import linked_data
from ingest.extract.dates import plausible, to_iso
from ingest.extract.linked_data import read_linked_data
from ingest.extract.page_authors import shown_author, tidy
from ingest.extract.page_titles import headline
from rag.dates import DateSource

_OPENGRAPH = ("article:published_time", "og:published_time", "article:published")
_PUBLISHED = (
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "pubdate",
    "publish-date",
    "publishdate",
    "published_at",
    "dcterms.issued",
    "dc.date.created",
    "originalpublicationdate",
    "cxenseparse:recs:publishtime",
    "publication_date",
    "citation_publication_date",
    "date",
)
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")
# Dublin Core's title is meant as one; OpenGraph's as the line under a link that is shared.
_TITLE = ("citation_title", "dc:title", "og:title", "twitter:title", "parsely-title", "dc.title", "title")
_AUTHOR = (
    "dc:creator",
    "author",
    "parsely-author",
    "article:author_name",
    "dc.creator",
    "byl",
    "citation_author",
    "article:author",
    "og:article:author",
    "sailthru.author",
)
_SITE = ("og:site_name", "application-name", "apple-mobile-web-app-title", "dc.publisher")
# Where no site is named: who publishes there, or its handle.
_PUBLISHER = (
    "dc:publisher",
    "dcterms.publisher",
    "publisher",
    "sailthru.publisher",
    "rbpubname",
    "twitter:app:name:iphone",
    "twitter:app:name:googleplay",
    "twitter:site",
)
_URL = ("og:url", "twitter:url")
# Names in the markup of a date that say which one it is.
_FIRST_DATE = ("publish", "datecreated", "entry-date", "pubdate")
_LAST_DATE = ("modified", "updated")
_DAY_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_HOST_IN_TITLE = re.compile(r"\s[|–—·-]\s+(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})\s*$", re.IGNORECASE)
_MONTH_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])(?=/)")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What the page states; None where it does not.

    `is_free` is false when only subscribers may read it. `body` are the article's paragraphs, and `word_count` its
    length, as the page's linked data gives them. `host` is what the site may be called where its name is not stated.
    """

    title: str | None
    author: str | None
    site: str | None
    url: str | None
    published: str | None
    updated: str | None
    date_source: DateSource | None
    language: str | None
    is_free: bool
    body: tuple[str, ...] = ()
    word_count: int = 0
    host: str | None = None


def read_metadata(page: html.HtmlElement, today: date = date.max) -> PageMetadata:
    """The metadata of a parsed page. A date later than `today` is one that no article has."""
    data = read_linked_data(page)
    tags = _meta_tags(page)
    url = next(filter(_is_address, (_canonical(page), *(tags.get(name) for name in _URL))), None)
    published, source = _published(page, data, tags, today)
    updated = linked_data.string(data.get("dateModified")) or _first(tags, _UPDATED)
    site = _first(tags, _SITE) or linked_data.name_of(data.get("publisher"))
    stated = linked_data.string(data.get("headline")) or _first(tags, _TITLE)
    count = str(data.get("wordCount"))
    return PageMetadata(
        title=headline(page, stated, (*(tags.get(name) for name in _SITE), site, urlsplit(url or "").hostname)),
        author=tidy(linked_data.names_of(data.get("author")))
        or next(filter(None, (tidy(tags[name].split(";")) for name in _AUTHOR if name in tags)), None)
        or shown_author(page),
        site=site,
        url=url,
        published=published,
        updated=to_iso(updated or "") or _marked_date(page, _LAST_DATE),
        date_source=source,
        language=_language(page, tags, linked_data.string(data.get("inLanguage"))),
        is_free=linked_data.is_free(data) and tags.get("article:content_tier", "free").lower() != "locked",
        body=linked_data.body_of(data),
        word_count=int(count) if re.fullmatch(r"[0-9]{1,6}", count) else 0,
        host=_host(page, tags, url),
    )


def _published(
    page: html.HtmlElement, data: Mapping[str, Any], tags: Mapping[str, str], today: date
) -> tuple[str | None, DateSource | None]:
    """The date of the first place that states one, more exactly where another place does; and what place that is."""
    stated: list[tuple[str | None, DateSource]] = [
        (to_iso(linked_data.string(data.get("datePublished")) or ""), "json-ld")
    ]
    stated += [(to_iso(tags[name]), "opengraph") for name in _OPENGRAPH if name in tags]
    stated += [(to_iso(tags[name]), "meta") for name in _PUBLISHED if name in tags]
    stated.append((_marked_date(page, _FIRST_DATE), "meta"))
    found: list[tuple[str, DateSource]] = [(text, source) for text, source in stated if text]
    if not found:
        return None, None
    # An impossible one is passed over; if there is no other, it is dropped with a note later.
    first = next((known for known in found if plausible(known[0], "published", today)[0]), found[0])
    return max((known for known in found if known[0].startswith(first[0])), key=lambda known: len(known[0]))


def date_in_address(url: str | None) -> str | None:
    """The day, or the month, that an address is filed under: `/2024/03/05/acme-raises`."""
    path = urlsplit(url or "").path
    found = _DAY_IN_ADDRESS.search(path) or _MONTH_IN_ADDRESS.search(path)
    return to_iso("-".join(found.groups())) if found else None


def _meta_tags(page: html.HtmlElement) -> dict[str, str]:
    """The first value of each meta tag, whether it is called name, property or itemprop; names in lower case."""
    tags: dict[str, str] = {}
    for tag in page.iter("meta"):
        content = " ".join((tag.get("content") or "").split())
        for key in (tag.get("property"), tag.get("name"), tag.get("itemprop")):
            if key and content:
                tags.setdefault(key.strip().lower(), content)
    return tags


def _marked_date(page: html.HtmlElement, marks: tuple[str, ...]) -> str | None:
    """The date of a `<time>` that says which one it is."""
    for element in page.iter("time", "span", "abbr", "p"):
        if element.tag != "time" and not element.get("itemprop"):
            continue
        said = f"{element.get('itemprop', '')} {element.get('class', '')}".lower()
        said += " pubdate" if element.get("pubdate") is not None else ""
        if any(mark in said for mark in marks) and not ("updated" in said and "publish" in said):
            found = to_iso(element.get("datetime") or element.get("content") or element.text_content())
            if found:
                return found
    return None


def _language(page: html.HtmlElement, tags: Mapping[str, str], stated: str | None) -> str | None:
    declared = page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang") or page.get("xml:lang")
    for value in (declared, stated, tags.get("og:locale"), tags.get("dc.language"), tags.get("language")):
        found = re.match(r"[a-zA-Z]{2,3}(?=[-_]|$)", (value or "").strip())
        if found:
            return found[0].lower()
    return None


def _canonical(page: html.HtmlElement) -> str | None:
    for link in page.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and (link.get("href") or "").startswith("http"):
            return str(link.get("href"))
    return None


def _is_address(url: str | None) -> bool:
    try:
        return bool(url and urlsplit(url).hostname)
    except ValueError:  # what looks like the address of a machine, and is none
        return False


def _host(page: html.HtmlElement, tags: Mapping[str, str], url: str | None) -> str | None:
    """Its publisher or handle, a host name in the title (`Acme raises | example.com`), or the host it is on."""
    stated = (_first(tags, _PUBLISHER) or "").lstrip("@")
    if stated and not stated.startswith("http"):
        return stated[0].upper() + stated[1:]
    titled = _HOST_IN_TITLE.search(page.findtext(".//head/title") or "")
    if titled:
        return titled[1]
    return (urlsplit(url or "").hostname or "").removeprefix("www.") or None


def _first(tags: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((tags[name] for name in names if name in tags), None)
