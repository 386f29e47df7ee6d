"""Pages as items: fetched when they are read, and only if they have changed since they were read last."""

import time
from collections.abc import Callable
from dataclasses import replace

from ingest.document import NOTHING, Document, Told
from ingest.fetch.ahead import WebItem
from ingest.fetch.answers import Page, RefusedError
from ingest.fetch.client import Client
from ingest.fetch.feeds import Entry
from ingest.fetch.lists import get_list
from ingest.fetch.pages import article_body
from ingest.sources import check_size
from rag.addresses import location_of, without_credentials
from rag.catalog import Catalog, Fetched
from rag.errors import SourceError

# A page that its feed or sitemap calls unchanged is not asked for again within a day.
TRUSTED_SECONDS = 86_400
# The version of what stands in for a page that its site does not give.
_TEASER = "teaser"


class PageItems:
    """Makes items of addresses, and knows what was fetched from them before.

    `client` gives the client when it is needed, `holds` tells whether the library has what was fetched, `limit` is the
    most bytes that an article may have.
    """

    def __init__(
        self,
        client: Callable[[], Client],
        catalog: Catalog,
        holds: Callable[[str, str], bool],
        limit: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.limit = limit
        self._client = client
        self._catalog = catalog
        self._holds = holds
        self._now = now

    def item(
        self, address: str, told: Told = NOTHING, version: str | None = None, entry: Entry | None = None
    ) -> WebItem:
        """The page at an address. Where its site refuses it, what its feed's `entry` gives stands in for it."""
        try:
            location = location_of(address)
        except ValueError as error:
            shown = without_credentials(address)
            return failed_item(
                shown, shown, SourceError(f"{shown} is no address: {error}.", "Check how it is written.")
            )

        def read() -> Document:
            try:
                return self._read(address, location, told, version)
            except RefusedError as error:
                if entry is None or not entry.has_text or self._has_more(location):
                    raise
                reason = f"of the page nothing could be had but what its feed gives: {error.message}"
                teaser = replace(entry, told=replace(told, url=address, partial=reason))
                return self.noted(location, teaser.document(address), _TEASER)

        return WebItem(location, location, read)

    def get_list(self, source: str, address: str, limit: int | None = None) -> Page:
        """The feed or sitemap at an address, known as `source`. Raises SourceError."""
        return get_list(self._client(), self._catalog, source, address, limit or self.limit)

    def known(self, location: str, told: Told) -> tuple[Fetched | None, Told]:
        """What was fetched before, if the library has it and nothing more is told now; and all that was ever told."""
        known = self._catalog.fetched(location)
        if known is None:
            return None, told
        earlier = Told.from_json(known.told)
        told = told.over(earlier)
        return (known if told == earlier and self._holds(location, known.digest) else None), told

    def noted(self, location: str, document: Document, version: str | None, page: Page | None = None) -> Document:
        """The document, written down as what was fetched there."""
        etag, modified = (page.etag, page.last_modified) if page else (None, None)
        told = document.told.to_json()
        self._note(Fetched(location, etag, modified, document.digest, version, self._now(), told))
        return document

    def _read(self, address: str, location: str, told: Told, version: str | None) -> Document:
        known, told = self.known(location, told)
        now = self._now()
        if known and version and known.version == version and 0 <= now - known.checked < TRUSTED_SECONDS:
            return Document(None)
        asked = {"If-None-Match": known and known.etag, "If-Modified-Since": known and known.last_modified}
        conditions = {name: value for name, value in asked.items() if value}
        page = self._client().get(address, max_bytes=self.limit, conditions=conditions)
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
        check_size(document.body or b"", address, self.limit)
        return self.noted(location, document, version, page)

    def _has_more(self, location: str) -> bool:
        """Whether the library has an article from there that is more than a feed's words about it."""
        entry, known = self._catalog.ledger(location), self._catalog.fetched(location)
        return bool(entry and entry.article_id) and (known is None or known.version != _TEASER)

    def _note(self, page: Fetched) -> None:
        if self._catalog.writable:  # a dry run only looks
            self._catalog.note_fetched(page)


def failed_item(location: str, name: str, error: SourceError) -> WebItem:
    """An item that cannot be had: reading it raises the error, so that it is reported as files are."""

    def read() -> Document:
        raise error

    return WebItem(location, name, read)
