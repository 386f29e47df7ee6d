import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.catalog import Catalog, Change, LedgerEntry, text_hash
from rag.catalog.database import FILE
from rag.embedding import EmbeddingStamp, without_sentences
from rag.embedding.sentence_vectors import nearest
from rag.errors import ArticleNotFoundError, LibraryError
from tests.made_articles import EMBEDDER, chunks_of, made, put, vectors_of

OLD_CATALOG = Path(__file__).parent / "catalog_of_version_1.sql"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog.open(tmp_path / "library", create=True)
    yield catalog
    catalog.close()


def state_of(catalog: Catalog) -> dict[str, tuple[str, int]]:
    """Every article's text and how many chunks it has."""
    ids = [article.id for article in catalog.articles()]
    return {id_: (catalog.article(id_).text, len(catalog.chunks_of([id_]))) for id_ in ids}


# putting in


def test_an_article_comes_back_as_it_was_put_in(catalog: Catalog) -> None:
    article = made(
        "a", "Ünïcode 👋🏽 text.", author="A. Author", url="https://example.org/a", published="2023-06",
        updated="2024", date_source="front matter", language="en", companies=("Mistral AI",), people=("A. Founder",),
        models=("Mixtral 8x7B",), products=("Le Chat",), flags=("truncated",), notes=("repaired",),
        boilerplate_share=0.25, origin_id="a", addresses=("https://example.org/a",),
    )  # fmt: skip
    put(catalog, article)
    assert catalog.article("a") == article


def test_a_chunk_is_an_exact_slice_of_its_article_with_the_vector_it_was_put_in_with(catalog: Catalog) -> None:
    article = made("a", "Erste 👋🏽 Zeile.", "Zweite\u2028Zeile\x01.", "e\u0301 dritte.")
    put(catalog, article)
    stored = catalog.chunks_of(["a"])
    assert [s.chunk for s in stored] == chunks_of(article)
    assert all(article.text[s.chunk.start : s.chunk.end] == s.chunk.text for s in stored)
    assert all(
        np.array_equal(s.vector, its.whole)
        for s, its in zip(stored, vectors_of(article, chunks_of(article)), strict=True)
    )


def test_putting_an_article_again_replaces_all_of_its_old_self(catalog: Catalog) -> None:
    put(catalog, made("a", "one", "two", "three", companies=("Cohere",)), made("b"))
    put(catalog, made("a", "four", companies=("Mistral AI",)))
    assert state_of(catalog) == {"a": ("four", 1), "b": ("The text of b.", 1)}
    assert catalog.companies() == ["mistral ai"]
    assert catalog.chunk_ids() == ["a-0", "b-0"]


def test_a_failure_inside_the_transaction_leaves_the_old_article(catalog: Catalog) -> None:
    put(catalog, made("a", "old"))
    before = catalog.last_change()
    new = made("a", "one", "two")
    with pytest.raises(ValueError, match="zip"):  # a vector is missing, which shows when the chunks are written
        catalog.put(new, chunks_of(new), vectors_of(new, chunks_of(new))[:1], location="/a.md", fingerprint="2")
    assert state_of(catalog) == {"a": ("old", 1)}
    assert catalog.last_change() == before
    assert catalog.ledger("/a.md") == LedgerEntry("/a.md", "1", "a", None)


def test_a_text_that_sqlite_would_cut_is_refused(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="NUL"):
        put(catalog, made("a", "one\0two"))


def test_two_chunks_of_one_id_are_refused_and_nothing_of_the_article_is_kept(catalog: Catalog) -> None:
    article = made("a", "one", "two")
    twice = [chunks_of(article)[0]] * 2
    vectors = vectors_of(article, twice)
    with pytest.raises(LibraryError):
        catalog.put(article, twice, vectors, location="/a.md", fingerprint="1")
    assert state_of(catalog) == {}
    assert catalog.ledger("/a.md") is None


def test_articles_put_by_several_threads_are_all_there_once(catalog: Catalog) -> None:
    names = [f"article{number}" for number in range(24)]
    catalog.require(EMBEDDER.stamp)
    threads = [
        threading.Thread(target=lambda part: put(catalog, *map(made, part)), args=(names[i::4],)) for i in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(state_of(catalog)) == sorted(names)
    assert [change.number for change in catalog.changes(0, 100)] == list(range(1, 25))


# change numbers


def test_every_change_takes_the_next_number_and_an_article_keeps_only_its_last(catalog: Catalog) -> None:
    put(catalog, made("a"), made("b"), made("a", "again"))
    catalog.remove(["b"])
    assert catalog.changes(0, 10) == [Change(3, "a", False), Change(4, "b", True)]
    assert catalog.changes(3, 10) == [Change(4, "b", True)]
    assert catalog.changes(0, 1) == [Change(3, "a", False)]
    assert catalog.last_change() == 4


def test_an_article_that_comes_back_is_not_removed_any_more(catalog: Catalog) -> None:
    put(catalog, made("a"))
    catalog.remove(["a"])
    put(catalog, made("a"))
    assert catalog.changes(0, 10) == [Change(3, "a", False)]


# removing


def test_removing_leaves_nothing_of_an_article(catalog: Catalog) -> None:
    put(catalog, made("a", companies=("Cohere",)), made("b"))
    assert catalog.remove(["a", "a"]) == 1
    assert catalog.find("a") is None
    assert catalog.chunk_ids() == ["b-0"]
    assert catalog.companies() == []
    assert catalog.ledger("/a.md") is None
    assert catalog.content_owner(text_hash("The text of a.")) is None
    with pytest.raises(ArticleNotFoundError):
        catalog.article("a")


def test_removing_with_one_unknown_id_removes_none(catalog: Catalog) -> None:
    put(catalog, made("a"), made("b"))
    with pytest.raises(ArticleNotFoundError, match="nope"):
        catalog.remove(["a", "nope", "b"])
    assert set(state_of(catalog)) == {"a", "b"}
    assert catalog.last_change() == 2


# looking up


def test_vectors_are_found_again_by_exactly_the_embedded_text(catalog: Catalog) -> None:
    article = made("a", *(f"paragraph {number}" for number in range(700)))
    put(catalog, article)
    texts = [chunk.to_embed(article.title) for chunk in chunks_of(article)]
    found = catalog.embeddings_of([*texts, "On a\nparagraph"])
    assert found.keys() == set(texts)
    assert np.array_equal(found[texts[612]].whole, EMBEDDER.embed([texts[612]])[0])
    assert np.array_equal(found[texts[612]].sentences, vectors_of(article, chunks_of(article))[612].sentences)


def test_sentences_are_kept_by_chunk_and_a_chunk_without_any_counts_as_one(catalog: Catalog) -> None:
    article = made("a", "One sentence. And another.", "Third.")
    put(catalog, article)
    bare = made("bare", "None of its sentences has a vector. Not one.")
    whole = vectors_of(bare, chunks_of(bare))[0].whole
    vectors = without_sentences(whole[np.newaxis])
    catalog.put(bare, chunks_of(bare), vectors, location="/bare.md", fingerprint="1")

    found = catalog.sentences(["a-0", "a-1", "bare-0", "gone-0"])

    expected = [its.sentences for its in vectors_of(article, chunks_of(article))]
    assert found.keys() == {"a-0", "a-1", "bare-0"}
    assert [found["a-0"].tolist(), found["a-1"].tolist()] == [rows.tolist() for rows in expected]
    assert found["a-0"].shape == (2, 8)
    assert nearest([found["bare-0"]], whole) == pytest.approx([1], abs=0.01)
    assert catalog.ids_without_sentences() == []


def test_sentences_an_older_version_did_not_embed_are_added_and_change_nothing_else(catalog: Catalog) -> None:
    article = made("a", "One. Two.", "Three.")
    put(catalog, article)
    expected = vectors_of(article, chunks_of(article))
    with sqlite3.connect(catalog.folder / FILE) as connection:
        connection.execute("UPDATE chunks SET sentences = NULL")
    connection.close()
    passage = chunks_of(article)[0].passage(article.title)[0]
    assert catalog.embeddings_of([passage]) == {}  # so that a chunk which comes again gets its sentences
    assert nearest([catalog.sentences(["a-0"])["a-0"]], expected[0].whole) == pytest.approx([1], abs=0.01)
    before = catalog.last_change()

    assert catalog.ids_without_sentences() == ["a-0", "a-1"]
    catalog.add_sentences({"a-0": expected[0].sentences, "gone-0": expected[1].sentences})

    assert catalog.ids_without_sentences() == ["a-1"]
    assert catalog.check() == ["chunks whose sentences have no vectors, since an older Dossier embedded them: 1"]
    assert np.array_equal(catalog.sentences(["a-0"])["a-0"], expected[0].sentences)
    assert catalog.last_change() == before
    catalog.add_sentences({"a-1": expected[1].sentences})
    assert catalog.check() == []


def test_the_matrix_of_vectors_is_in_step_with_its_ids(catalog: Catalog) -> None:
    put(catalog, made("a", "one", "two"), made("b"), made("a", "three"))
    ids, articles, matrix = catalog.vectors()
    assert sorted(zip(ids, articles, strict=True)) == [("a-0", "a"), ("b-0", "b")]
    stored = catalog.chunks(ids)
    assert all(np.array_equal(stored[id_].vector, row) for id_, row in zip(ids, matrix, strict=True))


def test_articles_are_listed_newest_first_and_undated_ones_last(catalog: Catalog) -> None:
    put(catalog, made("old", published="2022"), made("undated"), made("new", published="2024-02-01"))
    assert [article.id for article in catalog.articles()] == ["new", "old", "undated"]
    assert [article.id for article in catalog.articles(["undated", "old", "nope"])] == ["old", "undated"]


@pytest.mark.parametrize("odd", ["", "\x00", "'; DROP TABLE articles; --", "\ud800", "👋" * 100])
def test_an_id_is_only_ever_a_value(catalog: Catalog, odd: str) -> None:
    put(catalog, made("a"))
    with pytest.raises(ArticleNotFoundError):
        catalog.article(odd)
    with pytest.raises(ArticleNotFoundError):
        catalog.remove([odd])
    assert catalog.chunks([odd]) == {}


# the ledger


def test_the_ledger_keeps_the_article_of_a_location_that_failed_later(catalog: Catalog) -> None:
    put(catalog, made("a"))
    catalog.note_failed("/a.md", "2", "it is binary")
    assert catalog.ledger("/a.md") == LedgerEntry("/a.md", "2", "a", "it is binary")
    catalog.note_unchanged("/copy.md", "1", "a")
    assert catalog.locations("a") == ("/a.md", "/copy.md")


# the stamp


def test_vectors_of_another_model_are_refused_with_the_remedy(catalog: Catalog) -> None:
    put(catalog, made("a"))
    other = EmbeddingStamp("other", 8, "1" * 64)
    with pytest.raises(LibraryError, match="dossier reindex"):
        catalog.require(other)
    assert catalog.stamp() == EMBEDDER.stamp


def test_a_library_embedded_anew_takes_no_vector_of_the_old_model_from_a_process_that_still_runs(
    tmp_path: Path,
) -> None:
    running = Catalog.open(tmp_path, create=True)
    put(running, made("a"))
    other = Catalog.open(tmp_path)
    other.restamp(
        EmbeddingStamp("other", 8, "1" * 64),
        dict(zip(["a-0"], without_sentences(np.ones((1, 8), dtype=np.float32)), strict=True)),
    )
    b = made("b")
    with pytest.raises(LibraryError, match="dossier reindex"):
        running.put(b, chunks_of(b), vectors_of(b, chunks_of(b)), location="/b.md", fingerprint="1")
    assert set(state_of(other)) == {"a"}
    running.close()
    other.close()


def test_embedding_anew_replaces_every_vector_and_counts_as_a_change_of_every_article(catalog: Catalog) -> None:
    put(catalog, made("a"), made("b"))
    stamp = EmbeddingStamp("other", 4, "1" * 64)
    vectors = without_sentences(np.full((2, 4), 0.5, dtype=np.float32))
    catalog.restamp(stamp, dict(zip(catalog.chunk_ids(), vectors, strict=True)))
    assert catalog.stamp() == stamp
    assert catalog.vectors()[2].shape == (2, 4)
    assert catalog.sentences(["a-0"])["a-0"].shape == (1, 4)
    assert [change.number for change in catalog.changes(2, 10)] == [3, 4]
    assert catalog.check() == []


def test_embedding_anew_with_a_chunk_left_out_changes_nothing(catalog: Catalog) -> None:
    put(catalog, made("a"), made("b"))
    vectors = without_sentences(np.ones((1, 4), dtype=np.float32))
    with pytest.raises(LibraryError, match="again"):
        catalog.restamp(EmbeddingStamp("other", 4, "1" * 64), {"a-0": vectors[0]})
    assert catalog.stamp() == EMBEDDER.stamp
    assert catalog.check() == []


# opening


def test_there_is_no_library_until_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="dossier ingest"):
        Catalog.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_library_yet_and_can_become_one(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()  # what a process leaves that was killed before it made the tables
    with pytest.raises(LibraryError, match="There is no library"):
        Catalog.open(tmp_path)
    Catalog.open(tmp_path, create=True).close()
    Catalog.open(tmp_path).close()


@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path, create: bool) -> None:
    content = b"not a database at all, but long enough to have a header " * 40
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(LibraryError, match=r"catalog\.sqlite .*restore it from a copy"):
        Catalog.open(tmp_path, create=create)
    assert (tmp_path / FILE).read_bytes() == content


@pytest.mark.parametrize("create", [True, False])
def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path, create: bool) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.commit()
    connection.close()
    content = (tmp_path / FILE).read_bytes()
    with pytest.raises(LibraryError, match="is not a catalog of Dossier"):
        Catalog.open(tmp_path, create=create)
    assert (tmp_path / FILE).read_bytes() == content


@pytest.mark.parametrize("create", [True, False])
def test_a_library_of_a_newer_dossier_is_refused_and_left_alone(tmp_path: Path, create: bool) -> None:
    catalog = Catalog.open(tmp_path, create=True)
    put(catalog, made("a"))
    catalog.close()
    connection = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    content = (tmp_path / FILE).read_bytes()
    with pytest.raises(LibraryError, match=r"newer Dossier.*Update Dossier"):
        Catalog.open(tmp_path, create=create)
    assert (tmp_path / FILE).read_bytes() == content


@pytest.mark.parametrize("create", [True, False])
def test_a_library_of_an_older_dossier_is_brought_up_to_date(tmp_path: Path, create: bool) -> None:
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.executescript(OLD_CATALOG.read_text())
    connection.close()
    fresh = Catalog.open(tmp_path / "fresh", create=True)
    catalog = Catalog.open(tmp_path, create=create)
    assert [(article.companies, article.stated_companies) for article in catalog.articles()] == [(("Acme",), ("Acme",))]
    job = catalog.inbox_job("j1")
    assert job is not None
    assert job.status == "done"
    assert columns_of(catalog) == columns_of(fresh)
    catalog.close()
    fresh.close()
    Catalog.open(tmp_path).close()


def test_an_older_library_on_a_read_only_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.executescript(OLD_CATALOG.read_text())
    connection.close()
    monkeypatch.setattr("os.access", lambda path, mode: False)  # the tests may run as root, who may write anywhere
    with pytest.raises(LibraryError, match=r"older Dossier.*read-only"):
        Catalog.open(tmp_path)


def columns_of(catalog: Catalog) -> dict[str, set[str]]:
    with sqlite3.connect(catalog.folder / FILE) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")} for name in tables}
    connection.close()
    return found


def test_a_library_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("a file")
    with pytest.raises(LibraryError, match="library"):
        Catalog.open(tmp_path / "library", create=True)
    with pytest.raises(LibraryError, match="library"):
        Catalog.open(tmp_path / "library")


# checking


def test_a_whole_catalog_has_nothing_wrong_with_it(catalog: Catalog) -> None:
    put(catalog, made("a", "one", "two"), made("b"))
    catalog.remove(["b"])
    assert catalog.check() == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE chunks SET end = 5000 WHERE id = 'a-1'", "chunk a-1 reaches beyond its article"),
        ("DELETE FROM chunks", "article a has no chunks"),
        ("UPDATE chunks SET embedding = x'00' WHERE id = 'a-0'", "chunk a-0 has no vector of the model's length"),
        ("UPDATE chunks SET sentences = x'0102' WHERE id = 'a-0'", "chunk a-0 has half a vector of a sentence"),
        ("DELETE FROM articles", "a row of chunks belongs to no article"),
        ("UPDATE articles SET text = 'no' WHERE id = 'a'", "chunk a-0 reaches beyond its article"),
    ],
)
def test_damage_to_the_catalog_is_told(catalog: Catalog, damage: str, told: str) -> None:
    put(catalog, made("a", "one", "two"))
    connection = sqlite3.connect(catalog.folder / FILE, isolation_level=None)
    connection.execute(damage)
    connection.close()
    assert told in catalog.check()
