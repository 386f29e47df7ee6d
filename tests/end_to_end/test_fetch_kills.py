"""An ingest from the web, as a process that is killed, or whose disk is full, in the middle of its downloads."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.library import differences
from rag.settings import Settings
from tests.conftest import place_model
from tests.end_to_end.serving import DOSSIER, environment
from tests.end_to_end.test_faults import mounted
from tests.test_fetch_items import item, rss, story
from tests.web_server import Answer, WebServer

PAGES = 12
ENVIRONMENT = environment({"DOSSIER_FETCH_ALLOW": "127.0.0.0/8", "DOSSIER_FETCH_DELAY": "0"})


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer().running() as server:
        for number in range(PAGES):
            server.pages[f"/{number}"] = Answer(story(f"Firm {number}"), headers={"ETag": f'"{number}"'})
        server.pages["/feed"] = rss(*(item(f"/{number}") for number in range(PAGES)))
        yield server


def ingest(web: WebServer, library: Path) -> "subprocess.Popen[str]":
    command = [DOSSIER, "ingest", "--feed", f"{web.url}/feed", "--library", str(library)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)


def titles(library: Path) -> list[str]:
    catalog = Catalog.open(library)
    try:
        assert catalog.check() == []
        return sorted(article.title for article in catalog.articles())
    finally:
        catalog.close()


@pytest.mark.slow
def test_a_kill_between_a_download_and_its_write_costs_a_download_and_no_article(
    web: WebServer, tmp_path: Path, model_folder: Path
) -> None:
    library = tmp_path / "library"
    place_model(model_folder, library)
    reached, hold = threading.Event(), threading.Event()
    kept = web.pages["/9"]

    def slow(_: dict[str, str]) -> Answer:
        reached.set()
        hold.wait(60)
        return Answer(story("Firm 9"))

    web.pages["/9"] = slow
    process = ingest(web, library)
    assert reached.wait(90)
    process.kill()
    process.communicate()
    hold.set()
    web.pages["/9"] = kept
    catalog = Catalog.open(library)
    assert catalog.fetched(f"{web.url}/3") is not None, "it was fetched, and that was noted"
    assert catalog.articles() == [], "nothing was written before the kill, so that this test proves something"
    catalog.close()

    process = ingest(web, library)
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors
    assert titles(library) == sorted(f"Firm {number}" for number in range(PAGES))
    assert differences(Settings(library=library)) == []
    asked = len(web.requests)
    process = ingest(web, library)
    process.communicate(timeout=180)
    assert process.returncode == 0
    assert len(web.requests) - asked <= 2, "only the feed, and the rules of its site, are asked for again"


def test_two_ingests_of_one_feed_at_once_write_every_article_once(
    web: WebServer, tmp_path: Path, model_folder: Path
) -> None:
    library = tmp_path / "library"
    place_model(model_folder, library)
    processes = [ingest(web, library) for _ in range(2)]
    for process in processes:
        _, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors
    assert titles(library) == sorted(f"Firm {number}" for number in range(PAGES))
    assert differences(Settings(library=library)) == []


@pytest.mark.slow
def test_a_full_disk_in_the_middle_of_downloads_is_told_and_the_next_run_has_them_all(
    web: WebServer, tmp_path: Path, model_folder: Path
) -> None:
    for number in range(PAGES):
        web.pages[f"/{number}"] = Answer(
            story(f"Firm {number}").replace("<p>", f"<p>{f'Word{number} ' * 2_000}</p><p>")
        )
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=6m", "tmpfs") as disk:
        library = disk / "library"
        library.mkdir()
        (library / "model").symlink_to(model_folder)
        filler = disk / "filler"
        with filler.open("wb") as file:
            file.write(b"\0" * (shutil.disk_usage(disk).free - 300_000))
        process = ingest(web, library)
        _, errors = process.communicate(timeout=180)
        assert process.returncode == 2, errors
        assert "full" in errors
        assert "Traceback" not in errors
        filler.unlink()
        process = ingest(web, library)
        _, errors = process.communicate(timeout=180)
        assert process.returncode == 0, errors
        assert len(titles(library)) == PAGES
        assert differences(Settings(library=library)) == []
