"""`dossier watch` as its users have it: the real process, folders that change, a feed on the loopback address."""

import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag.catalog import Catalog
from tests.conftest import place_model
from tests.end_to_end.serving import DOSSIER, dossier, environment, served
from tests.web_server import Answer, WebServer

SECONDS = 90.0
ALLOWED = {"DOSSIER_FETCH_ALLOW": "127.0.0.0/8", "DOSSIER_FETCH_DELAY": "0"}


def text(name: str, amount: int = 5) -> str:
    return (
        f"# {name}\n\n{name} raised ${amount} million from Example Ventures, more than anybody in the town of {name}."
    )


class Watching:
    """A running `dossier watch --json`, and the lines it has written."""

    def __init__(self, *arguments: str | Path, library: Path) -> None:
        command = [DOSSIER, "watch", *map(str, arguments), "--library", str(library), "--json"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(ALLOWED)
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def next(self) -> tuple[str, str]:
        """The next event, and what it happened to."""
        found = json.loads(self._lines.get(timeout=SECONDS))
        return found["event"], Path(found["source"]).name

    def stop(self, number: int = signal.SIGTERM) -> str:
        """Ends it by a signal, as it should end; what it wrote on standard error."""
        self.process.send_signal(number)
        assert self.process.stderr is not None
        errors = self.process.stderr.read()
        assert self.process.wait(60) == 0, errors
        return errors

    def close(self) -> None:
        """Makes sure that it is gone."""
        self.process.kill()
        self.process.wait()
        self._reader.join(10)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()


@contextmanager
def watching(*arguments: str | Path, library: Path) -> Iterator[Watching]:
    watcher = Watching(*arguments, library=library)
    try:
        yield watcher
    finally:
        watcher.close()


def titles(library: Path) -> list[str]:
    catalog = Catalog.open(library)
    try:
        return sorted(article.title for article in catalog.articles())
    finally:
        catalog.close()


@pytest.fixture
def library(tmp_path: Path, model_folder: Path) -> Path:
    place_model(model_folder, tmp_path / "library")
    return tmp_path / "library"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "articles" / "sub").mkdir(parents=True)
    (tmp_path / "articles" / "first.md").write_text(text("First"))
    return tmp_path / "articles"


@pytest.mark.slow
def test_a_library_follows_its_folder_while_files_come_change_move_and_go(folder: Path, library: Path) -> None:
    with watching(folder, "--prune", library=library) as watcher:
        assert watcher.next() == ("watching", "articles")
        assert watcher.next() == ("added", "first.md")
        (folder / "sub" / "second.md").write_text(text("Second"))
        assert watcher.next() == ("added", "second.md")
        hidden = folder / ".first.md.part"  # as editors and downloads do it
        hidden.write_text(text("First", 7))
        hidden.rename(folder / "first.md")
        assert watcher.next() == ("updated", "first.md")
        (folder / "sub" / "second.md").rename(folder / "moved.md")
        assert watcher.next() == ("moved", "moved.md")
        (folder / "broken.md").write_bytes(b"\0\1\2")
        assert watcher.next() == ("failed", "broken.md")
        (folder / "first.md").unlink()
        assert watcher.next() == ("removed", "first.md")
        folder.rename(folder.with_name("away"))
        assert watcher.next() == ("failed", "articles")
        (folder.with_name("away") / "third.md").write_text(text("Third"))
        folder.with_name("away").rename(folder)
        assert watcher.next() == ("watching", "articles")
        assert watcher.next() == ("added", "third.md")
        assert watcher.stop() == ""
        assert watcher.next() == ("stopped", "library")
    assert titles(library) == ["Second", "Third"]
    assert dossier("check", "--library", str(library)).stdout.startswith("ok")


@pytest.mark.slow
def test_a_watcher_that_is_killed_goes_on_where_it_was_and_keeps_what_vanished(folder: Path, library: Path) -> None:
    with watching(folder, library=library) as watcher:
        assert [watcher.next() for _ in range(2)] == [("watching", "articles"), ("added", "first.md")]
        for number in range(40):
            (folder / f"{number}.md").write_text("\n\n".join([f"# Story {number}", *[text(f"S{number}")] * 20]))
        assert watcher.next()[0] == "added"
        watcher.process.kill()
    (folder / "first.md").unlink()
    with watching(folder, library=library) as watcher:
        assert watcher.next() == ("watching", "articles")
        added = []
        while (event := watcher.next())[0] == "added":
            added.append(event[1])
        assert event == ("vanished", "articles")
        assert len(set(added)) == len(added) < 40
        watcher.stop(signal.SIGINT)
    assert len(titles(library)) == 41
    assert dossier("check", "--library", str(library)).stdout.startswith("ok")


@pytest.mark.slow
def test_a_feed_that_changes_under_way_is_followed_beside_a_running_server(
    library: Path, folder: Path, tmp_path: Path
) -> None:
    dossier("ingest", str(folder), "--library", str(library))
    with WebServer().running() as web, served(library, tmp_path / "log") as server:
        page = "<html><head><title>{0}</title></head><body><p>{0} employs 22 people in Lyon.</p></body></html>"
        web.pages |= {f"/{name}": Answer(page.format(name)) for name in ("acme", "beta")}
        web.pages["/feed"] = feed("acme")
        with watching("--feed", f"{web.url}/feed", "--every", "1s", "--prune", library=library) as watcher:
            assert [watcher.next() for _ in range(2)] == [("watching", "feed"), ("added", "acme")]
            web.pages["/feed"] = Answer("down", 404)
            assert watcher.next() == ("failed", "feed")
            web.pages["/feed"] = feed("beta")
            assert {watcher.next() for _ in range(2)} == {("added", "beta"), ("removed", "acme")}
            watcher.stop()
        assert server.process.poll() is None
        answer = dossier("ask", "How many people does beta employ?", "--library", str(library)).stdout
        assert "22 people" in answer
    assert titles(library) == ["First", "beta"]


def feed(*names: str) -> Answer:
    items = "".join(f"<item><title>{name}</title><link>/{name}</link></item>" for name in names)
    return Answer(f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>", type="text/xml")


@pytest.mark.slow
def test_a_watcher_is_stopped_while_a_server_keeps_it_waiting(library: Path) -> None:
    with WebServer().running() as web:
        web.pages["/wait"] = Answer(status=503, headers={"Retry-After": "59"})
        with watching(f"{web.url}/wait", library=library) as watcher:
            assert watcher.next() == ("watching", "wait")
            while not web.paths:
                assert watcher.process.poll() is None
                threading.Event().wait(0.1)
            watcher.stop()  # within 60 seconds that waits for nobody
            assert watcher.next() == ("stopped", "library")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((), "nothing to watch"), (("nowhere",), "no file or folder"), (("--every", "soon"), "no interval")],
)
def test_a_wrong_command_is_told_and_makes_no_library(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = subprocess.run(
        [DOSSIER, "watch", *arguments, "--library", tmp_path / "new"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env=environment({"PYTHONPATH": os.environ.get("PYTHONPATH", "")}),
    )
    assert (done.returncode, words in done.stderr) == (2, True)
    assert not (tmp_path / "new").exists()
