"""What vanished from its source leaves the library, and nothing else does."""

import json
import os
from collections.abc import Iterator
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ingest.fetch import Client, Feed, Remote, Rules, Sitemap
from ingest.pipeline import run
from ingest.prune import Pruning
from ingest.report import Report
from rag.catalog import Catalog, Fetched
from rag.settings import Settings
from tests.hash_embedder import HashEmbedder
from tests.web_server import Answer, WebServer

SETTINGS = Settings(fetch_delay=0, fetch_timeout=5, fetch_allow=(ip_network("127.0.0.0/8"),), max_article_mb=1)


def text(name: str) -> str:
    return (
        f"# {name}\n\n{name} raised money from Example Ventures, more than anybody else in the town of {name} ever did."
    )


class Library:
    """A catalog, and a folder of articles beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "articles"
        self.folder.mkdir()
        self.catalog = Catalog.open(folder / "library", create=True)
        self.embedder = HashEmbedder()

    def write(self, name: str, content: str | None = None) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content or text(path.stem))
        return path

    def ingest(self, *sources: str | Path | Remote, pruning: Pruning = Pruning.CAREFUL, dry: bool = False) -> Report:
        return run(
            [str(one) if isinstance(one, Path) else one for one in sources or (self.folder,)],
            self.catalog,
            None if dry else self.embedder,
            SETTINGS,
            lambda _: None,
            today=lambda: date(2026, 11, 23),
            open_client=lambda: Client(SETTINGS, Rules(SETTINGS.fetch_allow), sleep=lambda _: None),
            pruning=pruning,
        )

    def sources(self) -> list[str]:
        return sorted(article.source for article in self.catalog.articles())

    def titles(self) -> list[str]:
        return sorted(article.title for article in self.catalog.articles())


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path)
    yield made
    made.catalog.close()


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer().running() as server:
        yield server


# folders


def test_a_file_that_is_gone_leaves_the_library_only_when_that_is_wanted(library: Library) -> None:
    for name in ("a.md", "sub/b.md", "c.md"):
        library.write(name)
    library.ingest()
    (library.folder / "sub" / "b.md").unlink()
    (library.folder / "sub").rmdir()
    report = library.ingest(pruning=Pruning.NONE)
    assert (report.removed, report.vanished, library.sources()) == (0, 1, ["a.md", "c.md", "sub/b.md"])
    report = library.ingest()
    assert (report.removed, report.vanished, library.sources()) == (1, 0, ["a.md", "c.md"])
    assert library.catalog.locations_below(str(library.folder / "sub")) == []
    assert library.catalog.check() == []
    assert library.ingest().removed == 0


def test_only_the_folders_of_this_run_are_pruned(library: Library, tmp_path: Path) -> None:
    library.write("one/a.md"), library.write("one-more/b.md"), library.write("two/c.md"), library.write("one/kept.md")
    library.ingest()
    for name in ("one/a.md", "one-more/b.md", "two/c.md"):
        (library.folder / name).unlink()
    library.ingest(library.folder / "one")
    assert library.sources() == ["one-more/b.md", "one/kept.md", "two/c.md"]


def test_an_article_that_was_seen_elsewhere_too_stays(library: Library) -> None:
    library.write("a.md", text("Acme")), library.write("copy/b.md", text("Acme"))
    library.ingest()
    assert library.titles() == ["Acme"]
    (library.folder / "a.md").unlink()
    report = library.ingest()
    assert (report.removed, library.titles()) == (0, ["Acme"])
    article = library.catalog.articles()[0]
    assert library.catalog.locations(article.id) == (str(library.folder / "copy" / "b.md"),)


def test_a_file_that_was_moved_is_not_removed_nor_embedded_again(library: Library) -> None:
    library.write("a.md"), library.write("other.md")
    library.ingest()
    before = library.embedder.texts_embedded
    (library.folder / "a.md").rename(library.folder / "b.md")
    rehearsed = library.ingest(dry=True)
    report = library.ingest()
    assert (rehearsed.removed, report.removed, len(library.titles())) == (0, 0, 2)
    assert library.embedder.texts_embedded == before


def test_a_folder_in_which_nothing_is_left_is_believed_only_with_force(library: Library) -> None:
    library.write("a.md"), library.write("disk/b.md")
    library.ingest()
    (library.folder / "disk" / "b.md").unlink()  # as if another disk had been mounted there, and is not now
    report = library.ingest()
    assert (report.removed, len(report.held)) == (0, 1)
    assert str(library.folder / "disk") in report.held[0].reason
    (library.folder / "a.md").unlink()
    (library.folder / "unmounted").write_bytes(b"\0")  # the root: not empty, yet no article is left
    assert (library.ingest().removed, library.sources()) == (0, ["a.md", "disk/b.md"])
    report = library.ingest(pruning=Pruning.FORCED)
    assert (report.removed, report.held, library.sources()) == (2, [], [])


@pytest.fixture
def open_library() -> Iterator[Library]:
    """A library in a folder that everybody may search, which pytest's are not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        made = Library(Path(folder))
        yield made
        made.catalog.close()


def test_a_folder_that_cannot_be_searched_tells_nothing(open_library: Library) -> None:
    library = open_library
    library.write("a.md"), library.write("secret/b.md"), library.write("listed/c.md")
    (library.folder / "secret" / os.fsdecode(b"caf\xe9.md")).write_text(text("Cafe"))
    library.ingest()
    for mode in (0o000, 0o311):
        (library.folder / "secret").chmod(mode)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)  # root may read everything, so be somebody else
        try:
            report = library.ingest(dry=True)
        finally:
            os.seteuid(user)
            (library.folder / "secret").chmod(0o755)
        assert (report.removed, len(report.failed)) == (0, 1)


def test_a_link_whose_target_is_not_there_is_still_there(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.md"
    target.write_text(text("Acme"))
    library.write("a.md")
    (library.folder / "link.md").symlink_to(target)
    library.ingest()
    target.unlink()
    assert (library.ingest().removed, library.titles()) == (0, ["Acme", "a"])


def test_a_file_that_turned_unreadable_keeps_its_article(library: Library) -> None:
    path = library.write("a.md")
    library.write("b.md")
    library.ingest()
    path.write_bytes(b"\0\1\2")
    report = library.ingest()
    assert (report.removed, len(report.failed), library.sources()) == (0, 1, ["a.md", "b.md"])


def test_an_interrupted_run_removes_nothing(library: Library) -> None:
    library.write("a.md"), library.write("b.md")
    library.ingest()
    (library.folder / "a.md").unlink()

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    report = run([str(library.folder)], library.catalog, library.embedder, SETTINGS, interrupt, pruning=Pruning.FORCED)
    assert (report.interrupted, report.removed, library.sources()) == (True, 0, ["a.md", "b.md"])


def test_every_trace_of_what_is_pruned_goes(library: Library) -> None:
    path = library.write("a.md", text("Zanzibar"))
    library.write("b.md")
    library.ingest()
    library.catalog.note_fetched(Fetched(str(path), None, None, "", None, 0.0))
    path.unlink()
    library.ingest()
    assert library.catalog.fetched(str(path)) is None
    library.catalog.close()
    held = b"".join(file.read_bytes() for file in library.catalog.folder.iterdir())
    assert b"Zanzibar" not in held


# JSON Lines


def lines(*names: str) -> str:
    return "".join(json.dumps({"id": name, "title": name, "text": text(name)}) + "\n" for name in names)


def test_a_line_that_is_gone_from_its_file_leaves_the_library(library: Library) -> None:
    path = library.write("news.jsonl", lines("a", "b", "c"))
    library.write("plain.md")
    library.ingest()
    path.write_text(lines("c", "a"))
    assert (library.ingest(path).removed, library.titles()) == (1, ["a", "c", "plain"])
    path.unlink()
    assert (library.ingest().removed, library.titles()) == (2, ["plain"])


@pytest.mark.parametrize("damage", ["", '{"id": "a"', "\0\0"])
def test_a_damaged_file_of_lines_tells_nothing(library: Library, damage: str) -> None:
    path = library.write("news.jsonl", lines("a", "b", "c"))
    library.write("plain.md")
    library.ingest()
    path.write_text(lines("c")[:-1] + "\n" + damage if damage.startswith("{") else damage)
    report = library.ingest()
    assert report.failed
    assert (report.removed, library.titles()) == (0, ["a", "b", "c", "plain"])


def test_a_file_beside_one_whose_name_begins_like_it_is_not_taken_for_a_line(library: Library) -> None:
    library.write("a.jsonl", lines("x"))
    library.write("a.jsonl#1.md")
    library.ingest()
    assert library.ingest().removed == 0
    (library.folder / "a.jsonl").unlink()
    library.ingest()
    assert library.sources() == ["a.jsonl#1.md"]


# feeds and sitemaps


def page(name: str) -> Answer:
    return Answer(f"<html><head><title>{name}</title></head><body><p>{text(name)}</p></body></html>")


def feed(*names: str) -> Answer:
    items = "".join(f"<item><title>{name}</title><link>/{name}</link></item>" for name in names)
    return Answer(f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>", type="text/xml")


def sitemap(*addresses: str, kind: str = "urlset", entry: str = "url", more: str = "") -> Answer:
    listed = "".join(f"<{entry}><loc>{address}</loc>{more}</{entry}>" for address in addresses)
    return Answer(f"<{kind}>{listed}</{kind}>", type="text/xml")


@pytest.fixture
def site(web: WebServer) -> WebServer:
    web.pages |= {f"/{name}": page(name) for name in "abcd"}
    web.pages["/feed"] = feed("a", "b", "c")
    return web


def test_what_a_feed_lists_no_more_leaves_the_library_only_when_that_is_wanted(
    library: Library, site: WebServer
) -> None:
    source = Feed(f"{site.url}/feed")
    library.ingest(source)
    site.pages["/feed"] = feed("b", "c", "d")
    report = library.ingest(source, pruning=Pruning.NONE)
    assert (report.vanished, library.titles()) == (1, ["a", "b", "c", "d"])
    report = library.ingest(source)
    assert (report.removed, library.titles()) == (1, ["b", "c", "d"])
    assert library.catalog.fetched(f"{site.url}/a") is None
    assert library.catalog.listed(f"feed:{site.url}/feed") == [f"{site.url}/{name}" for name in "bcd"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer("gone", 404),
        Answer("down", 500),
        Answer("<html><body>Sign in</body></html>"),
        Answer("<rss version='2.0'><channel><item><title>b</title><link>/b</link></item>", type="text/xml"),
        Answer(feed("b").body, type="text/xml", cut=60),
        feed(),
    ],
    ids=["gone", "down", "another page", "breaks off", "cut", "lists nothing"],
)
def test_a_feed_that_was_not_read_whole_removes_nothing(library: Library, site: WebServer, answer: Answer) -> None:
    source = Feed(f"{site.url}/feed")
    library.ingest(source)
    site.pages["/feed"] = answer
    report = library.ingest(source)
    assert (report.removed, library.titles()) == (0, ["a", "b", "c"])
    assert len(report.held) == 1
    assert f"{site.url}/feed" in report.held[0].reason


def test_a_feed_that_lists_nothing_any_more_is_believed_with_force(library: Library, site: WebServer) -> None:
    library.ingest(Feed(f"{site.url}/feed"))
    site.pages["/feed"] = feed()
    assert library.ingest(Feed(f"{site.url}/feed"), pruning=Pruning.FORCED).removed == 3


def test_what_another_feed_lists_or_somebody_named_stays(library: Library, site: WebServer) -> None:
    site.pages["/other"] = feed("a")
    library.ingest(Feed(f"{site.url}/feed"), Feed(f"{site.url}/other"))
    library.ingest(f"{site.url}/b")
    site.pages["/feed"] = feed("d")
    rehearsed = library.ingest(Feed(f"{site.url}/feed"), dry=True)
    report = library.ingest(Feed(f"{site.url}/feed"))
    assert (rehearsed.removed, report.removed, library.titles()) == (1, 1, ["a", "b", "d"])
    site.pages["/other"] = feed("d")
    assert library.ingest(Feed(f"{site.url}/other")).removed == 1
    assert library.titles() == ["b", "d"]


def test_one_feed_that_fails_does_not_keep_another_from_being_pruned(library: Library, site: WebServer) -> None:
    site.pages["/other"] = feed("d")
    both = (Feed(f"{site.url}/feed"), Feed(f"{site.url}/other"))
    library.ingest(*both)
    site.pages |= {"/feed": Answer("down", 404), "/other": feed("c")}
    assert (library.ingest(*both).removed, library.titles()) == (1, ["a", "b", "c"])


def test_what_a_sitemap_lists_no_more_leaves_and_what_a_filter_leaves_out_does_not(
    library: Library, site: WebServer
) -> None:
    site.pages["/map.xml"] = sitemap(*(f"{site.url}/{name}" for name in "abc"))
    whole = Sitemap(f"{site.url}/map.xml")
    library.ingest(whole)
    site.pages["/map.xml"] = sitemap(f"{site.url}/a", f"{site.url}/b")
    report = library.ingest(Sitemap(whole.address, path="/b"))
    assert (report.removed, library.titles()) == (1, ["a", "b"])


def test_a_sitemap_of_which_a_part_was_not_read_removes_nothing(library: Library, site: WebServer) -> None:
    old = "<lastmod>2020-01-01</lastmod>"
    site.pages["/one.xml"] = sitemap(f"{site.url}/a", f"{site.url}/b")
    site.pages["/two.xml"] = sitemap(f"{site.url}/c")
    parts = (f"{site.url}/one.xml", f"{site.url}/two.xml")
    site.pages["/map.xml"] = sitemap(*parts, kind="sitemapindex", entry="sitemap", more=old)
    whole = Sitemap(f"{site.url}/map.xml")
    library.ingest(whole)
    site.pages["/one.xml"] = sitemap(f"{site.url}/a")
    two = site.pages["/two.xml"]
    for answer in (Answer("gone", 404), Answer(f"<urlset><url><loc>{site.url}/c</loc></url>", type="text/xml")):
        site.pages["/two.xml"] = answer
        report = library.ingest(whole)
        assert (report.removed, len(report.held), library.titles()) == (0, 1, ["a", "b", "c"])
    site.pages["/two.xml"] = two
    assert library.ingest(Sitemap(whole.address, since=date(2024, 1, 1))).removed == 0
    assert (library.ingest(whole).removed, library.titles()) == (1, ["a", "c"])


# dry runs


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_dry_run_says_what_would_be_and_changes_not_a_byte(library: Library, site: WebServer) -> None:
    for name in ("kept.md", "changed.md", "gone.md"):
        library.write(name)
    source = Feed(f"{site.url}/feed")
    library.ingest(library.folder, source)
    library.write("changed.md", text("new"))
    library.write("new.md", text("newer"))
    library.write("broken.md", " ")
    (library.folder / "gone.md").unlink()
    site.pages["/feed"] = feed("b", "c", "d")
    folder = library.catalog.folder
    library.catalog.close()
    before = contents(folder)
    library.catalog = Catalog.open(folder, read_only=True)
    rehearsed = library.ingest(library.folder, source, dry=True)
    library.catalog.close()
    assert contents(folder) == before
    assert {(event.kind, event.name.removeprefix(site.url)) for event in rehearsed.events} == {
        ("unchanged", "kept.md"),
        ("updated", "changed.md"),
        ("added", "new.md"),
        ("failed", "broken.md"),
        ("removed", "gone.md"),
        ("unchanged", "/b"),
        ("unchanged", "/c"),
        ("added", "/d"),
        ("removed", "/a"),
    }
    library.catalog = Catalog.open(folder)
    report = library.ingest(library.folder, source)
    assert (report.added, report.updated, report.removed) == (2, 1, 2)
    assert (rehearsed.added, rehearsed.updated, rehearsed.removed) == (2, 1, 2)


def test_a_dry_run_without_a_library_makes_none(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(text("a"))
    catalog = Catalog.nowhere(tmp_path / "library")
    report = run([str(tmp_path / "a.md")], catalog, None, SETTINGS, lambda _: None)
    catalog.close()
    assert (report.added, (tmp_path / "library").exists()) == (1, False)


def test_a_catalog_opened_read_only_beside_one_that_writes_sees_what_is_written(library: Library) -> None:
    library.write("a.md")
    library.ingest()
    beside = Catalog.open(library.catalog.folder, read_only=True)
    assert beside.counts()[0] == 1
    library.write("b.md")
    library.ingest()
    assert beside.counts()[0] == 2
    beside.close()
