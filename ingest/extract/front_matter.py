"""The block of YAML between `---` lines that Markdown files begin with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from ingest.extract.dates import to_iso


@dataclass(frozen=True, slots=True)
class Stated:
    """What the front matter states; None and empty where it does not."""

    title: str | None = None
    author: str | None = None
    site: str | None = None
    url: str | None = None
    published: str | None = None
    updated: str | None = None
    companies: tuple[str, ...] = ()


class _Handler(YAMLHandler):
    """Reads every value as it is written: as YAML's own number or truth, a title of `1.10` or `No` becomes another.

    BaseLoader makes nothing but strings, lists and mappings, whatever a tag asks for.
    """

    def load(self, fm: str, **kwargs: object) -> Any:
        return yaml.load(fm, Loader=yaml.BaseLoader)  # noqa: S506


# The names that static sites, clippers and exports give to a field; the first that is filled is taken. `created` is
# none of them: clippers write the time of the clipping there.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "author": ("author", "authors", "byline", "creator"),
    "site": ("site", "site_name", "sitename", "publisher", "publication", "outlet"),
    "url": ("url", "link", "canonical_url", "canonical", "source_url", "original_url"),
    "published": (
        *("published", "date", "published_at", "publish_date", "publishdate", "pubdate", "date_published"),
        *("datepublished", "publication_date", "release_date"),
    ),
    "updated": ("updated", "updated_at", "lastmod", "last_modified", "last_updated", "modified", "date_modified"),
    "companies": ("companies",),
}
_BLOCK = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"^[A-Za-z_][\w-]*\s*:", re.MULTILINE)


def split_front_matter(text: str) -> tuple[Stated, str, tuple[str, ...]]:
    """What is stated, the text below it, and notes. Broken front matter is a note, not a failure."""
    block = _BLOCK.match(text)
    if block is None or not _KEY.search(block[1]):  # a rule, not front matter
        return Stated(), text, ()
    body = text[block.end() :]
    try:
        values, _ = frontmatter.parse(block.group().lstrip() + "\n", handler=_Handler())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # YAML's own message spans lines; its first says enough. The block is no text of the article either.
        return Stated(), body, (f"the front matter could not be read: {str(error).splitlines()[0]}",)
    return _stated(values, body)


def _stated(values: Mapping[str, Any], body: str) -> tuple[Stated, str, tuple[str, ...]]:
    notes: list[str] = []
    found: dict[str, Any] = {}
    named = _named(values)
    for key in ("title", "author", "site", "url"):
        found[key] = _text(key, named.get(key), notes)
    for key in ("published", "updated"):
        written = _text(key, named.get(key), notes)
        found[key] = to_iso(written) if written else None
        if written and found[key] is None:
            notes.append(f"{key} is no date: {written[:50]}")
    companies = named.get("companies") or ()
    if isinstance(companies, str):
        companies = companies.split(",")
    if isinstance(companies, list | tuple) and all(isinstance(company, str) for company in companies):
        found["companies"] = tuple(dict.fromkeys(filter(None, (company.strip() for company in companies))))
    else:
        notes.append("companies is no list of names")
    return Stated(**found), body, tuple(notes)


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values under our names. `source` is the address of the article where it is one, else who wrote it down."""
    lowered = {str(name).lower().replace("-", "_"): value for name, value in values.items()}
    named = {
        ours: next((lowered[name] for name in known if lowered.get(name) not in (None, "", "~", "null", [])), None)
        for ours, known in _FIELDS.items()
    }
    source = lowered.get("source")
    if isinstance(source, str):
        ours = "url" if source.strip().startswith(("http://", "https://")) else "site"
        named[ours] = named[ours] or source
    return named


def _text(key: str, value: Any, notes: list[str]) -> str | None:
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        value = value["name"]
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        value = ", ".join(value)  # several authors
    if isinstance(value, str):
        words = " ".join(value.split())
        return None if words in ("", "~", "null") else words
    if value is not None:
        notes.append(f"{key} is no text")
    return None
