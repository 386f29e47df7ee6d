"""What is removed is gone from every file of the library: its words, its vector, its id, its address."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from rag.catalog import Catalog, Fetched
from rag.indexes import Indexes
from rag.indexes.dense import DenseIndex
from rag.indexes.gate import Gate
from rag.indexes.lexical import LexicalIndex
from tests.made_articles import EMBEDDER, chunks_of, made, put, vectors_of

SECRET = made(
    "secret0123456789", "The zebrafinch was in the room.", "Quuxington said so.", url="https://hidden.example/x",
    companies=("Umbra",), people=("Quuxington",), published="2023-01-01",
)  # fmt: skip
# Enough chunks that Chroma writes its graph to the disk by itself (it does at a thousand changes).
OTHERS = [made(f"other{i}", *(f"Paragraph {j} of article {i}." for j in range(60))) for i in range(20)]


def traces(library: Path) -> dict[str, list[str]]:
    """In which files something of the secret article stands, to the byte, and which of it."""
    vectors = vectors_of(SECRET, chunks_of(SECRET))
    sought = {"word": b"zebrafinch", "name": b"quuxington", "id": SECRET.id.encode(), "address": b"hidden.example"}
    sought |= {"company": b"umbra"} | {f"vector {i}": its.whole.tobytes() for i, its in enumerate(vectors)}
    sought |= {f"sentences {i}": its.sentences.tobytes() for i, its in enumerate(vectors)}
    found = {}
    for path in sorted(path for path in library.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if odd := [what for what, part in sought.items() if part in content or part in content.lower()]:
            found[path.relative_to(library).name] = odd
    return found


@pytest.fixture(params=[20], ids=lambda count: f"{count} others")
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A library with the secret article among others, indexed and closed."""
    with closing(Catalog.open(tmp_path / "library", create=True)) as catalog, closing(Indexes(catalog)) as indexes:
        put(catalog, *OTHERS[: request.param], SECRET)
        catalog.note_fetched(Fetched("/secret0123456789.md", None, None, "zebrafinch", None, 0.0, "{}"))
        indexes.sync()
    yield tmp_path / "library"
    shutil.rmtree(tmp_path / "library")


def remove(library: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(Catalog.open(library)) as catalog, closing(Indexes(catalog)) as indexes:
        indexes.sync()
        catalog.remove([SECRET.id])
        indexes.sync()
        assert traces(library) == {}  # at once, while the library is open still
        assert not caplog.records  # no index was thrown away for it


@pytest.mark.parametrize("library", [0, 1, 20], indirect=True)
def test_nothing_of_a_removed_article_is_left_in_any_file(library: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert {"catalog.sqlite", "chroma.sqlite3"} <= set(traces(library))
    remove(library, caplog)
    assert traces(library) == {}
    assert not any(path.suffix in (".new", ".del") for path in library.rglob("*"))


def test_its_words_are_no_terms_of_the_word_index_any_more(library: Path, caplog: pytest.LogCaptureFixture) -> None:
    remove(library, caplog)
    index = LexicalIndex.open(library / "lexical")
    assert [index.document_frequency(term) for term in ("zebrafinch", "quuxington")] == [0, 0]


def test_the_indexes_are_whole_after_it_and_go_on(library: Path, caplog: pytest.LogCaptureFixture) -> None:
    remove(library, caplog)
    with closing(Catalog.open(library)) as catalog, closing(Indexes(catalog)) as indexes:
        assert indexes.differences() == []
        indexes.rebuild()
        assert indexes.status().detail == "ok"
        put(catalog, made("new", "An aardvark came in."))
        indexes.sync()
        assert [hit.article_id for hit in indexes.search_lexical("aardvark", 5)] == ["new"]
        vector = EMBEDDER.embed_question("On new\nAn aardvark came in.")
        assert indexes.search_dense(vector, 1)[0].article_id == "new"
        assert {hit.article_id for hit in indexes.search_dense(vector, 100)} <= {a.id for a in catalog.articles()}


def test_a_removal_that_was_interrupted_before_its_traces_were_wiped_is_finished_later(library: Path) -> None:
    with closing(Catalog.open(library)) as catalog:
        catalog.remove([SECRET.id])
        changes = [change.article_id for change in catalog.changes(0, 1000)]
        for name, opened in (("lexical", LexicalIndex.open), ("chroma", DenseIndex.open)):
            with closing(opened(library / name)) as index:  # type: ignore[operator]
                index.apply([SECRET.id], [], catalog.last_change(), catalog.lineage(catalog.last_change()))
                assert (index.traces, SECRET.id in changes) == (True, True)
        assert traces(library)
    with closing(Catalog.open(library)) as catalog, closing(Indexes(catalog)) as indexes:
        indexes.sync()
    assert traces(library) == {}


def test_another_process_that_reads_meanwhile_keeps_what_it_reads_and_loses_it_when_it_is_done(library: Path) -> None:
    reader = sqlite3.connect(library / "catalog.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM articles").fetchone()[0] >= 1
    with closing(Catalog.open(library)) as catalog, closing(Indexes(catalog)) as indexes:
        catalog.remove([SECRET.id])
        assert reader.execute("SELECT count(*) FROM articles WHERE id = ?", (SECRET.id,)).fetchone() == (1,)
        reader.close()
        indexes.sync()
    assert traces(library) == {}


def test_searches_go_on_while_traces_are_wiped(library: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(Catalog.open(library)) as catalog, closing(Indexes(catalog)) as indexes:
        put(catalog, made("new", "An aardvark came in."))
        indexes.sync()
        vector = EMBEDDER.embed_question("On new\nAn aardvark came in.")
        done, failures = threading.Event(), []

        def search() -> None:
            while not done.is_set():
                if indexes.search_dense(vector, 1)[0].article_id != "new" or not indexes.search_lexical("aardvark", 1):
                    failures.append("nothing found")

        searchers = [threading.Thread(target=search) for _ in range(2)]
        for searcher in searchers:
            searcher.start()
        catalog.remove([SECRET.id])
        indexes.sync()
        done.set()
        for searcher in searchers:
            searcher.join()
        assert failures == []
        assert not caplog.records
        assert indexes.status().detail == "ok"
    assert traces(library) == {}


def test_a_gate_lets_many_in_and_one_behind_them() -> None:
    gate, order = Gate(), []
    inside, leave = threading.Event(), threading.Event()

    def pass_() -> None:
        with gate.passed():
            inside.set()
            leave.wait()
            order.append("passed")

    passing = threading.Thread(target=pass_)
    passing.start()
    inside.wait()
    with gate.passed():
        leave.set()
    with gate.closed():
        order.append("closed")
    passing.join()
    assert order == ["passed", "closed"]


def test_a_vector_is_sought_as_the_bytes_it_is_kept_in() -> None:
    assert vectors_of(SECRET, chunks_of(SECRET))[0].whole.dtype == np.float32
