"""`dossier ingest` of addresses, feeds and sitemaps, as its users have it. The web is on the loopback address."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import place_model
from tests.web_server import ARTICLE, Answer, WebServer

DOSSIER = Path(sys.executable).with_name("dossier")
ALLOWED = {"DOSSIER_FETCH_ALLOW": "127.0.0.0/8", "DOSSIER_FETCH_DELAY": "0"}
BETA = "<html><head><title>Beta</title></head><body><p>Beta of Berlin employs 22 people now.</p></body></html>"
FEED = """<rss version="2.0"><channel><title>Example News</title>
<item><title>Acme raises</title><link>/acme</link><pubDate>Tue, 13 Jun 2023 08:00:00 GMT</pubDate></item>
<item><title>Beta</title><link>/beta</link><pubDate>Wed, 14 Jun 2023 08:00:00 GMT</pubDate></item></channel></rss>"""


def dossier(*arguments: str | Path, check: int = 0, **environ: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [DOSSIER, *map(str, arguments)], capture_output=True, text=True, timeout=120, env={**os.environ, **environ}
    )
    assert done.returncode == check, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def report(*arguments: str | Path, check: int = 0, **environ: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dossier("ingest", *arguments, "--json", check=check, **environ).stdout)
    return found


@pytest.fixture
def library(tmp_path: Path, model_folder: Path) -> Path:
    place_model(model_folder, tmp_path / "library")
    return tmp_path / "library"


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer().running() as server:
        server.pages |= {"/acme": Answer(ARTICLE), "/beta": Answer(BETA), "/feed": Answer(FEED, type="text/xml")}
        yield server


def test_a_feed_a_sitemap_and_an_address_become_a_library_that_answers(library: Path, web: WebServer) -> None:
    pages = "".join(f"<url><loc>{web.url}/{name}</loc></url>" for name in ("acme", "beta", "gone", "about/us"))
    web.pages["/sitemap.xml"] = Answer(f"<urlset>{pages}</urlset>", type="text/xml")
    into = ("--library", library)
    found = report("--feed", f"{web.url}/feed", *into, **ALLOWED)
    assert (found["added"], found["failed"]) == (2, [])
    sitemap = ("--sitemap", f"{web.url}/sitemap.xml", "--since", "2023", "--path", "/")
    found = report(f"{web.url}/acme", *sitemap, *into, check=1, **ALLOWED)
    assert (found["added"], found["unchanged"]) == (0, 2)
    assert [failure["source"] for failure in found["failed"]] == [f"{web.url}/gone", f"{web.url}/about/us"]
    answer = json.loads(dossier("ask", "How many people does Beta employ?", "--json", *into).stdout)
    assert "22 people" in answer["text"]
    articles = json.loads(dossier("articles", "--json", *into).stdout)
    assert {(one["published"], one["date_source"], one["site"]) for one in articles} == {
        ("2023-06-13", "opengraph", "Example News"),
        ("2023-06-14", "feed", "Example News"),
    }


def test_the_loopback_address_is_refused_unless_it_is_allowed(library: Path, web: WebServer) -> None:
    found = report(f"{web.url}/acme", "http://localhost/", "--library", library, check=1)
    assert all("may not be fetched" in failure["reason"] for failure in found["failed"])
    assert len(found["failed"]) == 2
    assert web.requests == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "nothing to ingest"),
        (("ftp://example.com/a",), "cannot be fetched"),
        (("--feed", "nowhere.xml"), "no feed 'nowhere.xml'"),
        (("--sitemap", "sitemap.xml"), "no address"),
        (("--sitemap", "https://example.com/s.xml", "--since", "yesterday"), "not a date"),
        (("--since", "2024"), "--sitemap"),
    ],
)
def test_a_wrong_command_is_told_and_makes_no_library(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = dossier("ingest", *arguments, "--library", tmp_path / "new", check=2)
    assert words in done.stderr
    assert "hint:" in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_wrong_network_is_a_wrong_setting(tmp_path: Path) -> None:
    done = dossier("ingest", "https://example.com/", "--library", tmp_path / "new", check=2, DOSSIER_FETCH_ALLOW="home")
    assert "DOSSIER_FETCH_ALLOW" in done.stderr


def test_an_interrupt_while_a_server_keeps_us_waiting_ends_the_run(library: Path, web: WebServer) -> None:
    web.pages["/wait"] = Answer(status=503, headers={"Retry-After": "59"})
    command = [DOSSIER, "ingest", f"{web.url}/acme", f"{web.url}/wait", "--library", library, "--json"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **ALLOWED}
    )
    deadline = time.monotonic() + 60
    while "/wait" not in web.paths and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)  # the server's answer has been read, and the wait has begun
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=20)  # not 59 seconds
    assert process.returncode == 130, error
    assert json.loads(out)["interrupted"]
