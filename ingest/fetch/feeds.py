"""RSS and Atom: a feed's entries, as they stand in it."""

import hashlib
import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.document import Document, Told
from ingest.extract.dates import to_iso
from ingest.reading.process import child_environment
from rag.errors import SourceError

# A feed of 20 MB and 100,000 entries takes half a minute.
SECONDS = 120
# A text of so many words that does not break off is the article; a shorter one is what the feed says about it.
_ARTICLE_WORDS = 200
_TEASER_WORDS = 15
_CUT = re.compile(
    r"(?:…|\.\.\.)\W*(?:(?:continue|keep) reading|read (?:more|on|the rest)\b.{0,60})?\W*$|"
    r"\b(?:(?:continue|keep) reading|read (?:more|on|the (?:rest|full (?:story|article|post))))\W{0,5}$",
    re.IGNORECASE,
)
_WORDPRESS = re.compile(r"\s*The post .{1,300} appeared first on .{1,200}$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `content` is what the feed gives of the article, as HTML; `version` changes when the entry does."""

    link: str | None
    id: str | None
    title: str | None
    content: str
    told: Told
    version: str

    @property
    def is_whole(self) -> bool:
        """Whether the feed gives the article itself, not the beginning of it."""
        words = _shown(self.content)
        words = _WORDPRESS.sub("", words[-600:]) if len(words.split()) >= _ARTICLE_WORDS else ""
        return bool(words) and not _CUT.search(words[-200:])

    @property
    def has_text(self) -> bool:
        """Whether what the feed gives is worth having, where it is all there is."""
        return len(_shown(self.content).split()) >= _TEASER_WORDS

    def document(self, address: str | None = None) -> Document:
        """The article in the feed, as a page; `address` is where the entry leads."""
        head = f'<meta charset="utf-8"><meta property="og:title" content="{html.escape(self.title or "")}">'
        title = f"<h1>{html.escape(self.title)}</h1>" if self.title else ""
        body = f"<body><article>{title}\n{self.content}</article></body>"
        page = f"<!doctype html>\n<html><head>{head}</head>{body}</html>"
        return Document(page.encode(errors="replace"), self.told, address)


def _shown(content: str) -> str:
    """The words of a piece of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", content)).split())


def read_feed(body: bytes, name: str, seconds: int = SECONDS) -> Iterator[Entry]:
    """The entries of a feed, in its order. Raises SourceError, naming the feed, for what is none.

    One that takes more than `seconds` of the processor, or two gigabytes, is none either.
    """
    if b"<!ENTITY" in body[:100_000].replace(b"\0", b""):
        raise SourceError(f"{name} declares entities, as attacks do and feeds do not.", "Ask who makes the feed.")
    lines = iter(_run_reader(body, name, seconds).splitlines())
    head = json.loads(next(lines))
    if not head["known"]:
        raise SourceError(f"{name} is no feed.", "Give the address of its RSS or Atom feed; pages need no --feed.")
    return (_entry(json.loads(line), head, line) for line in lines)


def _run_reader(body: bytes, name: str, seconds: int) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "ingest.feed_reader", str(seconds)],
            input=body,
            env=child_environment(),
            capture_output=True,
            timeout=2 * seconds,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise SourceError(f"{name} cannot be read as a feed.", "Is it damaged, or very large?") from error
    return done.stdout


def _date(found: Sequence[str]) -> str | None:
    """The day as it is written, which is the day where it was written; else as feedparser understood it."""
    written, understood = found
    return to_iso(written) or understood or None


def _entry(found: dict[str, Any], head: dict[str, Any], line: bytes) -> Entry:
    told = Told(
        author=found["author"],
        site=head["title"],
        published=_date(found["published"]),
        updated=_date(found["updated"]),
        language=head["language"],
    )
    version = hashlib.sha256(line).hexdigest()[:16]
    return Entry(found["link"], found["id"], found["title"], found["content"] or "", told, version)
