"""The raw bytes of articles: kept beside them, gone with them, and read again."""

from collections.abc import Iterator
from datetime import date
from ipaddress import ip_network
from pathlib import Path

import pytest

from ingest.fetch import Client, Feed, Remote, Rules
from ingest.pipeline import run
from ingest.posted import ingest_posted
from ingest.preparation import Preparation
from ingest.reading import Reader
from ingest.reextraction import reextract
from ingest.report import Report
from rag.catalog import Catalog
from rag.documents import Article
from rag.errors import ArticleNotFoundError, LibraryError
from rag.inbox import Posted
from rag.settings import Settings
from tests.hash_embedder import HashEmbedder
from tests.web_server import Answer, WebServer

TODAY = date(2026, 11, 23)
KEEP = Settings(
    keep_raw=True, fetch_delay=0, fetch_timeout=5, fetch_allow=(ip_network("127.0.0.0/8"),), max_article_mb=1
)
FORGET = KEEP.model_copy(update={"keep_raw": False})
STORY = "Acme, a start-up in Paris, raised ${} million on Monday in a round that was led by Example Ventures."
PAGE = f"<!doctype html><title>Acme raises</title><article><h1>Acme raises</h1><p>{STORY.format(5)}</p></article>"


class Library:
    """A catalog, and a folder of articles beside it."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self.reader = reader
        self.articles = folder / "articles"
        self.articles.mkdir()
        self.catalog = Catalog.open(folder / "library", create=True)
        self.embedder = HashEmbedder()

    def write(self, name: str, text: str) -> Path:
        path = self.articles / name
        path.write_text(text, encoding="utf-8")
        return path

    def ingest(self, *sources: str | Remote, settings: Settings = KEEP) -> Report:
        return run(
            sources or (str(self.articles),),
            self.catalog,
            self.embedder,
            settings,
            lambda _: None,
            today=lambda: TODAY,
            open_client=lambda: Client(settings, Rules(settings.fetch_allow), sleep=lambda _: None),
            reader=self.reader,
        )

    def reextract(self, *ids: str, only_outdated: bool = False) -> Report:
        preparation = Preparation(self.catalog, self.embedder, TODAY, self.reader.read)
        return reextract(self.catalog, self.embedder, preparation, lambda _: None, ids=ids, only_outdated=only_outdated)

    def only(self) -> Article:
        (found,) = self.catalog.articles()
        return self.catalog.article(found.id)

    def location(self) -> str:
        return self.catalog.raw_locations()[self.only().id]

    def spoil(self, text: str = "What a worse extractor made of it.", version: str = "0") -> Article:
        """Puts the only article as an earlier Dossier may have read it: with another text, under its version."""
        right, location = self.only(), self.location()
        entry = self.catalog.ledger(location)
        assert entry is not None
        before, _, _ = entry.fingerprint.split(":")
        with self.catalog._writing():  # no newer Dossier writes such a thing
            self.catalog._connection.execute("UPDATE articles SET text = ?, title = 'Worse'", (text,))
            self.catalog._connection.execute("UPDATE ledger SET fingerprint = ?", (f"{before}:{version}:spoilt",))
        return right


@pytest.fixture
def library(tmp_path: Path, reader: Reader) -> Iterator[Library]:
    made = Library(tmp_path, reader)
    yield made
    made.catalog.close()


@pytest.fixture
def web() -> Iterator[WebServer]:
    server = WebServer()
    with server.running():
        yield server


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, len(report.failed)


# what is kept


def test_the_bytes_of_a_file_are_kept_only_when_that_is_wanted(library: Library) -> None:
    path = library.write("a.md", f"# Acme raises\n\n{STORY.format(5)}")
    library.ingest(settings=FORGET)
    assert library.catalog.raw(str(path)) is None
    library.catalog.remove([library.only().id])
    library.ingest()
    raw = library.catalog.raw(str(path))
    assert raw is not None
    assert (raw.body, raw.name, raw.address, raw.headers) == (path.read_bytes(), "a.md", None, {})
    assert library.catalog.check() == []


def test_an_unchanged_article_gets_its_bytes_once_they_are_to_be_kept(library: Library) -> None:
    path = library.write("a.md", f"# Acme raises\n\n{STORY.format(5)}")
    library.ingest(settings=FORGET)
    assert counts(library.ingest()) == (0, 0, 1, 0)
    assert library.catalog.has_raw(str(path))


def test_a_page_is_kept_as_it_was_sent_with_its_address_and_headers_but_no_cookie(
    library: Library, web: WebServer
) -> None:
    body = PAGE.replace("Paris", "Besançon").encode("latin-1")
    headers = {"ETag": '"1"', "Set-Cookie": "session=secret"}
    web.pages = {
        "/old": Answer("", 301, {"Location": "/acme"}),
        "/acme": Answer(body, headers=headers, type="text/html; charset=latin-1"),
    }
    library.ingest(f"{web.url}/old")
    raw = library.catalog.raw(library.location())
    assert raw is not None
    assert (raw.body, raw.address, raw.headers["etag"]) == (body, f"{web.url}/acme", '"1"')
    assert "secret" not in str(raw.headers)
    library.spoil()
    assert counts(library.reextract()) == (0, 1, 0, 0)
    assert "Besançon" in library.only().text


def test_a_page_that_was_fetched_before_is_fetched_once_more_for_its_bytes(library: Library, web: WebServer) -> None:
    def page(headers: dict[str, str]) -> Answer:
        return Answer("", 304) if "if-none-match" in headers else Answer(PAGE, headers={"ETag": '"1"'})

    web.pages = {"/acme": page}
    library.ingest(f"{web.url}/acme", settings=FORGET)
    assert counts(library.ingest(f"{web.url}/acme")) == (0, 0, 1, 0)
    raw = library.catalog.raw(library.location())
    assert raw is not None
    assert raw.body == PAGE.encode()
    library.ingest(f"{web.url}/acme")
    assert "if-none-match" in web.requests[-1][1]


def test_lines_mail_entries_and_posted_documents_are_kept(library: Library, web: WebServer) -> None:
    library.write("a.jsonl", f'{{"id": "1", "title": "One", "text": "{STORY.format(1)}"}}\n')
    library.write(
        "b.eml", f"From: Ann <ann@example.com>\nSubject: Two\nDate: 1 Feb 2024 08:00 +0000\n\n{STORY.format(2)}"
    )
    text = "".join(f"<p>{STORY.format(number)}</p>" for number in range(100, 115))
    entry = f"<item><title>Three</title><guid>3</guid><description><![CDATA[{text}]]></description></item>"
    web.pages = {"/feed": Answer(f"<rss version='2.0'><channel><title>N</title>{entry}</channel></rss>")}
    assert counts(library.ingest(str(library.articles), Feed(f"{web.url}/feed"))) == (3, 0, 0, 0)
    posted = Posted("1", "four.html", "text/html", PAGE.encode())
    ingest_posted(posted, library.catalog, library.embedder, KEEP, TODAY, library.reader, lambda: Client(KEEP, Rules()))
    before = {article.title: article for article in library.catalog.articles()}
    assert len(before) == len(library.catalog.raw_locations()) == 4
    for article in before.values():
        assert counts(library.reextract(article.id)) == (0, 0, 1, 0)  # its bytes say the same again
    assert {article.title: article for article in library.catalog.articles()} == before


# reading them again


def test_a_better_extractor_reads_an_article_again_without_its_file(library: Library) -> None:
    library.write("a.md", f"---\npublished: 2023-12-14\n---\n# Acme raises\n\n{STORY.format(5)}").touch()
    library.ingest()
    right = library.spoil()
    (library.articles / "a.md").unlink()
    assert counts(library.reextract()) == (0, 1, 0, 0)
    assert library.only() == right
    assert library.catalog.check() == []
    assert counts(library.reextract()) == (0, 0, 1, 0)


def test_what_a_feed_told_is_not_forgotten(library: Library, web: WebServer) -> None:
    about = "<title>T</title><pubDate>13 Jun 2023 08:00:00 GMT</pubDate><author>ann@example.com (Ann Lee)</author>"
    feed = f"<channel><title>News</title><item>{about}<link>{web.url}/acme</link></item></channel>"
    web.pages = {"/feed": Answer(f"<rss version='2.0'>{feed}</rss>"), "/acme": Answer(PAGE)}
    library.ingest(Feed(f"{web.url}/feed"))
    right = library.spoil()
    asked = len(web.requests)
    assert counts(library.reextract()) == (0, 1, 0, 0)
    assert library.only() == right
    assert (right.published, right.date_source) == ("2023-06-13", "feed")
    assert len(web.requests) == asked
    assert counts(library.ingest(Feed(f"{web.url}/feed"))) == (0, 0, 1, 0)


def test_only_chunks_that_changed_are_embedded(library: Library) -> None:
    paragraphs = [f"## Part {number}\n\n" + f"{STORY.format(number)} " * 12 for number in range(6)]
    library.write("a.md", "# Acme raises\n\n" + "\n\n".join(paragraphs))
    first = library.ingest()
    location = library.location()
    entry = library.catalog.ledger(location)
    assert entry is not None
    with library.catalog._writing():
        library.catalog._connection.execute(
            "UPDATE ledger SET fingerprint = ?", (entry.fingerprint.replace(":", ":0", 1),)
        )
        library.catalog._connection.execute("DELETE FROM chunks WHERE position = 0")
    report = library.reextract()
    assert counts(report) == (0, 1, 0, 0)
    assert first.chunks_embedded > 1 == report.chunks_embedded


def test_only_articles_of_another_version_are_read_when_that_is_asked(library: Library) -> None:
    library.write("a.md", f"# Acme raises\n\n{STORY.format(5)}")
    library.ingest()
    library.spoil()
    assert counts(library.reextract(only_outdated=True)) == (0, 1, 0, 0)
    assert counts(library.reextract(only_outdated=True)) == (0, 0, 0, 0)


def test_an_article_whose_bytes_cannot_be_read_any_more_stays_as_it_is(library: Library) -> None:
    library.write("a.md", f"# Acme raises\n\n{STORY.format(5)}")
    library.ingest()
    before = library.only()
    with library.catalog._writing():
        library.catalog._connection.execute("UPDATE raw SET body = x'00'")
    report = library.reextract()
    assert counts(report) == (0, 0, 0, 1)
    assert "a.md" in report.failed[0].reason
    assert "damaged" in report.failed[0].reason
    assert library.only() == before


def test_a_date_that_was_impossible_when_the_bytes_came_is_so_still(library: Library) -> None:
    library.write("a.md", f"---\npublished: 2019-05-01\n---\n# Acme raises\n\n{STORY.format(5)}")
    library.ingest()
    with library.catalog._writing():
        library.catalog._connection.execute("UPDATE raw SET fetched = 1500000000")  # in 2017
    library.spoil()
    library.reextract()
    assert library.only().published is None


# and no trace


def test_a_removed_article_leaves_no_bytes(library: Library, tmp_path: Path) -> None:
    path = library.write("a.md", f"# Acme raises\n\n{STORY.format(5)}")
    library.write("copy.md", f"# Acme raises\n\n{STORY.format(5)}")
    library.ingest()
    library.catalog.remove([library.only().id])
    assert not library.catalog.has_raw(str(path))
    with library.catalog._lock:
        assert library.catalog._connection.execute("SELECT count(*) FROM raw").fetchone() == (0,)


def test_a_library_that_kept_nothing_says_so(library: Library) -> None:
    library.write("a.md", f"# Acme raises\n\n{STORY.format(5)}")
    library.ingest(settings=FORGET)
    with pytest.raises(LibraryError, match="kept no raw bytes of any article") as raised:
        library.reextract()
    assert "DOSSIER_KEEP_RAW" in raised.value.hint
    with pytest.raises(LibraryError, match="kept no raw bytes of"):
        library.reextract(library.only().id)
    with pytest.raises(ArticleNotFoundError):
        library.reextract("0123456789abcdef")


def test_articles_without_bytes_are_told_beside_those_that_have_them(library: Library) -> None:
    library.write("a.md", f"# Acme raises\n\n{STORY.format(5)}")
    library.ingest(settings=FORGET)
    (library.articles / "a.md").unlink()
    library.write("b.md", f"# Bolt raises\n\n{STORY.format(90)} It is Bolt's first money, and not its last.")
    library.ingest()
    report = library.reextract()
    assert counts(report) == (0, 0, 1, 1)
    assert "no raw bytes of 1 articles" in report.failed[0].reason
