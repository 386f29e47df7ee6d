import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from ipaddress import ip_network
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from ingest.embedding_queue import BATCH
from ingest.interrupts import uninterrupted
from ingest.pipeline import run
from ingest.posted import safe_name
from ingest.read_ahead import read_ahead
from ingest.reading import Reader
from ingest.report import Failure, Progress, Report
from ingest.worker import work
from rag.catalog import Catalog, Job
from rag.documents import Article
from rag.embedding import EmbeddingStamp
from rag.embedding.embedder import Vectors
from rag.errors import ConfigurationError, LibraryError
from rag.inbox import Inbox
from rag.settings import Settings
from tests.hash_embedder import HashEmbedder
from tests.web_server import ARTICLE, Answer, WebServer

STORY = "Acme, a start-up in Paris, raised ${} million on Monday in a round that was led by Example Ventures."


class Library:
    """A catalog and a folder of articles beside it."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self.reader = reader
        self.articles = folder / "articles"
        self.articles.mkdir()
        self.catalog = Catalog.open(folder / "library", create=True)
        self.embedder = HashEmbedder()

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.articles / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def ingest(
        self,
        *sources: Path,
        settings: Settings | None = None,
        on_progress: Callable[[Progress], None] = lambda _: None,
        dry_run: bool = False,
    ) -> Report:
        names = [str(source) for source in sources or (self.articles,)]
        return run(
            names,
            self.catalog,
            None if dry_run else self.embedder,
            settings or Settings(),
            on_progress,
            today=lambda: date(2026, 11, 23),
            reader=self.reader,
        )

    def texts(self) -> dict[str, str]:
        return {article.id: self.catalog.article(article.id).text for article in self.catalog.articles()}

    def only(self) -> Article:
        (found,) = self.catalog.articles()
        return self.catalog.article(found.id)


@pytest.fixture
def library(tmp_path: Path, reader: Reader) -> Iterator[Library]:
    made = Library(tmp_path, reader)
    yield made
    made.catalog.close()


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, len(report.failed)


# what goes in


def test_articles_go_in_whole_with_chunks_and_vectors(library: Library) -> None:
    library.write("a.md", f"---\npublished: 2023-12-14\ncompanies: [Acme]\n---\n# Acme raises\n\n{STORY.format(5)}")
    assert counts(library.ingest()) == (1, 0, 0, 0)
    article = library.only()
    assert (article.title, article.source, article.published, article.companies) == (
        "Acme raises",
        "a.md",
        "2023-12-14",
        ("Acme",),
    )
    (stored,) = library.catalog.chunks_of([article.id])
    assert stored.chunk.text == article.text
    assert np.array_equal(stored.vector, library.embedder.embed([stored.chunk.to_embed(article.title)])[0])
    assert library.catalog.check() == []


def test_companies_are_found_in_the_text_where_the_front_matter_names_none(library: Library) -> None:
    library.write("a.md", "# Funding\n\nMistral raised $415 million, and OpenAI took note.")
    library.ingest()
    assert library.only().companies == ("Mistral AI", "OpenAI")


def test_the_same_source_has_the_same_id_on_every_machine(library: Library, tmp_path: Path) -> None:
    library.write("sub/a.md", STORY.format(5))
    library.ingest()
    first = library.only().id
    other_folder = tmp_path / "elsewhere"
    other_folder.mkdir()
    other = Library(other_folder, library.reader)
    other.write("sub/a.md", "Quite another text.")
    other.ingest()
    assert other.only().id == first
    other.catalog.close()


def test_an_article_that_states_its_address_is_known_by_it(library: Library) -> None:
    library.write("a.md", f"---\nurl: https://a.example/story?utm_source=x\n---\n{STORY.format(5)}")
    library.ingest()
    first = library.only()
    library.catalog.remove([first.id])
    (library.articles / "a.md").rename(library.articles / "b.md")
    library.ingest()
    assert (library.only().id, library.only().url) == (first.id, "https://a.example/story")


# again


def test_ingesting_again_embeds_nothing(library: Library) -> None:
    for i in range(5):
        library.write(f"{i}.md", STORY.format(i))
    library.ingest()
    embedded, change = library.embedder.texts_embedded, library.catalog.last_change()
    assert counts(library.ingest()) == (0, 0, 5, 0)
    assert (library.embedder.texts_embedded, library.catalog.last_change()) == (embedded, change)


def test_a_changed_article_replaces_its_old_self_and_only_changed_chunks_are_embedded(library: Library) -> None:
    sections = [f"# Part {i}\n\n{' '.join([f'word{i}'] * 60)}." for i in range(4)]
    library.write("a.md", "# T\n\n" + "\n\n".join(sections))
    library.ingest()
    before = library.only()
    sections[2] += " Changed."
    library.write("a.md", "# T\n\n" + "\n\n".join(sections))
    report = library.ingest()
    assert counts(report) == (0, 1, 0, 0)
    assert report.chunks_embedded == 1
    after = library.only()
    assert (after.id, "Changed." in after.text) == (before.id, True)
    assert library.catalog.check() == []


def test_bytes_that_change_without_changing_the_article_write_nothing(library: Library) -> None:
    library.write("a.md", f"# T\n\n{STORY.format(5)}")
    library.ingest()
    change = library.catalog.last_change()
    library.write("a.md", f"# T\r\n\r\n{STORY.format(5)}\r\n\r\n")
    assert counts(library.ingest()) == (0, 0, 1, 0)
    assert library.catalog.last_change() == change


def test_metadata_that_change_are_written_without_embedding(library: Library) -> None:
    library.write("a.md", f"---\ntitle: T\npublished: 2023\n---\n{STORY.format(5)}")
    library.ingest()
    library.write("a.md", f"---\ntitle: T\npublished: 2023-12\n---\n{STORY.format(5)}")
    report = library.ingest()
    assert (counts(report), report.chunks_embedded) == ((0, 1, 0, 0), 0)
    assert library.only().published == "2023-12"


def test_a_removed_article_comes_back_when_its_file_is_ingested_again(library: Library) -> None:
    library.write("a.md", STORY.format(5))
    library.ingest()
    library.catalog.remove([library.only().id])
    assert counts(library.ingest()) == (1, 0, 0, 0)


# copies, moves, clashes


def test_a_copy_is_counted_as_unchanged_and_stays_so(library: Library) -> None:
    library.write("a.md", STORY.format(5))
    library.write("copy/b.md", STORY.format(5))
    assert counts(library.ingest()) == (1, 0, 1, 0)
    assert counts(library.ingest()) == (0, 0, 2, 0)
    assert len(library.catalog.locations(library.only().id)) == 2


def test_a_copy_that_is_edited_becomes_an_article_of_its_own(library: Library) -> None:
    library.write("a.md", STORY.format(5))
    copy = library.write("b.md", STORY.format(5))
    library.ingest()
    copy.write_text("Another text, at last.")
    assert counts(library.ingest()) == (1, 0, 1, 0)
    assert len(library.texts()) == 2


def test_when_the_original_is_edited_its_copy_is_not_lost(library: Library) -> None:
    original = library.write("a.md", STORY.format(5))
    library.write("b.md", STORY.format(5))
    library.ingest()
    first = library.only().id
    original.write_text("Another text, at last.")
    assert counts(library.ingest()) == (1, 1, 0, 0)
    assert library.texts()[first] == "Another text, at last."
    assert set(library.texts().values()) == {"Another text, at last.", STORY.format(5)}


def test_a_file_that_moved_is_the_same_article_and_is_not_embedded_again(library: Library) -> None:
    path = library.write("a.md", STORY.format(5))
    library.ingest()
    first = library.only().id
    path.rename(library.articles / "b.md")
    report = library.ingest()
    assert (report.moved, counts(report), report.chunks_embedded) == (1, (0, 0, 0, 0), 0)
    assert (library.only().id, library.only().source) == (first, "b.md")
    assert counts(library.ingest()) == (0, 0, 1, 0)
    (library.articles / "deep").mkdir()
    (library.articles / "b.md").rename(library.articles / "deep" / "b.md")
    assert library.ingest().moved == 1


def test_a_file_that_moved_and_has_changed_is_updated(library: Library) -> None:
    path = library.write("a.md", "---\nurl: https://a.example/a\n---\n" + STORY.format(5))
    library.ingest()
    path.unlink()
    library.write("b.md", "---\nurl: https://a.example/a\n---\n" + STORY.format(5) + " More.")
    report = library.ingest()
    assert (report.moved, counts(report)) == (0, (0, 1, 0, 0))


def test_two_selves_of_one_article_in_one_run_are_added_once(library: Library) -> None:
    library.write("a.md", "---\nurl: https://a.example/a\n---\n" + STORY.format(5))
    library.write("b.md", "---\nurl: https://a.example/a\n---\n" + STORY.format(5) + " And more of it, on Tuesday.")
    rehearsed = library.ingest(dry_run=True)
    assert (rehearsed.added, rehearsed.updated) == (1, 1)
    assert counts(library.ingest()) == (1, 1, 0, 0)


def test_files_of_the_same_name_do_not_overwrite_each_other_in_turns(library: Library) -> None:
    one, two = library.write("one/a.md", STORY.format(5)), library.write("two/a.md", STORY.format(6))
    third = library.write("three/two/a.md", STORY.format(7))
    for _ in range(2):
        for path in (one, two, third):
            library.ingest(path)
        assert set(library.texts().values()) == {STORY.format(5), STORY.format(6), STORY.format(7)}
    assert counts(library.ingest(one, two, third)) == (0, 0, 3, 0)
    two.write_text("Edited.")
    assert counts(library.ingest(one, two, third)) == (0, 1, 2, 0)
    assert set(library.texts().values()) == {STORY.format(5), "Edited.", STORY.format(7)}


def test_two_texts_for_one_address_in_one_run_are_one_article_which_tells_of_the_other(library: Library) -> None:
    for i in range(2):
        library.write(f"{i}.md", f"---\nurl: https://a.example/story\n---\n{STORY.format(i)}")
    assert counts(library.ingest()) == (1, 0, 1, 0)
    (note,) = library.only().notes
    assert note == "another text for its address, of 1.md, was left out: 19 words, this one has 19"


def test_a_near_duplicate_names_its_origin_and_nothing_is_dropped(library: Library) -> None:
    words = [f"word{i}" for i in range(300)]
    library.write("a.md", f"---\npublished: 2023-12-11\n---\n{' '.join(words)}.")
    library.write("b.md", f"---\npublished: 2023-12-12\n---\n{' '.join(words[:-3])} more.")
    library.ingest()
    by_source = {article.source: article for article in library.catalog.articles()}
    assert by_source["b.md"].origin_id == by_source["a.md"].origin_id == by_source["a.md"].id


# what fails


def test_what_fails_is_reported_with_its_reason_and_the_rest_goes_in(library: Library) -> None:
    library.write("good.md", STORY.format(5))
    library.write("empty.md", "")
    library.write("binary.txt", bytes(range(256)))
    library.write("large.md", "x" * 2000)
    library.write("wall.md", "Subscribe to Acme Weekly to read the rest.")
    (library.articles / "gone.md").symlink_to(library.articles / "nowhere.md")
    report = library.ingest(settings=Settings(max_article_mb=0.001))
    assert counts(report) == (1, 0, 0, 5)
    assert [failure.source for failure in report.failed] == ["binary.txt", "empty.md", "gone.md", "large.md", "wall.md"]
    assert all(failure.source in failure.reason for failure in report.failed)


def test_a_thousand_files_of_which_ten_are_broken(library: Library) -> None:
    for i in range(1000):
        library.write(f"{i:04}.md", b"\x00" * 20 if i % 100 == 50 else f"# Story {i}\n\n{STORY.format(i)}")
    report = library.ingest()
    assert counts(report) == (990, 0, 0, 10)
    assert report.chunks_embedded == 990
    assert library.catalog.check() == []


def test_a_failed_file_is_tried_again(library: Library) -> None:
    path = library.write("a.md", "")
    assert counts(library.ingest()) == (0, 0, 0, 1)
    assert counts(library.ingest()) == (0, 0, 0, 1)
    path.write_text(STORY.format(5))
    assert counts(library.ingest()) == (1, 0, 0, 0)


def test_an_article_whose_file_breaks_keeps_its_old_version_and_its_id(library: Library) -> None:
    path = library.write("a.md", STORY.format(5))
    library.ingest()
    before = library.only()
    path.write_bytes(b"\x00\x00\x00")
    assert counts(library.ingest()) == (0, 0, 0, 1)
    assert library.only() == before
    path.write_text(STORY.format(6))
    assert counts(library.ingest()) == (0, 1, 0, 0)
    assert library.only().id == before.id


def test_a_source_that_names_nothing_is_told_before_anything_is_done(library: Library) -> None:
    library.write("a.md", STORY.format(5))
    with pytest.raises(ConfigurationError, match="nowhere"):
        library.ingest(library.articles, library.articles / "nowhere")
    assert library.texts() == {}


def test_a_library_of_another_model_is_refused(library: Library) -> None:
    library.write("a.md", STORY.format(5))
    library.ingest()
    library.embedder.stamp = EmbeddingStamp("other", 8, "1" * 64)
    with pytest.raises(LibraryError, match="dossier reindex"):
        library.ingest()


def test_an_interrupt_keeps_what_is_done_and_the_next_run_goes_on(library: Library) -> None:
    first, second = 16, 32
    for i in range(first + second + 70):
        library.write(f"{i:04}.md", f"# Story {i}\n\n{STORY.format(i)}")

    def interrupt(progress: Progress) -> None:
        if progress.done == first + 5:
            raise KeyboardInterrupt

    report = library.ingest(on_progress=interrupt)
    assert report.interrupted
    # What came out of the model together was written together, before the first of it was told.
    assert len(library.texts()) == report.added == first + second
    assert counts(library.ingest()) == (70, 0, first + second, 0)
    assert library.catalog.check() == []


def test_a_catalog_that_cannot_be_written_ends_the_run_and_keeps_what_is_in(library: Library) -> None:
    for i in range(3):
        library.write(f"{i}.md", f"# Story {i}\n\n{STORY.format(i)}")

    def fill_the_disk(progress: Progress) -> None:
        # A limit on its pages fails SQLite in the same way as a disk without room.
        pages = library.catalog._connection.execute("PRAGMA page_count").fetchone()[0]
        library.catalog._connection.execute(f"PRAGMA max_page_count = {pages}")
        library.write("9.md", "")

    long = " ".join(f"word{i}" for i in range(200_000))
    library.write("8.md", long)
    with pytest.raises(LibraryError, match="disk is full"):
        library.ingest(on_progress=fill_the_disk)
    assert len(library.texts()) == 3
    assert library.catalog.check() == []


# batches


def test_the_model_is_fed_across_articles_and_never_twice_with_the_same_text(library: Library) -> None:
    for i in range(BATCH + 1):
        library.write(f"{i:04}.md", f"# Story {i}\n\n{STORY.format(i)}")
    assert library.ingest().chunks_embedded == BATCH + 1
    assert library.embedder.batches == [16, 32, 64, 17]


def test_an_article_longer_than_a_batch_is_embedded_in_parts(library: Library) -> None:
    library.write("a.md", "\n\n".join(f"# Part {i}\n\n{' '.join([f'word{i}'] * 60)}." for i in range(BATCH * 2 + 1)))
    library.ingest()
    assert library.embedder.batches == [16, 32, 64, BATCH, 17]
    assert len(library.catalog.chunks_of([library.only().id])) == BATCH * 2 + 1


def test_progress_counts_every_article_once(library: Library) -> None:
    library.write("a.md", STORY.format(5))
    library.write("b.md", "")
    seen: list[Progress] = []
    library.ingest(on_progress=seen.append)
    assert seen == [Progress(1, 2, "a.md"), Progress(2, 2, "b.md")]


def test_a_report_is_plain_json() -> None:
    report = Report(added=1, failed=[Failure("a.md", "a.md is empty.")], seconds=1.23456)
    assert report.to_dict() == {
        "added": 1,
        "updated": 0,
        "moved": 0,
        "unchanged": 0,
        "removed": 0,
        "vanished": 0,
        "held": [],
        "passed_over": {},
        "dry_run": False,
        "failed": [{"source": "a.md", "reason": "a.md is empty."}],
        "chunks_embedded": 0,
        "seconds": 1.235,
        "embedding_seconds": 0.0,
        "interrupted": False,
    }


def test_a_report_names_the_most_frequent_kinds_that_were_passed_over(library: Library) -> None:
    for name in ("a.md", "b.csv", "c.csv", "d.xlsx", "notes"):
        library.write(name, "text" if name != "notes" else "\0")
    assert library.ingest().to_dict()["passed_over"] == {".csv": 2, ".xlsx": 1, "": 1}
    assert Report(passed_over={"": 1, ".gz": 1, ".csv": 2}).told_passed_over == (
        "passed over, of kinds that are not read: 2 .csv, 1 without an extension, 1 .gz"
    )
    many = Report(passed_over={f".{kind}": 1 for kind in "abcdefghij"} | {".z": 3})
    assert many.told_passed_over.endswith("3 .z, 1 .a, 1 .b, 1 .c, 1 .d, 1 .e, 1 .f, 1 .g, 3 of other kinds")


def test_reading_ahead_keeps_the_order_stays_within_its_bound_and_hands_errors_over() -> None:
    made: list[int] = []

    def numbers() -> Iterator[int]:
        for i in range(100):
            made.append(i)
            yield i
        raise ValueError("the end")

    ahead = read_ahead(numbers(), 3)
    assert next(ahead) == 0
    assert len(made) <= 6
    assert [next(ahead) for _ in range(99)] == list(range(1, 100))
    with pytest.raises(ValueError, match="the end"):
        next(ahead)


def test_an_interrupt_during_a_write_waits_for_its_end() -> None:
    done = []

    def write() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append("the write")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert done == ["the write"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_closing_it_ends_the_thread() -> None:
    ahead = read_ahead(iter(range(1000)), 1)
    next(ahead)
    ahead.close()
    assert not any(thread.name == "read-ahead" for thread in threading.enumerate())


# the inbox


SMALL = Settings(max_article_mb=0.01, fetch_allow=(ip_network("127.0.0.0/8"),), fetch_delay=0)


@contextmanager
def working(library: Library, reader: Reader | None = None) -> Iterator[Inbox]:
    """An inbox, and the worker beside it."""
    stopped = threading.Event()
    today = date(2026, 11, 23)
    worker = threading.Thread(
        target=work,
        args=(library.catalog, SMALL, lambda: library.embedder, stopped, lambda: today, reader or library.reader),
    )
    worker.start()
    try:
        yield Inbox(library.catalog, SMALL)
    finally:
        stopped.set()
        worker.join(20)
        assert not worker.is_alive()


def ended(inbox: Inbox, job: Job) -> Job:
    """The job when it is done or has failed."""
    deadline = time.monotonic() + 60
    while (now := inbox.job(job.id)) and now.status in ("queued", "working"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert now is not None
    return now


def worked(library: Library, *posted: tuple[str, str, bytes]) -> list[tuple[str, str | None, str | None]]:
    """Posts documents, lets the worker take them all, and tells how each went."""
    with working(library) as inbox:
        jobs = [ended(inbox, job) for job in [inbox.add(*document) for document in posted]]
    return [(job.status, job.article_id, job.error) for job in jobs]


def test_a_posted_document_becomes_an_article(library: Library) -> None:
    ((status, article_id, error),) = worked(library, ("../../etc/story.md", "text/markdown", STORY.format(5).encode()))
    assert (status, article_id, error) == ("done", library.only().id, None)
    assert library.only().source == "story.md"


def test_a_posted_document_that_is_none_fails_its_own_job_only(library: Library) -> None:
    outcomes = worked(
        library,
        ("a.md", "text/markdown", b"\x00\x01"),
        ("b.md", "text/markdown", b""),
        ("c.md", "text/markdown", b"x" * 20_000),
        ("d.md", "text/markdown", STORY.format(5).encode()),
    )
    assert [status for status, _, _ in outcomes] == ["failed", "failed", "failed", "done"]
    assert [
        "a.md" in (outcomes[0][2] or ""),
        "empty" in (outcomes[1][2] or ""),
        "larger" in (outcomes[2][2] or ""),
    ] == [True] * 3


class BreakingEmbedder(HashEmbedder):
    """Breaks at one text."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        if any("$13 million" in text for text in texts):
            raise RuntimeError("odd")
        return super().embed(texts)


def test_what_breaks_in_the_worker_itself_fails_one_job_is_logged_and_the_next_goes_in(library: Library) -> None:
    library.embedder = BreakingEmbedder()
    with capture_logs() as logged:
        broken, whole = worked(
            library,
            ("a.md", "text/plain", STORY.format(13).encode()),
            ("b.md", "text/plain", STORY.format(5).encode()),
        )
    assert broken[::2] == ("failed", "a.md could not be ingested: RuntimeError('odd').")
    assert whole[0] == "done"
    assert [line["event"] for line in logged] == ["a posted document could not be ingested"]


def test_posting_the_same_again_is_the_same_article_and_another_of_that_name_is_another(library: Library) -> None:
    first, second = STORY.format(5).encode(), STORY.format(6).encode()
    outcomes = worked(
        library, ("a.md", "text/plain", first), ("a.md", "text/plain", first), ("a.md", "text/plain", second)
    )
    ids = [article_id for _, article_id, _ in outcomes]
    assert ids[0] == ids[1] != ids[2]
    assert len(library.texts()) == 2


def test_posting_a_newer_version_of_an_address_replaces_the_article(library: Library) -> None:
    versions = [f"---\nurl: https://a.example/story\n---\n{STORY.format(i)}".encode() for i in (5, 6)]
    outcomes = worked(library, *(("a.md", "text/markdown", version) for version in versions))
    assert outcomes[0][1] == outcomes[1][1]
    assert library.only().text == STORY.format(6)


def test_a_job_that_a_dead_worker_had_taken_is_done_by_the_next(library: Library) -> None:
    inbox = Inbox(library.catalog, Settings())
    job = inbox.add("a.md", "text/plain", STORY.format(5).encode())
    assert inbox.claim() is not None
    worked(library, ("b.md", "text/plain", STORY.format(6).encode()))
    done = inbox.job(job.id)
    assert done is not None
    assert done.status == "done"


def test_a_posted_address_becomes_an_article_and_again_the_same_one(library: Library) -> None:
    with WebServer().running() as web, working(library) as inbox:
        web.pages["/story"] = Answer(ARTICLE, headers={"ETag": '"1"'})
        first = ended(inbox, inbox.add_address(f"{web.url}/story?utm_source=letter"))
        assert first.status == "done", first
        web.pages["/story"] = lambda headers: Answer(status=304 if headers.get("if-none-match") == '"1"' else 500)
        again = ended(inbox, inbox.add_address(f"{web.url}/story"))
    assert first.article_id == again.article_id == library.only().id
    assert library.only().title == "Acme raises"
    assert library.only().published == "2023-06-13"


def test_a_posted_address_that_gives_no_article_fails_its_own_job_only(library: Library) -> None:
    with WebServer().running() as web, working(library) as inbox:
        web.pages |= {
            "/robots.txt": Answer("User-agent: *\nDisallow: /private", type="text/plain"),
            "/private": Answer(ARTICLE),
            "/large": Answer("a" * 20_000),
            "/image": Answer(b"\x89PNG", type="image/png"),
            "/inward": Answer(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
            "/story": Answer(ARTICLE),
        }
        paths = ["/private", "/large", "/image", "/inward", "/nothing", "/story"]
        jobs = [ended(inbox, job) for job in [inbox.add_address(web.url + path) for path in paths]]
        ten = ended(inbox, inbox.add_address("http://10.1.2.3/"))
    assert [job.status for job in jobs] == [*["failed"] * 5, "done"]
    said = ["robots.txt forbids", "larger than", "image/png", "may not be fetched", "is not there"]
    assert [words for words, job in zip(said, jobs, strict=False) if words not in (job.error or "")] == []
    assert "may not be fetched" in (ten.error or "")
    assert [path for path in web.paths if path in ("/private",)] == []


def test_stopping_the_worker_gives_back_what_it_is_fetching_at_once(library: Library) -> None:
    fetching = threading.Event()

    def slow(headers: dict[str, str]) -> Answer:
        fetching.set()
        return Answer("a" * 5_000, pause=0.2)

    with WebServer().running() as web:
        web.pages["/slow"] = slow
        with working(library) as inbox:
            job = inbox.add_address(f"{web.url}/slow")
            assert fetching.wait(30)
        assert (inbox.job(job.id) or job).status == "queued"
        web.pages["/slow"] = Answer(ARTICLE)
        with working(library) as inbox:
            assert ended(inbox, job).status == "done"


def test_stopping_the_worker_gives_back_what_it_is_reading_at_once(library: Library) -> None:
    command = (sys.executable, "-P", "-m", "tests.hostile_reader")
    with Reader(Settings(read_timeout=500), command) as reader:
        with working(library, reader) as inbox:
            job = inbox.add("a.md", "text/markdown", b"sleep")
            while (inbox.job(job.id) or job).status == "queued":
                time.sleep(0.02)
        found = inbox.job(job.id)
    assert found is not None
    assert (found.status, found.error) == ("queued", None)


def test_a_reader_that_cannot_be_started_ends_the_worker_and_leaves_the_job(library: Library) -> None:
    inbox = Inbox(library.catalog, SMALL)
    job = inbox.add("a.md", "text/markdown", STORY.format(5).encode())
    with Reader(SMALL, ("/nowhere/python",)) as reader:
        for _ in range(5):  # more often than a document is tried that ends the worker
            with pytest.raises(ConfigurationError):
                work(library.catalog, SMALL, lambda: library.embedder, threading.Event(), date.today, reader)
    with working(library):
        assert ended(inbox, job).status == "done"


@pytest.mark.parametrize(
    ("name", "media_type", "safe"),
    [
        ("story.md", "text/markdown", "story.md"),
        ("/etc/passwd", "text/plain", "passwd"),
        ("..\\..\\story.html", "text/html", "story.html"),
        ("story", "text/html; charset=utf-8", "story.html"),
        ("a\nb\u202e.md", "text/plain", "ab.md"),
        ("..", "text/plain", "article"),
        ("", "text/plain", "article"),
        ("x" * 300 + ".md", "text/plain", "x" * 147 + ".md"),
    ],
)
def test_a_posted_name_is_no_path(name: str, media_type: str, safe: str) -> None:
    assert safe_name(name, media_type) == safe
