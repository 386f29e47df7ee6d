"""Fetches ahead from several hosts at once, one thing at a time from each: a slow host holds up nobody but itself.

A source (an address, a feed, a sitemap) lists its items on the turn of its own host, and each item is read on the turn
of the host it lies on. What was read comes out as it is ready: the items of one host in their order, hosts in any.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from ingest.document import Document
from rag.errors import DossierError

HOSTS = 6
# Items of one source that are listed and not read yet; a sitemap may list 50,000, of one host.
LISTED = 64
# Documents that are read and not prepared yet; each may have 20 MB.
READY = 8


@dataclass(frozen=True, slots=True)
class WebItem:
    """One thing on the web that may be an article. `location` and `name` are its address."""

    location: str
    name: str
    read: Callable[[], Document]


@dataclass(slots=True)
class _Listing:
    """A source whose items are being listed; `pending` of them are not read yet."""

    host: str
    items: Iterator[WebItem]
    pending: int = 0
    advancing: bool = True
    ended: bool = False


class _Turns:
    """Runs jobs on a few threads, those of one host one after the other, in the order they came."""

    def __init__(self, hosts: int) -> None:
        self._pool = ThreadPoolExecutor(hosts, thread_name_prefix="fetch")
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[Callable[[], None]]] = {}
        self._closed = False

    def add(self, host: str, job: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                return
            if host in self._waiting:
                self._waiting[host].append(job)
                return
            self._waiting[host] = deque([job])
            self._pool.submit(self._next, host)

    def _next(self, host: str) -> None:
        self._waiting[host][0]()
        with self._lock:
            self._waiting[host].popleft()
            if not self._waiting[host]:
                del self._waiting[host]
            elif not self._closed:
                self._pool.submit(self._next, host)  # behind the other hosts that wait for a thread

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self._pool.shutdown(cancel_futures=True)


class Ahead:
    """Iterates over the items of all sources, already read: reading one gives the document, or raises what it raised.

    `sources` are hosts and what is listed there; both lists and items are made on other threads.
    """

    def __init__(self, sources: Iterable[tuple[str, Iterator[WebItem]]], hosts: int = HOSTS) -> None:
        self._listings = [_Listing(host, items) for host, items in sources]
        self._open = len(self._listings)
        self._lock = threading.Lock()
        self._ready: queue.Queue[WebItem | BaseException | None] = queue.Queue(READY)
        self._stopped = threading.Event()
        self._turns = _Turns(hosts)

    def __iter__(self) -> Iterator[WebItem]:
        for listing in self._listings:
            self._turns.add(listing.host, partial(self._advance, listing))
        while self._open or not self._ready.empty():
            try:
                found = self._ready.get(timeout=0.2)
            except queue.Empty:
                if self._stopped.is_set():
                    return
                continue
            if isinstance(found, BaseException):
                raise found
            if found is not None:
                yield found

    def stop(self) -> None:
        """Ends the iteration; what is being fetched has to be stopped by itself."""
        self._stopped.set()

    def close(self) -> None:
        """Waits for the threads to end."""
        self._stopped.set()
        self._turns.close()

    def _advance(self, listing: _Listing) -> None:
        """Lists further items, until enough of them wait."""
        try:
            while listing.pending < LISTED and not self._stopped.is_set():
                item = next(listing.items, None)
                if item is None:
                    listing.ended = True
                    break
                with self._lock:
                    listing.pending += 1
                self._turns.add(host_of(item.location), partial(self._read, listing, item))
        except BaseException as error:  # noqa: BLE001  handed over, not swallowed: the consumer raises it
            listing.ended = True
            self._offer(error)
        self._go_on(listing, advanced=True)

    def _read(self, listing: _Listing, item: WebItem) -> None:
        if self._stopped.is_set():
            return
        try:
            self._offer(replace(item, read=partial(_given, item.read())))
        except DossierError as error:  # of the item alone
            self._offer(replace(item, read=partial(_raised, error)))
        except BaseException as error:  # noqa: BLE001  as above
            self._offer(error)
        self._go_on(listing, read=1)

    def _go_on(self, listing: _Listing, *, read: int = 0, advanced: bool = False) -> None:
        """Lists more of a source when little of it is left, and counts the sources that are through."""
        with self._lock:
            listing.pending -= read
            listing.advancing = listing.advancing and not advanced
            if listing.advancing:
                return
            if not listing.ended and listing.pending <= LISTED // 2:
                listing.advancing = True
                self._turns.add(listing.host, partial(self._advance, listing))
            if not listing.ended or listing.pending:
                return
            self._open -= 1
        self._offer(None)  # wakes the consumer, which looks whether anything is open

    def _offer(self, found: WebItem | BaseException | None) -> None:
        while not self._stopped.is_set():
            try:
                self._ready.put(found, timeout=0.2)
            except queue.Full:
                continue
            return


def _given(document: Document) -> Document:
    return document


def _raised(error: DossierError) -> Document:
    raise error


def host_of(location: str) -> str:
    """The host of an address, or nothing."""
    try:
        return urlsplit(location).netloc
    except ValueError:
        return ""
