"""An article as a JSON object: a line of a JSON Lines file, with its fields under the names Dossier gives them."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ingest.extract.dates import to_iso
from ingest.extract.encoding import decode
from ingest.extract.extracted import Extracted
from ingest.extract.front_matter import Stated
from ingest.extract.metadata import with_stated
from ingest.extract.mojibake import repair
from ingest.extract.properties import language_code
from ingest.extract.text import extract_text
from ingest.extract.whole_text import parse_html, whole_text
from rag.errors import SourceError

# The names a field goes by, the first that is filled is taken. A mapping that is given goes before them.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "text": (
        *("text", "body", "content", "article", "article_text", "full_text", "markdown"),
        *("html", "body_html", "content_html"),
    ),
    "title": ("title", "headline", "name"),
    "author": ("author", "authors", "byline", "creator"),
    "url": ("url", "link", "canonical_url", "source_url"),
    "published": (
        *("published", "date", "published_at", "publish_date", "published_date", "date_published"),
        *("datePublished", "pubDate"),
    ),
    "updated": ("updated", "updated_at", "modified", "date_modified", "dateModified"),
    "site": ("site", "source", "publisher", "outlet", "site_name"),
    "language": ("language", "lang"),
    "companies": ("companies",),
    "id": ("id", "_id", "guid", "uuid"),
}  # fmt: skip
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TAGS = re.compile(
    r"</(?:p|div|h[1-6]|li|article|section|td|a|em|strong|span|blockquote)>|<(?:p|br|img)\b[^>]*>", re.IGNORECASE
)


def read_object(line: str | bytes) -> dict[str, Any] | None:
    """The JSON object in the line, None when there is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def looks_like_json(body: bytes) -> bool:
    """Whether the bytes are one JSON object that has the text of an article."""
    if body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return False
    found = read_object(body.removeprefix(b"\xef\xbb\xbf"))
    return found is not None and isinstance(picked(found, {}).get("text"), str)


def picked(found: Mapping[str, Any], mapping: Mapping[str, str]) -> dict[str, Any]:
    """The object's fields under our names; a mapped name may lead into objects, `article.body`."""
    named = {ours: _inside(found, theirs) for ours, theirs in mapping.items()}
    for ours, known in FIELDS.items():
        if ours not in mapping:
            named[ours] = next((found[name] for name in known if found.get(name) not in (None, "", [], {})), None)
    return {ours: value for ours, value in named.items() if value not in (None, "", [], {})}


def _inside(found: Any, path: str) -> Any:
    if isinstance(found, Mapping) and path in found:
        return found[path]
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def extract_json(body: bytes, name: str) -> Extracted:
    """The article in a JSON object. Raises SourceError for one without text."""
    text, _ = decode(body, name)
    read = read_object(text)
    if read is None:
        raise SourceError(f"{name} is no JSON object.", "Write one object a line.")
    fields = picked(read, {})
    given = fields.get("text")
    if not isinstance(given, str) or not given.strip():
        known = ", ".join(FIELDS["text"])
        raise SourceError(f"{name} has no text; it is looked for in {known}.", "Name its field: --field text=NAME.")
    published, updated = (to_iso(_words(fields.get(key)) or "") for key in ("published", "updated"))
    stated = Stated(
        title=_words(fields.get("title")),
        author=_people(fields.get("author")),
        site=_words(fields.get("site")),
        url=_words(fields.get("url")),
        published=published,
        updated=updated,
        companies=_names(fields.get("companies")),
    )
    return _filled(repair(given), stated, language_code(_words(fields.get("language"))), name)


def _filled(given: str, stated: Stated, language: str | None, name: str) -> Extracted:
    """The article, of a page, a piece of HTML, Markdown or plain text."""
    if _PAGE.match(given):
        from ingest.extract.html import extract_html  # trafilatura takes 0.5 s to import

        found = extract_html(given, name)
    else:
        page = parse_html(given) if len(_TAGS.findall(given)) >= 2 else None
        if page is not None:
            found = with_stated(stated, whole_text(page), name, ())
        elif stated.title:
            found = with_stated(stated, extract_text(f"# {stated.title}\n\n{given}", name).text, name, ())
        else:
            found = extract_text(given, name)
    return replace(
        found,
        title=" ".join((stated.title or found.title).split()),
        author=stated.author or found.author,
        site=stated.site or found.site,
        url=stated.url or found.url,
        published=stated.published or found.published,
        updated=stated.updated or found.updated,
        date_source="field" if stated.published else found.date_source,
        language=language or found.language,
        companies=stated.companies,
    )


def _words(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, int) and not isinstance(value, bool):
        value = _of_epoch(value)
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _of_epoch(seconds: int) -> str:
    """A moment in seconds or milliseconds since 1970; small numbers (a year) are what they are."""
    if abs(seconds) < 100_000_000:
        return str(seconds)
    seconds = seconds // 1000 if seconds > 100_000_000_000 else seconds
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _people(value: Any) -> str | None:
    people = value if isinstance(value, list) else [value]
    return ", ".join(dict.fromkeys(filter(None, map(_words, people)))) or None


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    return tuple(dict.fromkeys(filter(None, map(_words, value)))) if isinstance(value, list) else ()
