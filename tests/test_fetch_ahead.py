"""Several hosts are asked at once, each of them one thing at a time; a slow one holds up nobody else.

To the fetcher, servers on several ports are several hosts.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.document import Document
from ingest.fetch import Client, Feed, Rules, Sitemap
from ingest.fetch.ahead import HOSTS, LISTED, READY, Ahead, WebItem
from ingest.pipeline import run
from ingest.report import Report
from rag.catalog import Catalog
from rag.errors import LibraryError, SourceError
from rag.settings import Settings
from tests.hash_embedder import HashEmbedder
from tests.test_fetch_items import item, rss, story
from tests.web_server import Answer, WebServer

SETTINGS = Settings(fetch_delay=0, fetch_timeout=20, fetch_allow=(ip_network("127.0.0.0/8"),))


class Host:
    """Items of one host, and how many of them are being read at the same time."""

    def __init__(self, name: str, *, gate: threading.Event | None = None) -> None:
        self.name = name
        self.gate = gate
        self.reading = self.most = self.read_so_far = self.listed = 0

    def items(self, count: int) -> Iterator[WebItem]:
        for number in range(count):
            self.listed += 1
            yield WebItem(f"http://{self.name}/{number}", "", partial(self._read, number))

    def _read(self, number: int) -> Document:
        self.reading += 1
        self.most = max(self.most, self.reading)
        if self.gate:
            self.gate.wait(20)
        self.reading -= 1
        self.read_so_far += 1
        return Document(f"{self.name} {number}".encode())


def bodies(ahead: Ahead) -> Iterator[str]:
    for found in ahead:
        yield (found.read().body or b"").decode()


def test_all_items_come_once_and_those_of_one_host_in_order_one_at_a_time() -> None:
    hosts = [Host(f"h{number}") for number in range(10)]
    with closing(Ahead([(host.name, host.items(100)) for host in hosts])) as ahead:
        found = list(bodies(ahead))
    assert sorted(found) == sorted(f"{host.name} {number}" for host in hosts for number in range(100))
    for host in hosts:
        assert [text for text in found if text.startswith(f"{host.name} ")] == [f"{host.name} {i}" for i in range(100)]
        assert host.most == 1


def test_two_sources_of_one_host_take_turns() -> None:
    host = Host("h")
    with closing(Ahead([("h", host.items(100)), ("h", host.items(100)), ("other", host.items(100))])) as ahead:
        assert len(list(bodies(ahead))) == 300
    assert host.most == 1


def test_a_host_that_keeps_us_waiting_holds_up_no_other() -> None:
    gate = threading.Event()
    slow, quick = Host("slow", gate=gate), Host("quick")
    with closing(Ahead([("slow", slow.items(3)), ("quick", quick.items(300))])) as ahead:
        found = bodies(ahead)
        assert [next(found) for _ in range(300)] == [f"quick {number}" for number in range(300)]
        gate.set()
        assert list(found) == ["slow 0", "slow 1", "slow 2"]


def test_no_more_is_listed_or_read_than_is_wanted_soon() -> None:
    host = Host("h")
    with closing(Ahead([("h", host.items(100_000))])) as ahead:
        found = bodies(ahead)
        for taken in range(1, 300):
            next(found)
            assert host.read_so_far <= taken + READY + HOSTS
            assert host.listed <= taken + READY + HOSTS + LISTED
        ahead.stop()
    assert host.listed < 1_000


def test_what_cannot_be_read_is_raised_by_its_own_item_and_what_ends_the_run_ends_it() -> None:
    def failing(error: Exception) -> Document:
        raise error

    def listing() -> Iterator[WebItem]:
        yield WebItem("http://h/1", "", partial(failing, SourceError("gone")))
        yield WebItem("http://h/2", "", lambda: Document(b"there"))
        yield WebItem("http://h/3", "", partial(failing, LibraryError("the disk is full")))
        yield WebItem("http://h/4", "", partial(failing, ZeroDivisionError()))

    with closing(Ahead([("h", listing())])) as ahead:
        items = iter(ahead)
        with pytest.raises(SourceError, match="gone"):
            next(items).read()
        assert next(items).read().body == b"there"
        with pytest.raises(LibraryError, match="full"):
            next(items).read()
        with pytest.raises(ZeroDivisionError):
            next(items)


def test_an_error_of_the_listing_itself_is_raised() -> None:
    def listing() -> Iterator[WebItem]:
        yield WebItem("http://h/1", "", lambda: Document(b"there"))
        raise LibraryError("the disk is full")

    with closing(Ahead([("h", listing()), ("empty", iter(()))])) as ahead, pytest.raises(LibraryError):
        list(bodies(ahead))


def test_stopping_ends_the_iteration_and_the_threads() -> None:
    gate = threading.Event()
    host = Host("h", gate=gate)
    before = threading.active_count()
    ahead = Ahead([("h", host.items(10))])
    threading.Timer(0.3, lambda: (ahead.stop(), gate.set())).start()
    assert len(list(bodies(ahead))) <= 1
    ahead.close()
    assert threading.active_count() <= before + 1  # the timer


# with servers


class Gauge:
    """How many requests are being answered at once, by host."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.most_hosts = 0

    def page(self, name: str, text: str, seconds: float) -> Answer:
        with self.lock:
            self.now[name] = self.now.get(name, 0) + 1
            self.most[name] = max(self.most.get(name, 0), self.now[name])
            self.most_hosts = max(self.most_hosts, sum(count > 0 for count in self.now.values()))
        time.sleep(seconds)
        with self.lock:
            self.now[name] -= 1
        return Answer(text)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with closing(Catalog.open(tmp_path / "library", create=True)) as opened:
        yield opened


def ingest(catalog: Catalog, *sources: str | Feed | Sitemap, settings: Settings = SETTINGS) -> Report:
    client = partial(Client, settings, Rules(settings.fetch_allow))
    return run(sources, catalog, HashEmbedder(), settings, lambda _: None, open_client=client)


def test_several_hosts_are_asked_at_once_and_each_one_thing_at_a_time(catalog: Catalog) -> None:
    gauge = Gauge()
    with ExitStack() as stack:
        servers = [stack.enter_context(WebServer().running()) for _ in range(4)]
        for number, server in enumerate(servers):
            for page in range(5):
                text = story(f"Firm{number}{page}")
                server.pages[f"/{page}"] = lambda _, n=str(number), t=text: gauge.page(n, t, 0.05)  # type: ignore[misc]
        links = [f"{server.url}/{page}" for page in range(5) for server in servers]
        servers[0].pages["/feed"] = rss(*(item(link) for link in links))
        report = ingest(catalog, Feed(f"{servers[0].url}/feed"))
    assert (report.added, report.failed) == (20, [])
    assert set(gauge.most.values()) == {1}
    assert gauge.most_hosts >= 2


def test_hosts_that_lead_to_one_another_ask_it_one_thing_at_a_time(catalog: Catalog) -> None:
    gauge = Gauge()
    with ExitStack() as stack:
        target, *others = [stack.enter_context(WebServer().running()) for _ in range(4)]
        for number, server in enumerate(others):
            text = story(f"Firm{number}")
            target.pages[f"/{number}"] = lambda _, t=text: gauge.page("target", t, 0.1)  # type: ignore[misc]
            server.pages["/"] = Answer(status=302, headers={"Location": f"{target.url}/{number}"})
        report = ingest(catalog, *(f"{server.url}/" for server in others))
    assert (report.added, report.failed) == (3, [])
    assert gauge.most == {"target": 1}


def test_the_pause_of_a_host_is_kept_while_others_are_asked(catalog: Catalog) -> None:
    moments: dict[str, list[float]] = {}

    def page(name: str, text: str) -> Answer:
        moments.setdefault(name, []).append(time.monotonic())
        return Answer(text)

    with ExitStack() as stack:
        servers = [stack.enter_context(WebServer().running()) for _ in range(2)]
        for number, server in enumerate(servers):
            for at in range(3):
                text = story(f"Firm{number}{at}")
                server.pages[f"/{at}"] = lambda _, n=str(number), t=text: page(n, t)  # type: ignore[misc]
        sources = [f"{server.url}/{at}" for at in range(3) for server in servers]
        report = ingest(catalog, *sources, settings=SETTINGS.model_copy(update={"fetch_delay": 0.3}))
    assert report.added == 6
    for times in moments.values():
        assert all(later - earlier >= 0.29 for earlier, later in pairwise(times))
