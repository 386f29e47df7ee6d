"""What feeds and sitemaps list now, and what they listed before."""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from ingest.fetch.sitemaps import LARGEST
from rag.catalog import NAMED, Catalog

# Locations that are written down at once, each before its article is asked for.
AT_ONCE = 500
# The end of the root, and after it nothing but comments.
_END = re.compile(rb"</(?:\w+:)?(?:urlset|sitemapindex|rss|feed|rdf)\s*>\s*(?:<!--.*?-->\s*)*$", re.I | re.S)


class _Located(Protocol):
    @property
    def location(self) -> str: ...


Item = TypeVar("Item", bound=_Located)


@dataclass(slots=True)
class Listing:
    """What one source was seen to list in this run. `source` is what the catalog calls it, `name` what people do.

    Only one that was read to its end and is not `broken` tells that something is listed no more. `now` are hashes: a
    feed may list very much.
    """

    source: str
    name: str
    now: set[int] = field(default_factory=set)
    broken: bool = False
    finished: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all that is listed was seen."""
        return self.finished and not self.broken

    def note(self, location: str) -> None:
        """This location is listed, whether it is wanted or not."""
        self.now.add(hash(location))

    def vanished(self, catalog: Catalog) -> list[str]:
        """The locations that were listed before and are not now."""
        return [location for location in catalog.listed(self.source) if hash(location) not in self.now]

    def written_down(self, items: Iterable[Item], catalog: Catalog) -> Iterator[Item]:
        """The items, each once the catalog knows that it is listed."""
        waiting: list[Item] = []
        for item in items:
            waiting.append(item)
            if len(waiting) == AT_ONCE:
                yield from self._write_down(waiting, catalog)
                waiting = []
        yield from self._write_down(waiting, catalog)
        self.finished = True

    def _write_down(self, items: list[Item], catalog: Catalog) -> list[Item]:
        for item in items:
            self.note(item.location)
        if catalog.writable and items:  # a dry run only looks
            catalog.note_listed(self.source, [item.location for item in items])
        return items


def named() -> Listing:
    """An address that was named by itself. None vanishes by not being named again."""
    return Listing(NAMED, "", broken=True)


def breaks_off(body: bytes) -> bool:
    """Whether the bytes of a feed or a sitemap end before it does, so that it may list more.

    Parsers make the best of what they get. A sitemap that is text has no end to tell.
    """
    if body.startswith(b"\x1f\x8b"):
        packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            body = packed.decompress(body, LARGEST)
        except zlib.error:
            return True
        if not packed.eof:
            return True
    start = body[:1000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith(b"<") and not _END.search(body[-20_000:].replace(b"\0", b""))
