"""The linked data (JSON-LD, schema.org) in a page: what it says of the article itself."""

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from lxml import html

_ARTICLE_TYPES = re.compile(r"(Article|BlogPosting|Report|Review|WebPage)$")
# Some pages hide the data from browsers of the nineties.
_WRAPPING = re.compile(
    r"^\s*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?|(?://|/\*)?\s*(?:\]\]>|-->)\s*(?:\*/)?\s*;?\s*$"
)
_TAGS = re.compile(r"</?[a-zA-Z][^<>]*>")


def read_linked_data(page: html.HtmlElement) -> Mapping[str, Any]:
    """The object that describes the article, of all that the page's scripts hold; empty without one.

    A page lists other stories too: one whose headline the page shows as its own goes before them.
    """
    best: Mapping[str, Any] = {}
    names: dict[str, Any] = {}
    scripts = page.findall(".//script[@type='application/ld+json']")
    shown = _shown_titles(page) if scripts else ""
    for script in scripts:
        try:
            loaded = json.loads(_WRAPPING.sub("", script.text or ""), strict=False)
        except (ValueError, RecursionError):
            continue
        for found in _objects(loaded):
            if isinstance(found.get("@id"), str) and found.get("name"):
                names.setdefault(found["@id"], found["name"])
            if _rank(found, shown) > _rank(best, shown):
                best = found
    return {key: _named(value, names) if key in ("author", "publisher") else value for key, value in best.items()}


def _shown_titles(page: html.HtmlElement) -> str:
    """What the page gives as its title, and what it heads itself with."""
    stated = [str(tag.get("content") or "") for tag in page.iterfind(".//meta[@property='og:title']")]
    titles = [title.text_content() for title in (*page.iterfind(".//head/title"), *page.iter("h1"))]
    return "\n".join(" ".join(title.split()).casefold() for title in (*stated, *titles))


def _named(value: Any, names: Mapping[str, Any]) -> Any:
    """People and organisations that are told by a reference to another object, with its name."""
    if isinstance(value, list):
        return [_named(part, names) for part in value]
    if isinstance(value, dict) and not value.get("name") and value.get("@id") in names:
        return {**value, "name": names[value["@id"]]}
    return value


def string(value: Any) -> str | None:
    """The value in one line if it is a text with something in it."""
    return " ".join(unescape(value).split()) or None if isinstance(value, str) else None


def name_of(value: Any) -> str | None:
    """The name of a person or an organisation, however it is given."""
    if isinstance(value, list):
        value = value[0] if value else None
    return string(value.get("name") if isinstance(value, dict) else value)


def names_of(value: Any) -> tuple[str, ...]:
    """The names of people, in their order."""
    return tuple(dict.fromkeys(filter(None, map(name_of, value if isinstance(value, list) else [value]))))


def is_free(data: Mapping[str, Any]) -> bool:
    """False when the page says of itself, or of a part of it, that only subscribers may read it."""
    parts = data.get("hasPart")
    stated = [data, *(parts if isinstance(parts, list) else [parts])]
    return not any(
        str(part.get("isAccessibleForFree", True)).lower().rpartition("/")[2] == "false"
        for part in stated
        if isinstance(part, dict)
    )


def body_of(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The paragraphs of the article as the data repeats it; often none, often cut, often without its paragraphs."""
    value = data.get("articleBody")
    if not isinstance(value, str):
        return ()
    text = _TAGS.sub("\n", unescape(value)) if "<" in value or "&" in value else value
    return tuple(" ".join(line.split()) for line in re.split(r"\s*\n\s*", text) if line.strip())


def _objects(loaded: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(loaded, list):
        for part in loaded:
            yield from _objects(part)
    elif isinstance(loaded, dict):
        yield loaded
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(loaded.get(key), dict | list):
                yield from _objects(loaded[key])


def _rank(found: Mapping[str, Any], shown: str) -> int:
    """How much it looks like the article of the page: the first of the best is taken."""
    kinds = found.get("@type")
    names = [str(kind) for kind in kinds] if isinstance(kinds, list) else [str(kinds)]
    if not any(_ARTICLE_TYPES.search(name) for name in names):
        return 0
    is_page = all(name.endswith("WebPage") for name in names)
    headline = (string(found.get("headline")) or "").casefold()
    is_shown = bool(headline) and headline in shown
    return 1 + 2 * ("datePublished" in found) + 4 * ("headline" in found and not is_page) + 8 * is_shown
