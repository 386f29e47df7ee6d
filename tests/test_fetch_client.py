import gzip
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import brotli
import pytest

from ingest.fetch import Client, Rules
from rag.errors import SourceError
from rag.settings import Settings
from tests.web_server import ARTICLE, Answer, WebServer

LOOPBACK = (ip_network("127.0.0.0/8"),)
SETTINGS = Settings(fetch_delay=0, fetch_timeout=5)
LIMIT = 100_000
# Made for name.example, with its key, signed by itself.
CERTIFICATE = Path(__file__).with_name("name_example.pem")
BROTLI = partial(brotli.compress, quality=1)


class Clock:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer().running() as server:
        server.pages["/a"] = Answer(ARTICLE)
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[Client]:
    client = make_client(clock)
    yield client
    client.close()


def make_client(clock: Clock, settings: Settings = SETTINGS, **rules: Any) -> Client:
    allowed, trusted = rules.pop("allowed", LOOPBACK), rules.pop("trusted", None)
    return Client(settings, Rules(allowed, **rules), sleep=clock.sleep, clock=lambda: clock.now, trusted=trusted)


def names(**hosts: str) -> Any:
    """A resolver that knows these names; a list of addresses, separated by spaces, is gone through call by call."""
    answers = {name.replace("_", "."): addresses.split() for name, addresses in hosts.items()}
    calls: dict[str, int] = {}

    def resolve(host: str, port: int, *_: Any) -> list[Any]:
        if host not in answers:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        calls[host] = calls.get(host, -1) + 1
        address = answers[host][min(calls[host], len(answers[host]) - 1)]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    resolve.calls = calls  # type: ignore[attr-defined]
    return resolve


def get(client: Client, url: str, **more: Any) -> bytes:
    page = client.get(url, **{"max_bytes": LIMIT, **more})
    assert page.body is not None
    return page.body


def test_a_page_comes_with_what_its_server_says_of_it(web: WebServer, client: Client) -> None:
    web.pages["/b"] = Answer(
        "text", headers={"ETag": '"1"', "Last-Modified": "yesterday"}, type="Text/HTML; charset=UTF-8"
    )
    page = client.get(f"{web.url}/b", max_bytes=LIMIT)
    assert (page.body, page.media_type, page.charset, page.etag, page.last_modified) == (
        b"text",
        "text/html",
        "UTF-8",
        '"1"',
        "yesterday",
    )
    assert web.requests[-1][1]["user-agent"] == "Dossier/0.1"


def test_a_private_address_is_not_connected_to(web: WebServer, clock: Clock) -> None:
    with pytest.raises(SourceError, match=r"may not be fetched.*DOSSIER_FETCH_ALLOW"):
        make_client(clock, allowed=()).get(f"http://127.0.0.1:{web.port}/a", max_bytes=LIMIT)
    with pytest.raises(SourceError, match=r"may not be fetched.*Loopback"):
        make_client(clock, allowed=(), resolver=names(inside_example="127.0.0.1")).get(
            "http://inside.example/a", max_bytes=LIMIT
        )
    assert web.requests == []


def test_a_redirect_to_a_private_address_is_not_followed(web: WebServer, clock: Clock) -> None:
    with WebServer("127.0.0.2").running() as inside:
        inside.pages["/secret"] = Answer("secret")
        web.pages["/b"] = Answer(status=302, headers={"Location": f"{inside.url}/secret"})
        web.pages["/c"] = Answer(status=302, headers={"Location": f"http://inside.example:{inside.port}/secret"})
        client = make_client(clock, allowed=(ip_network("127.0.0.1/32"),), resolver=names(inside_example="127.0.0.2"))
        for path in ("/b", "/c"):
            with pytest.raises(SourceError, match="may not be fetched"):
                get(client, web.url + path)
        assert inside.requests == []
        client.close()


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://169.254.169.254/latest/", "http://["]
)
def test_a_redirect_to_what_may_not_be_fetched_is_refused(web: WebServer, client: Client, target: str) -> None:
    web.pages["/b"] = Answer(status=301, headers={"Location": target})
    with pytest.raises(SourceError, match="fetched"):
        get(client, f"{web.url}/b")


def test_the_connection_goes_to_the_address_that_was_checked(web: WebServer, clock: Clock) -> None:
    """A name that is public when it is checked and private a moment later (DNS rebinding) is looked up once only."""
    web.pages["/robots.txt"] = Answer("", type="text/plain")
    resolver = names(moving_example="127.0.0.1 10.0.0.1")
    client = make_client(clock, resolver=resolver)
    assert get(client, f"http://moving.example:{web.port}/a") == ARTICLE.encode()
    assert resolver.calls == {"moving.example": 0}  # one look-up, for robots.txt and page, on one connection
    assert web.requests[-1][1]["host"] == f"moving.example:{web.port}"
    client.close()
    again = make_client(clock, resolver=resolver)
    with pytest.raises(SourceError, match="Private-Use"):  # the next connection asks anew
        get(again, f"http://moving.example:{web.port}/a")
    again.close()


def test_a_certificate_is_asked_of_the_name_and_not_of_the_address(clock: Clock) -> None:
    resolver = names(name_example="127.0.0.1", other_example="127.0.0.1")
    with WebServer(certificate=CERTIFICATE).running() as server:
        server.pages["/a"] = Answer(ARTICLE)
        trusting = make_client(clock, resolver=resolver, trusted=ssl.create_default_context(cafile=CERTIFICATE))
        assert get(trusting, f"https://name.example:{server.port}/a") == ARTICLE.encode()
        assert set(server.names) == {"name.example"}
        with pytest.raises(SourceError, match="not valid for 'other"):
            get(trusting, f"https://other.example:{server.port}/a")
        trusting.close()
        client = make_client(clock, resolver=resolver)
        with pytest.raises(SourceError, match="CERTIFICATE_VERIFY_FAILED"):
            get(client, f"https://name.example:{server.port}/a")
        client.close()


def test_a_redirect_out_of_https_is_refused(web: WebServer, clock: Clock) -> None:
    with WebServer(certificate=CERTIFICATE).running() as server:
        server.pages["/b"] = Answer(status=302, headers={"Location": f"{web.url}/a"})
        trusted = ssl.create_default_context(cafile=CERTIFICATE)
        client = make_client(clock, resolver=names(name_example="127.0.0.1"), trusted=trusted)
        with pytest.raises(SourceError, match="leads from https to http://"):
            get(client, f"https://name.example:{server.port}/b")
        assert web.requests == []
        client.close()


def test_redirects_are_followed_five_times(web: WebServer, client: Client) -> None:
    for i in range(7):
        web.pages[f"/{i}"] = Answer(status=(301, 302, 303, 307, 308)[i % 5], headers={"Location": f"{i + 1}#part"})
    web.pages["/7"] = Answer("the end")
    assert client.get(f"{web.url}/2", max_bytes=LIMIT).address == f"{web.url}/7"
    with pytest.raises(SourceError, match="more than 5 times"):
        get(client, f"{web.url}/1")


def test_nobody_is_recognised_from_one_address_to_the_next(web: WebServer, client: Client) -> None:
    web.pages["/b"] = Answer(status=302, headers={"Location": "/a", "Set-Cookie": "who=me"})
    get(client, f"{web.url}/b")
    assert not any("cookie" in headers for _, headers in web.requests)


def test_the_proxies_of_the_environment_are_not_used(
    web: WebServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    client = make_client(clock)
    assert get(client, f"{web.url}/a") == ARTICLE.encode()
    client.close()


def test_what_robots_txt_forbids_is_left_alone(web: WebServer, client: Client) -> None:
    web.pages["/robots.txt"] = Answer(
        "User-agent: *\nDisallow: /private\n\nUser-agent: dossier\nDisallow: /a\n", type="text/plain"
    )
    web.pages["/private"] = Answer("text")
    web.pages["/b"] = Answer(status=302, headers={"Location": "/a"})
    for path in ("/a", "/b"):
        with pytest.raises(SourceError, match=r"robots\.txt forbids"):
            get(client, web.url + path)
    assert get(client, f"{web.url}/private")
    assert [path for path, _ in web.requests].count("/robots.txt") == 1


def test_a_site_is_told_who_we_are_and_its_rules_are_read_by_that_name(web: WebServer, clock: Clock) -> None:
    web.pages["/robots.txt"] = Answer("User-agent: readingroom\nDisallow: /a\n", type="text/plain")
    web.pages["/b"] = Answer("text")
    agent = "ReadingRoom/2 (desk@news.example)"
    client = make_client(clock, Settings(fetch_delay=0, fetch_timeout=5, fetch_user_agent=agent))
    assert get(client, f"{web.url}/b") == b"text"
    with pytest.raises(SourceError, match=r"robots\.txt forbids"):
        get(client, f"{web.url}/a")
    client.close()
    assert [(path, headers["user-agent"]) for path, headers in web.requests] == [("/robots.txt", agent), ("/b", agent)]


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (429, False)])
def test_a_site_without_rules_is_open_and_one_whose_rules_cannot_be_read_is_closed(
    web: WebServer, client: Client, status: int, allowed: bool
) -> None:
    web.pages["/robots.txt"] = Answer("no", status)
    if allowed:
        assert get(client, f"{web.url}/a")
        return
    with pytest.raises(SourceError, match=f"rules cannot be read.*{status}"):
        get(client, f"{web.url}/a")
    assert web.paths == []


def test_two_requests_to_a_host_are_apart_as_the_setting_or_the_site_wants(web: WebServer, clock: Clock) -> None:
    polite = make_client(clock, Settings(fetch_delay=2.0))
    for _ in range(3):
        get(polite, f"{web.url}/a")
    assert clock.slept == [2.0, 2.0]
    polite.close()
    clock.slept.clear()
    web.pages["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 7\n", type="text/plain")
    asked = make_client(clock, Settings(fetch_delay=2.0))
    get(asked, f"{web.url}/a")
    clock.now += 3
    get(asked, f"{web.url}/a")
    assert clock.slept == [4.0]
    asked.close()
    clock.slept.clear()
    web.pages["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 86400\n", type="text/plain")
    held = make_client(clock, Settings(fetch_delay=2.0))
    get(held, f"{web.url}/a")
    get(held, f"{web.url}/a")
    assert clock.slept == [30.0]
    held.close()


def test_a_server_in_trouble_is_asked_again_when_it_says(web: WebServer, client: Client, clock: Clock) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    web.pages["/b"] = [
        Answer(status=429, headers={"Retry-After": "7"}),
        Answer(status=503, headers={"Retry-After": soon}),
        Answer(status=500),
        Answer("at last"),
    ]
    assert get(client, f"{web.url}/b") == b"at last"
    assert clock.slept[0] == 7
    assert 20 < clock.slept[1] <= 30
    assert clock.slept[2] == 4


def test_a_server_that_asks_for_too_long_a_wait_is_left_and_the_wait_is_told(
    web: WebServer, client: Client, clock: Clock
) -> None:
    web.pages["/b"] = Answer(status=429, headers={"Retry-After": "3600"})
    with pytest.raises(SourceError, match=r"429.*wait for 3600 seconds"):
        get(client, f"{web.url}/b")
    assert clock.slept == []


def test_a_host_that_goes_on_failing_is_left_alone(web: WebServer, client: Client, clock: Clock) -> None:
    for i in range(5):
        web.pages[f"/{i}"] = Answer(status=503)
        with pytest.raises(SourceError, match="503" if i < 3 else "failed too often"):
            get(client, f"{web.url}/{i}")
    assert len(web.paths) == 3 * 4


def test_a_server_that_says_no_is_not_asked_again(web: WebServer, client: Client, clock: Clock) -> None:
    for status, words in ((404, "is not there"), (403, "refuses us"), (451, "cannot be fetched"), (304, "cannot be")):
        web.pages["/b"] = Answer("no", status)
        with pytest.raises(SourceError, match=f"/b {words}.*{status}"):
            get(client, f"{web.url}/b")
    assert clock.slept == []


def test_a_download_that_is_cut_is_tried_again_and_then_failed(web: WebServer, client: Client, clock: Clock) -> None:
    web.pages["/b"] = [Answer("x" * 1000, cut=500), Answer("x" * 1000)]
    assert get(client, f"{web.url}/b") == b"x" * 1000
    web.pages["/c"] = Answer("x" * 1000, cut=500)
    with pytest.raises(SourceError, match="/c cannot be fetched"):
        get(client, f"{web.url}/c")
    assert clock.slept == [1, 1, 2, 4]


def test_a_host_that_is_not_there_fails_and_says_so(clock: Clock) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        client = make_client(clock)
        with pytest.raises(SourceError, match=r"rules cannot be read.*refused"):
            get(client, f"http://127.0.0.1:{bound.getsockname()[1]}/a")
        client.close()


def test_a_trickle_of_bytes_does_not_hold_the_run(web: WebServer, clock: Clock) -> None:
    web.pages["/slow"] = Answer("x" * 1000, pause=0.05)
    client = make_client(clock, Settings(fetch_delay=0, fetch_timeout=0.4))
    with pytest.raises(SourceError, match=r"/slow takes longer than 0\.4 seconds.*DOSSIER_FETCH_TIMEOUT"):
        get(client, f"{web.url}/slow")
    client.close()


def test_a_server_that_never_finishes_its_headers_does_not_hold_the_run(clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                try:
                    while True:
                        connection.sendall(b"X: y\r\n")
                        time.sleep(0.05)
                except OSError:
                    return

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        client = make_client(clock, Settings(fetch_delay=0, fetch_timeout=0.4))
        with pytest.raises(SourceError, match=r"takes longer than 0\.4 seconds"):
            get(client, f"http://127.0.0.1:{server.getsockname()[1]}/a")
        client.close()
        thread.join(5)


def test_a_wait_ends_when_the_run_is_stopped(web: WebServer) -> None:
    web.pages["/b"] = Answer(status=429, headers={"Retry-After": "50"})
    web.pages["/slow"] = Answer("x" * 1000, pause=0.2)
    for path in ("/b", "/slow"):
        client = Client(Settings(fetch_delay=0, fetch_timeout=60), Rules(LOOPBACK))
        timer = threading.Timer(0.3, client.stop)
        timer.start()
        with pytest.raises(SourceError, match="stopped"):
            get(client, web.url + path)
        timer.join()
        client.close()


def test_a_body_over_the_limit_is_stopped(web: WebServer, client: Client) -> None:
    web.pages["/b"] = Answer("x" * LIMIT)
    assert len(get(client, f"{web.url}/b")) == LIMIT
    web.pages["/c"] = Answer("x" * (LIMIT + 1))
    with pytest.raises(SourceError, match=r"/c is larger than 0\.1 MB.*DOSSIER_MAX_ARTICLE_MB"):
        get(client, f"{web.url}/c")


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", BROTLI)])
def test_a_packed_page_is_unpacked_and_a_bomb_is_not(web: WebServer, client: Client, coding: str, pack: Any) -> None:
    web.pages["/b"] = Answer(pack(ARTICLE.encode()), headers={"Content-Encoding": coding})
    assert get(client, f"{web.url}/b") == ARTICLE.encode()
    web.pages["/bomb"] = Answer(pack(b"\0" * 100_000_000), headers={"Content-Encoding": coding})
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="is larger than"):
            get(client, f"{web.url}/bomb")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("coding", ["gzip, gzip", "zstd", "compress", "gzip,br"])
def test_a_coding_that_was_not_asked_for_is_refused(web: WebServer, client: Client, coding: str) -> None:
    web.pages["/b"] = Answer(gzip.compress(gzip.compress(b"text")), headers={"Content-Encoding": coding})
    with pytest.raises(SourceError, match="encoding that was not asked for"):
        get(client, f"{web.url}/b")


def test_a_body_that_is_not_what_it_says_is_an_error_of_that_page(web: WebServer, client: Client) -> None:
    web.pages["/b"] = Answer(b"no gzip", headers={"Content-Encoding": "gzip"})
    with pytest.raises(SourceError, match="/b cannot be fetched"):
        get(client, f"{web.url}/b")
    assert get(client, f"{web.url}/a")


def test_a_page_that_has_not_changed_comes_without_a_body(web: WebServer, client: Client) -> None:
    web.pages["/b"] = lambda headers: Answer(status=304 if headers.get("if-none-match") == '"1"' else 200)
    assert client.get(f"{web.url}/b", max_bytes=LIMIT, conditions={"If-None-Match": '"1"'}).body is None
    assert client.get(f"{web.url}/b", max_bytes=LIMIT).body == b""
