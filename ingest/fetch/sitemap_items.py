"""What a sitemap and the sitemaps it names list, as items: the pages of its own site that are wanted."""

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from urllib.parse import urljoin, urlsplit

from courlan import extract_domain

from ingest.fetch.ahead import WebItem
from ingest.fetch.listings import Listing, breaks_off
from ingest.fetch.page_items import PageItems, failed_item
from ingest.fetch.remote import Sitemap
from ingest.fetch.sitemaps import LARGEST, Listed, read_sitemap
from rag.addresses import location_of, without_credentials
from rag.dates import last_day
from rag.errors import SourceError

DEPTH = 3
MOST_SITEMAPS = 500


def sitemap_items(sitemap: Sitemap, listing: Listing, pages: PageItems) -> Iterator[WebItem]:
    """The items of a sitemap; what it lists of other sites, or too deep, is told by an item that fails."""
    waiting = deque([(sitemap.address, 1)])
    known = {sitemap.address}
    elsewhere = 0
    while waiting:
        address, depth = waiting.popleft()
        try:
            for listed in _listed(address, listing, pages):
                if _site(listed.address) != _site(sitemap.address):
                    elsewhere += 1
                elif not _is_since(listed, sitemap.since):
                    listing.broken |= listed.nested  # what an old sitemap lists is listed still, unseen
                elif not listed.nested:
                    if urlsplit(listed.address).path.startswith(sitemap.path):
                        yield pages.item(listed.address, version=listed.stamp or None)
                elif listed.address not in known:
                    known.add(listed.address)
                    if refused := _refused(listed.address, depth, len(known)):
                        listing.broken = True
                        yield refused
                    else:
                        waiting.append((listed.address, depth + 1))
        except SourceError as error:
            listing.broken = True
            yield failed_item(f"sitemap:{address}", address, error)
    if elsewhere:
        reason = f"{sitemap.address} lists {elsewhere} addresses on other sites, which were left out."
        left_out = SourceError(reason, "Name the sitemaps of those sites.")
        yield failed_item(f"sitemap:{sitemap.address}#elsewhere", f"{sitemap.address}#elsewhere", left_out)


def _listed(address: str, listing: Listing, pages: PageItems) -> Iterator[Listed]:
    page = pages.get_list(f"sitemap:{address}", address, LARGEST)
    body = page.body or b""
    for listed in read_sitemap(body, address):
        listed = replace(listed, address=without_credentials(listed.address))
        with suppress(ValueError):  # reading it says what is wrong
            listed = replace(listed, address=urljoin(page.address, listed.address))
            listing.note(location_of(listed.address))
        yield listed
    listing.broken |= breaks_off(body)


def _refused(address: str, depth: int, count: int) -> WebItem | None:
    if depth >= DEPTH:
        reason = f"{address} is nested deeper than {DEPTH} sitemaps."
    elif count > MOST_SITEMAPS:
        reason = f"{address} is beyond the {MOST_SITEMAPS} sitemaps of one run."
    else:
        return None
    return failed_item(f"sitemap:{address}", address, SourceError(reason, "Give it with --sitemap."))


def _is_since(listed: Listed, since: date | None) -> bool:
    """Whether it may have changed since: what does not say when it changed may have."""
    return since is None or listed.changed is None or last_day(listed.changed) >= since


def _site(address: str) -> str:
    try:
        return extract_domain(address) or urlsplit(address).netloc.lower()
    except ValueError:
        return ""
