"""What a feed lists, as items: the articles that stand in it, and the pages that its other entries lead to."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

from ingest.document import Document
from ingest.fetch.addresses import is_address
from ingest.fetch.ahead import WebItem
from ingest.fetch.answers import Page
from ingest.fetch.feeds import Entry, read_feed
from ingest.fetch.listings import Listing, breaks_off
from ingest.fetch.page_items import PageItems, failed_item
from ingest.sources import check_size
from rag.addresses import location_of, without_credentials
from rag.errors import SourceError


def feed_items(source: str, listing: Listing, pages: PageItems) -> Iterator[WebItem]:
    """The items of the feed at an address or in a file; one that cannot be read is an item that fails."""
    try:
        page = pages.get_list(f"feed:{source}", source) if is_address(source) else _file(source, pages.limit)
        body = page.body or b""
        check_size(body, source, pages.limit)
        for entry in read_feed(body, source):
            yield _item(entry, source, page.address, pages)
        listing.broken |= breaks_off(body)
    except SourceError as error:
        listing.broken = True
        yield failed_item(f"feed:{source}", source, error)


def _item(entry: Entry, feed: str, base: str, pages: PageItems) -> WebItem:
    link = ""
    with suppress(ValueError):
        link = without_credentials(urljoin(base, entry.link.strip())) if entry.link else ""
    if not is_address(link):
        link = ""
    if entry.is_whole or not link:
        return _in_feed(entry, link, feed, pages)
    return pages.item(link, entry.told, entry.version, entry)


def _in_feed(entry: Entry, link: str, feed: str, pages: PageItems) -> WebItem:
    """An article that stands in the feed itself, known by its link, else by its id."""
    location = f"feed:{feed}#{entry.id or entry.version}"
    if link:
        with suppress(ValueError):
            location = location_of(link)
    if not entry.content.strip():
        reason = f"{feed} has an entry without a link and without a text ({entry.title or 'no title'})."
        return failed_item(location, feed, SourceError(reason, "Ask who makes the feed."))

    def read() -> Document:
        known, told = pages.known(location, replace(entry.told, url=link or None))
        if known and known.version == entry.version:
            return Document(None)
        return pages.noted(location, replace(entry, told=told).document(link or None), entry.version)

    return WebItem(location, location, read)


def _file(source: str, limit: int) -> Page:
    try:
        with Path(source).open("rb") as file:
            return Page("", file.read(limit + 1))
    except OSError as error:
        raise SourceError(f"{source} cannot be read: {error.strerror}.", "Check the path.") from error
