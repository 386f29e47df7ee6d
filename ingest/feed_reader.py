"""Reads a feed from standard input and writes its entries as lines of JSON: `python -m ingest.feed_reader SECONDS`.

A process of its own, with limits on its time and memory, because feedparser takes a time that grows with the square of
some fields (an author's name of 100,000 letters costs a minute), and a feed may hold anything. It lies outside of
ingest/fetch so that it starts without it.
"""

import html
import io
import json
import re
import resource
import sys
from collections.abc import Mapping
from typing import Any

import feedparser

_MEMORY = 2_000_000_000


def read(body: bytes) -> list[dict[str, Any]]:
    """First what the feed says of itself, then each of its entries."""
    # Nothing of it is shown to a browser, so nothing is sanitised; links are made whole where they are followed.
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    # Plain dicts: feedparser's own give `published` where `updated` was asked for, and the other way round.
    feed = dict(parsed["feed"])
    known = bool(parsed.get("version")) or bool(parsed["entries"])
    head = {
        "known": known,
        "title": _words(feed, "title"),
        "language": (feed.get("language") or "").split("-")[0].lower()[:3] or None,
    }
    return [head, *(_entry(dict(entry)) for entry in parsed["entries"])]


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    texts = [*(entry.get("content") or ()), entry.get("summary_detail") or {}]
    longest = max(texts, key=lambda text: len(text.get("value") or ""))
    content = longest.get("value") or ""
    if longest.get("type") == "text/plain":
        content = "".join(f"<p>{html.escape(block)}</p>\n" for block in re.split(r"\n\s*\n", content))
    return {
        "link": entry.get("feedburner_origlink") or entry.get("link"),
        "id": entry.get("id"),
        "title": _words(entry, "title"),
        "author": _author(entry),
        "published": _dates(entry, "published"),
        "updated": _dates(entry, "updated"),
        "content": content,
    }


def _words(found: Mapping[str, Any], key: str) -> str | None:
    text = re.sub(r"<[^<>]*>", " ", found.get(key) or "")
    return " ".join(html.unescape(text).split()) or None


def _author(entry: Mapping[str, Any]) -> str | None:
    detail = entry.get("author_detail") or {}
    name = detail.get("name") or entry.get("author") or ""
    return None if "@" in name else " ".join(name.split())[:200] or None


def _dates(entry: Mapping[str, Any], key: str) -> list[str]:
    """The date as it is written, and as feedparser reads it: in Greenwich's day."""
    parsed = entry.get(f"{key}_parsed")
    return [(entry.get(key) or "")[:100], f"{parsed[0]:04}-{parsed[1]:02}-{parsed[2]:02}" if parsed else ""]


if __name__ == "__main__":
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    for line in read(sys.stdin.buffer.read()):
        print(json.dumps(line))
