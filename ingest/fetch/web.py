"""What addresses, feeds and sitemaps hold, as items that are read one after the other."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from courlan import extract_domain

from ingest.document import NOTHING, Document, Told
from ingest.fetch.addresses import is_address
from ingest.fetch.ahead import Ahead, WebItem, host_of
from ingest.fetch.answers import Page, RefusedError
from ingest.fetch.client import Client
from ingest.fetch.feeds import Entry, read_feed
from ingest.fetch.listings import Listing, breaks_off, named
from ingest.fetch.lists import get_list
from ingest.fetch.pages import article_body
from ingest.fetch.sitemaps import LARGEST, Listed, read_sitemap
from ingest.sources import check_size, max_bytes
from rag.addresses import location_of
from rag.catalog import Catalog, Fetched
from rag.dates import last_day
from rag.errors import SourceError
from rag.settings import Settings

# A page that its feed or sitemap calls unchanged is not asked for again within a day.
TRUSTED_SECONDS = 86_400
# The version of what stands in for a page that its site does not give.
_TEASER = "teaser"
DEPTH = 3
MOST_SITEMAPS = 500


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, by its address or as a file."""

    source: str


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap, of which only pages changed `since` a day and with a `path` that begins so are wanted."""

    address: str
    since: date | None = None
    path: str = ""


Remote = Feed | Sitemap


class Web:
    """Gives the items of one run, a little ahead; none twice. `holds` tells whether the library has what was fetched.

    What cannot be fetched is an item too: reading it raises SourceError, so that it is reported as files are.
    """

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        holds: Callable[[str, str], bool],
        open_client: Callable[[], Client],
        *,
        owns_client: bool = True,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._limit = max_bytes(settings)
        self._owns_client = owns_client
        self._catalog = catalog
        self._holds = holds
        self._open_client = open_client
        self._now = now
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._opened: Client | None = None
        self._ahead: Ahead | None = None
        self.found = 0
        self.listings: list[Listing] = []

    def items(self, sources: Iterable[str | Remote]) -> Iterator[WebItem]:
        """The items of addresses, feeds and sitemaps: those of one host in order, of several hosts as they come."""
        listings = [(_host(source), self._distinct(source)) for source in sources]
        if listings:
            self._ahead = Ahead(listings)
            yield from self._ahead

    def stop(self) -> None:
        """Ends what other threads are fetching, or waiting for."""
        if self._ahead:
            self._ahead.stop()
        with self._lock:
            if self._opened:
                self._opened.stop()

    def close(self) -> None:
        """Ends all fetching and closes all connections; a client that is not its own, it leaves as it is."""
        if self._owns_client:
            self.stop()
        if self._ahead:
            self._ahead.close()
        if self._opened and self._owns_client:
            self._opened.close()

    @property
    def _client(self) -> Client:
        # Made at the first address: certificates take time to load, and most runs have none.
        with self._lock:
            if self._opened is None:
                self._opened = self._open_client()
            return self._opened

    def _distinct(self, source: str | Remote) -> Iterator[WebItem]:
        listing, found = self._listed_by(source)
        self.listings.append(listing)
        for item in listing.written_down(found, self._catalog):
            with self._lock:
                if item.location in self._seen:
                    continue
                self._seen.add(item.location)
                self.found += 1
            yield item

    def _listed_by(self, source: str | Remote) -> tuple[Listing, Iterator[WebItem]]:
        match source:
            case Feed(place):
                listing = Listing(f"feed:{place}", place)
                return listing, self._feed(place, listing)
            case Sitemap(address):
                listing = Listing(f"sitemap:{address}", address)
                return listing, self._sitemap(source, listing)
            case _:
                return named(), iter((self._page(source),))

    def _page(
        self, address: str, told: Told = NOTHING, version: str | None = None, entry: Entry | None = None
    ) -> WebItem:
        try:
            location = location_of(address)
        except ValueError as error:
            return _failed(
                address, address, SourceError(f"{address} is no address: {error}.", "Check how it is written.")
            )

        def read() -> Document:
            try:
                return self._read(address, location, told, version)
            except RefusedError as error:
                if entry is None or not entry.has_text or self._has_more(location):
                    raise
                reason = f"of the page nothing could be had but what its feed gives: {error.message}"
                teaser = replace(entry, told=replace(told, url=address, partial=reason))
                return self._noted(location, teaser.document(address), _TEASER)

        return WebItem(location, location, read)

    def _has_more(self, location: str) -> bool:
        """Whether the library has an article from there that is more than a feed's words about it."""
        entry, known = self._catalog.ledger(location), self._catalog.fetched(location)
        return bool(entry and entry.article_id) and (known is None or known.version != _TEASER)

    def _read(self, address: str, location: str, told: Told, version: str | None) -> Document:
        known, told = self._known(location, told)
        now = self._now()
        if known and version and known.version == version and 0 <= now - known.checked < TRUSTED_SECONDS:
            return Document(None)
        asked = {"If-None-Match": known and known.etag, "If-Modified-Since": known and known.last_modified}
        conditions = {name: value for name, value in asked.items() if value}
        page = self._client.get(address, max_bytes=self._limit, conditions=conditions)
        if page.body is None:
            assert known is not None
            self._note(replace(known, version=version or known.version, checked=now))
            return Document(None)
        document = Document(
            article_body(page, address),
            replace(told, url=page.address, partial=None),
            page.address,
            page.headers,
            page.body,
        )
        check_size(document.body or b"", address, self._limit)
        return self._noted(location, document, version, page)

    def _known(self, location: str, told: Told) -> tuple[Fetched | None, Told]:
        """What was fetched before, if the library has it and nothing more is told now; and all that was ever told."""
        known = self._catalog.fetched(location)
        if known is None:
            return None, told
        earlier = Told.from_json(known.told)
        told = told.over(earlier)
        return (known if told == earlier and self._holds(location, known.digest) else None), told

    def _noted(self, location: str, document: Document, version: str | None, page: Page | None = None) -> Document:
        etag, modified = (page.etag, page.last_modified) if page else (None, None)
        told = document.told.to_json()
        self._note(Fetched(location, etag, modified, document.digest, version, self._now(), told))
        return document

    def _note(self, page: Fetched) -> None:
        if self._catalog.writable:  # a dry run only looks
            self._catalog.note_fetched(page)

    def _list(self, source: str, address: str, limit: int | None = None) -> Page:
        return get_list(self._client, self._catalog, source, address, limit or self._limit)

    def _feed(self, source: str, listing: Listing) -> Iterator[WebItem]:
        try:
            page = self._list(f"feed:{source}", source) if is_address(source) else _file(source, self._limit)
            body = page.body or b""
            check_size(body, source, self._limit)
            for entry in read_feed(body, source):
                yield self._entry(entry, source, page.address)
            listing.broken |= breaks_off(body)
        except SourceError as error:
            listing.broken = True
            yield _failed(f"feed:{source}", source, error)

    def _entry(self, entry: Entry, feed: str, base: str) -> WebItem:
        try:
            link = urljoin(base, entry.link.strip()) if entry.link else ""
        except ValueError:
            link = ""
        if link and not is_address(link):
            link = ""
        if entry.is_whole or not link:
            return self._in_feed(entry, link, feed)
        return self._page(link, entry.told, entry.version, entry)

    def _in_feed(self, entry: Entry, link: str, feed: str) -> WebItem:
        """An article that stands in the feed itself, known by its link, else by its id."""
        location = f"feed:{feed}#{entry.id or entry.version}"
        if link:
            with suppress(ValueError):
                location = location_of(link)
        if not entry.content.strip():
            reason = f"{feed} has an entry without a link and without a text ({entry.title or 'no title'})."
            return _failed(location, feed, SourceError(reason, "Ask who makes the feed."))

        def read() -> Document:
            known, told = self._known(location, replace(entry.told, url=link or None))
            if known and known.version == entry.version:
                return Document(None)
            return self._noted(location, replace(entry, told=told).document(link or None), entry.version)

        return WebItem(location, location, read)

    def _sitemap(self, sitemap: Sitemap, listing: Listing) -> Iterator[WebItem]:
        waiting = deque([(sitemap.address, 1)])
        known = {sitemap.address}
        elsewhere = 0
        while waiting:
            address, depth = waiting.popleft()
            try:
                for listed in self._listed(address, listing):
                    if _site(listed.address) != _site(sitemap.address):
                        elsewhere += 1
                    elif not _is_since(listed, sitemap.since):
                        listing.broken |= listed.nested  # what an old sitemap lists is listed still, unseen
                    elif not listed.nested:
                        if urlsplit(listed.address).path.startswith(sitemap.path):
                            yield self._page(listed.address, version=listed.stamp or None)
                    elif listed.address not in known:
                        known.add(listed.address)
                        if refused := _refused_sitemap(listed.address, depth, len(known)):
                            listing.broken = True
                            yield refused
                        else:
                            waiting.append((listed.address, depth + 1))
            except SourceError as error:
                listing.broken = True
                yield _failed(f"sitemap:{address}", address, error)
        if elsewhere:
            reason = f"{sitemap.address} lists {elsewhere} addresses on other sites, which were left out."
            left_out = SourceError(reason, "Name the sitemaps of those sites.")
            yield _failed(f"sitemap:{sitemap.address}#elsewhere", f"{sitemap.address}#elsewhere", left_out)

    def _listed(self, address: str, listing: Listing) -> Iterator[Listed]:
        page = self._list(f"sitemap:{address}", address, LARGEST)
        body = page.body or b""
        for listed in read_sitemap(body, address):
            with suppress(ValueError):  # reading it says what is wrong
                listed = replace(listed, address=urljoin(page.address, listed.address))
                listing.note(location_of(listed.address))
            yield listed
        listing.broken |= breaks_off(body)


def _host(source: str | Remote) -> str:
    """The host that is asked what a source holds; none for a file."""
    place = source if isinstance(source, str) else source.source if isinstance(source, Feed) else source.address
    return host_of(place)


def _file(source: str, limit: int) -> Page:
    try:
        with Path(source).open("rb") as file:
            return Page("", file.read(limit + 1))
    except OSError as error:
        raise SourceError(f"{source} cannot be read: {error.strerror}.", "Check the path.") from error


def _failed(location: str, name: str, error: SourceError) -> WebItem:
    def read() -> Document:
        raise error

    return WebItem(location, name, read)


def _refused_sitemap(address: str, depth: int, count: int) -> WebItem | None:
    if depth >= DEPTH:
        reason = f"{address} is nested deeper than {DEPTH} sitemaps."
    elif count > MOST_SITEMAPS:
        reason = f"{address} is beyond the {MOST_SITEMAPS} sitemaps of one run."
    else:
        return None
    return _failed(f"sitemap:{address}", address, SourceError(reason, "Give it with --sitemap."))


def _is_since(listed: Listed, since: date | None) -> bool:
    """Whether it may have changed since: what does not say when it changed may have."""
    return since is None or listed.changed is None or last_day(listed.changed) >= since


def _site(address: str) -> str:
    try:
        return extract_domain(address) or urlsplit(address).netloc.lower()
    except ValueError:
        return ""
