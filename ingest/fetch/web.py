"""What addresses, feeds and sitemaps hold, as items that are read one after the other."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator

from ingest.fetch.ahead import Ahead, WebItem, host_of
from ingest.fetch.client import Client
from ingest.fetch.feed_items import feed_items
from ingest.fetch.listings import Listing, named
from ingest.fetch.page_items import PageItems
from ingest.fetch.remote import Feed, Remote, Sitemap, place_of
from ingest.fetch.sitemap_items import sitemap_items
from ingest.sources import max_bytes
from rag.catalog import Catalog
from rag.settings import Settings


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
        self._owns_client = owns_client
        self._catalog = catalog
        self._open_client = open_client
        self._pages = PageItems(self._client, catalog, holds, max_bytes(settings), now)
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._opened: Client | None = None
        self._ahead: Ahead | None = None
        self.found = 0
        self.listings: list[Listing] = []

    def items(self, sources: Iterable[str | Remote]) -> Iterator[WebItem]:
        """The items of addresses, feeds and sitemaps: those of one host in order, of several hosts as they come."""
        listings = [(host_of(place_of(source)), self._distinct(source)) for source in sources]
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
                return listing, feed_items(place, listing, self._pages)
            case Sitemap(address):
                listing = Listing(f"sitemap:{address}", address)
                return listing, sitemap_items(source, listing, self._pages)
            case _:
                return named(), iter((self._pages.item(source),))
