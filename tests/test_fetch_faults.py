"""What the network, the clock and the ones who make feeds do to us in the middle of a run."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from ipaddress import ip_network
from pathlib import Path

import pytest

from ingest.document import Document
from ingest.fetch import Client, Feed, Remote, Rules, Web
from ingest.fetch.page_items import TRUSTED_SECONDS
from ingest.pipeline import run
from ingest.report import Report
from rag.catalog import Catalog
from rag.settings import Settings
from tests.hash_embedder import HashEmbedder
from tests.test_fetch_items import item, rss, story
from tests.web_server import ARTICLE, Answer, WebServer

SETTINGS = Settings(fetch_delay=0, fetch_timeout=10, fetch_allow=(ip_network("127.0.0.0/8"),))


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with closing(Catalog.open(tmp_path / "library", create=True)) as opened:
        yield opened


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer().running() as server:
        yield server


def open_client(settings: Settings = SETTINGS) -> Client:
    return Client(settings, Rules(settings.fetch_allow), sleep=lambda _: None)


def ingest(catalog: Catalog, *sources: str | Remote, today: date = date(2026, 11, 23)) -> Report:
    return run(sources, catalog, HashEmbedder(), SETTINGS, lambda _: None, today=lambda: today, open_client=open_client)


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, len(report.failed)


def titles(catalog: Catalog) -> list[str]:
    return sorted(article.title for article in catalog.articles())


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that answers every connection as it likes; robots.txt is not there."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                if b"robots.txt" in connection.recv(65_536):
                    connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                else:
                    answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def reset(connection: socket.socket) -> None:
    """Half a page, then a reset instead of an end."""
    page = ARTICLE.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n"
    connection.sendall(head.encode() + page[: len(page) // 2])
    time.sleep(0.05)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def cut_chunk(connection: socket.socket) -> None:
    """A page in chunks whose last one never comes: without a length only the framing tells that it is not whole."""
    page = ARTICLE.encode()[:-200]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.sendall(head + f"{len(page):x}\r\n".encode() + page + b"\r\n")


def no_answer(connection: socket.socket) -> None:
    """The connection is closed before anything came."""


@pytest.mark.parametrize("harm", [reset, cut_chunk, no_answer])
def test_half_a_page_is_no_article_and_the_ledger_says_what_is_missing(
    catalog: Catalog, web: WebServer, harm: Callable[[socket.socket], None]
) -> None:
    web.pages["/a"] = Answer(story("Acme"))
    with raw_server(harm) as address:
        report = ingest(catalog, f"{address}/a", f"{web.url}/a")
        assert counts(report) == (1, 0, 0, 1)
        assert titles(catalog) == ["Acme"]
        (left,) = catalog.failures()
        assert (left.location, left.article_id) == (f"{address}/a", None)
        assert left.error == report.failed[0].reason


def test_what_failed_is_had_by_the_next_run_and_the_ledger_is_clean(catalog: Catalog, web: WebServer) -> None:
    web.pages["/a"] = [Answer(story("Acme"), cut=100)] * 4 + [Answer(story("Acme"))]
    assert counts(ingest(catalog, f"{web.url}/a")) == (0, 0, 0, 1)
    assert [entry.location for entry in catalog.failures()] == [f"{web.url}/a"]
    assert counts(ingest(catalog, f"{web.url}/a")) == (1, 0, 0, 0)
    assert catalog.failures() == []


def test_a_feed_that_changes_between_two_runs_gives_what_is_new_and_loses_nothing(
    catalog: Catalog, web: WebServer
) -> None:
    for name in ("a", "b", "c", "d"):
        web.pages[f"/{name}"] = Answer(story(f"Firm {name}"))
    feed = Feed(f"{web.url}/feed")
    web.pages["/feed"] = rss(item("/a"), item("/b"), item("/c"))
    assert counts(ingest(catalog, feed)) == (3, 0, 0, 0)
    web.pages["/feed"] = rss(item("/d"), item("/c", title="Now another"), item("/a"))  # one gone, one new, one edited
    web.pages["/c"] = Answer(story("Firm c", "<meta name='author' content='A. Writer'>"))
    assert counts(ingest(catalog, feed)) == (1, 1, 1, 0)
    assert titles(catalog) == ["Firm a", "Firm b", "Firm c", "Firm d"]


def test_pages_that_change_or_vanish_while_their_feed_is_worked_on_are_as_they_were_when_they_came(
    catalog: Catalog, web: WebServer
) -> None:
    def first(_: dict[str, str]) -> Answer:
        web.pages["/feed"] = rss(item("/new"))  # the feed is another one by now
        web.pages["/b"] = Answer("gone", 410)
        web.pages["/c"] = Answer(story("Firm c, edited"))
        return Answer(story("Firm a"))

    web.pages |= {"/a": first, "/b": Answer(story("Firm b")), "/c": Answer(story("Firm c"))}
    web.pages["/new"] = Answer(story("Firm new"))
    web.pages["/feed"] = rss(item("/a"), item("/b"), item("/c"))
    report = ingest(catalog, Feed(f"{web.url}/feed"))
    assert counts(report) == (2, 0, 0, 1)
    assert "410" in report.failed[0].reason or "gone" in report.failed[0].reason
    assert titles(catalog) == ["Firm a", "Firm c, edited"]
    assert counts(ingest(catalog, Feed(f"{web.url}/feed"))) == (1, 0, 0, 0)


def test_an_entry_of_many_that_come_twice_in_a_feed_is_one_item(catalog: Catalog, web: WebServer) -> None:
    web.pages["/a"] = Answer(story("Firm a"))
    web.pages["/feed"] = rss(*[item("/a")] * 50, *[item("/a?utm_source=feed")] * 50)
    assert counts(ingest(catalog, Feed(f"{web.url}/feed"))) == (1, 0, 0, 0)
    assert web.paths.count("/a") == 1


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now


def read_feed_at(catalog: Catalog, web: WebServer, clock: Clock) -> list[Document]:
    opened = Web(SETTINGS, catalog, lambda location, digest: True, open_client, now=lambda: clock.now)
    with closing(opened):
        return [found.read() for found in opened.items([Feed(f"{web.url}/feed")])]


def test_a_clock_that_jumps_costs_a_request_and_never_an_article(catalog: Catalog, web: WebServer) -> None:
    web.pages["/a"] = Answer(story("Firm a"), headers={"ETag": '"1"'})
    web.pages["/feed"] = rss(item("/a"))
    clock = Clock(1_700_000_000)
    (document,) = read_feed_at(catalog, web, clock)
    assert document.body
    assert [found.body for found in read_feed_at(catalog, web, clock)] == [None]  # within the day, not asked for again
    assert web.paths.count("/a") == 1
    for jump in (-10 * 365 * 86_400, 3 * 365 * 86_400, -1, 0, -TRUSTED_SECONDS):
        asked = web.paths.count("/a")
        before = clock.now
        clock.now += jump
        read_feed_at(catalog, web, clock)
        if not 0 <= clock.now - before < TRUSTED_SECONDS:
            assert web.paths.count("/a") == asked + 1, f"a page was trusted after a jump of {jump} seconds"


def test_a_day_that_goes_back_neither_changes_nor_loses_what_is_in(catalog: Catalog, web: WebServer) -> None:
    web.pages["/a"] = Answer(ARTICLE)
    assert counts(ingest(catalog, f"{web.url}/a", today=date(2026, 11, 23))) == (1, 0, 0, 0)
    (before,) = catalog.articles()
    for day in (date(1999, 1, 1), date(2099, 1, 1)):  # for the first of them, the article is of the future
        assert counts(ingest(catalog, f"{web.url}/a", today=day)) == (0, 0, 1, 0)
    assert catalog.articles() == [before]


@pytest.mark.slow
def test_a_feed_of_a_hundred_thousand_entries_stays_in_bounds(catalog: Catalog, web: WebServer) -> None:
    """Its entries are items one after the other; nothing waits for the last of them."""
    entries = "".join(f"<item><link>/{number}</link><title>{number}</title></item>" for number in range(100_000))
    web.pages["/feed"] = rss(entries)
    taken = 0
    opened = Web(SETTINGS, catalog, lambda location, digest: False, partial(open_client, SETTINGS))
    with closing(opened):
        for found in opened.items([Feed(f"{web.url}/feed")]):
            taken += 1
            assert found.location == f"{web.url}/{taken - 1}"
            assert opened.found < taken + 200
            if taken == 300:
                break
