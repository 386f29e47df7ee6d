import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from rag.catalog import Catalog, StoredChunk
from rag.errors import LibraryError
from rag.indexes import Indexes, state
from rag.indexes.dense import DenseIndex, connect
from rag.indexes.exact import ExactSearch
from rag.indexes.facets import Allowed
from rag.indexes.following import Index, bring_up, differences
from rag.indexes.hits import IndexDamagedError, IndexInterruptedError
from rag.indexes.lexical import CHUNKS, LexicalIndex, terms
from tests.made_articles import EMBEDDER, made, put

OpenIndex = Callable[[Path], Index]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog.open(tmp_path / "library", create=True)
    put(catalog, made("a", "A round of funding.", "Led by Lightspeed."), made("b", "A window of context."), made("c"))
    yield catalog
    catalog.close()


@pytest.fixture
def indexes(catalog: Catalog) -> Iterator[Indexes]:
    indexes = Indexes(catalog)
    yield indexes
    indexes.close()


def vector(text: str) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    return EMBEDDER.embed_question(text)


def dense_ids(indexes: Indexes, allowed: Allowed | None = None) -> set[str]:
    return {hit.chunk_id for hit in indexes.search_dense(vector("anything"), 100, allowed)}


def only(*names: str) -> Allowed:
    """The articles of these names, of the five that tests have."""
    ids = ["a", "b", "c", "d", "e"]
    mask = np.asarray([id_ in names for id_ in ids] + [False])
    return Allowed(ids, {id_: at for at, id_ in enumerate(ids)}, mask)


def word_ids(indexes: Indexes, words: str, allowed: Allowed | None = None) -> set[str]:
    return {hit.chunk_id for hit in indexes.search_lexical(words, 100, allowed)}


def in_memory(folder: Path) -> LexicalIndex:
    return LexicalIndex.in_memory()


# what both indexes keep to


@pytest.fixture(params=[DenseIndex.open, LexicalIndex.open, in_memory], ids=["dense", "lexical", "in memory"])
def open_index(request: pytest.FixtureRequest) -> OpenIndex:
    found: OpenIndex = request.param
    return found


@pytest.fixture(params=[DenseIndex.open, LexicalIndex.open], ids=["dense", "lexical"])
def open_stored(request: pytest.FixtureRequest) -> OpenIndex:
    found: OpenIndex = request.param
    return found


def test_an_index_comes_to_hold_what_the_catalog_holds(catalog: Catalog, tmp_path: Path, open_index: OpenIndex) -> None:
    index = open_index(tmp_path / "index")
    assert (index.count(), index.ids(), index.last_change) == (0, set(), 0)
    bring_up(index, catalog)
    assert index.ids() == set(catalog.chunk_ids())
    assert (index.count(), index.last_change) == (4, catalog.last_change())
    index.close()


def test_a_replaced_article_leaves_none_of_its_old_chunks_in_an_index(
    catalog: Catalog, tmp_path: Path, open_index: OpenIndex
) -> None:
    index = open_index(tmp_path / "index")
    bring_up(index, catalog)
    put(catalog, made("a", "shorter now"))
    put(catalog, made("b", "longer", "now"))
    bring_up(index, catalog)
    assert index.ids() == {"a-0", "b-0", "b-1", "c-0"}
    index.close()


def test_a_removed_article_leaves_an_index(catalog: Catalog, tmp_path: Path, open_index: OpenIndex) -> None:
    index = open_index(tmp_path / "index")
    bring_up(index, catalog)
    catalog.remove(["a", "c"])
    bring_up(index, catalog)
    assert index.ids() == {"b-0"}
    index.close()


def test_the_same_changes_applied_twice_change_nothing(catalog: Catalog, tmp_path: Path, open_index: OpenIndex) -> None:
    index = open_index(tmp_path / "index")
    bring_up(index, catalog)
    index.last_change = 1  # as after a kill between the index's write and its note of it
    bring_up(index, catalog)
    assert (index.count(), index.last_change) == (4, catalog.last_change())
    index.close()


def test_an_index_goes_on_where_it_was_closed(catalog: Catalog, tmp_path: Path, open_stored: OpenIndex) -> None:
    index = open_stored(tmp_path / "index")
    bring_up(index, catalog)
    index.close()
    put(catalog, made("d"))
    again = open_stored(tmp_path / "index")
    assert (again.last_change, again.count()) == (3, 4)
    bring_up(again, catalog)
    assert again.ids() == set(catalog.chunk_ids())
    again.close()


def test_an_index_of_another_library_is_not_taken_for_this_ones(
    catalog: Catalog, tmp_path: Path, open_index: OpenIndex
) -> None:
    index = open_index(tmp_path / "index")
    bring_up(index, catalog)
    other = Catalog.open(tmp_path / "other", create=True)
    with pytest.raises(IndexDamagedError, match="another library"):
        bring_up(index, other)
    put(other, made("x", "1", "2"), made("y"), made("z"))  # as many changes, as many chunks
    with pytest.raises(IndexDamagedError, match="another library"):
        differences(index, other)
    index.close()
    other.close()


@pytest.mark.parametrize("harm", ["truncated", "same size", "deleted", "added", "state garbage", "state deleted"])
def test_an_index_whose_files_are_not_those_it_closed_is_not_opened(
    catalog: Catalog, tmp_path: Path, open_stored: OpenIndex, harm: str
) -> None:
    folder = tmp_path / "index"
    index = open_stored(folder)
    bring_up(index, catalog)
    index.close()
    largest = max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    content = largest.read_bytes()
    match harm:
        case "truncated":
            largest.write_bytes(content[: len(content) // 2])
        case "same size":
            middle = len(content) // 2
            largest.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        case "deleted":
            largest.unlink()
        case "added":
            (folder / "more").write_bytes(b"?")
        case "state garbage":
            (folder / state.FILE).write_bytes(b"\xff\x00{")
        case "state deleted":
            (folder / state.FILE).unlink()
    with pytest.raises(IndexDamagedError) as raised:
        open_stored(folder)
    assert not isinstance(raised.value, IndexInterruptedError)


@pytest.mark.parametrize("content", ["[]", "{}", '{"last_change": 1}', '{"last_change": null, "files": {}}', "", "1",
                                     '{"last_change": 1, "files": [1]}'])  # fmt: skip
def test_a_state_that_makes_no_sense_is_damage(tmp_path: Path, content: str) -> None:
    (tmp_path / state.FILE).write_text(content)
    with pytest.raises(IndexDamagedError):
        state.read(tmp_path)


def test_a_state_that_was_being_written_when_the_process_died_does_not_count(tmp_path: Path) -> None:
    (tmp_path / f"{state.FILE}.new").write_text('{"last_ch')
    assert state.read(tmp_path) == state.State(0, "", closed=True)
    state.write(tmp_path, 7, "a", closed=True)
    assert state.read(tmp_path) == state.State(7, "a", closed=True)


# the dense index


def test_chroma_and_the_exact_scan_find_the_same_chunks_with_the_same_scores(catalog: Catalog, tmp_path: Path) -> None:
    put(catalog, *(made(f"n{number}", f"one {number}", f"two {number}") for number in range(60)))
    dense, exact = DenseIndex.open(tmp_path / "index"), ExactSearch(catalog)
    bring_up(dense, catalog)
    for question in ("who", "what", "when"):
        one, other = dense.search(vector(question), 20), exact.search(vector(question), 20)
        assert [hit.chunk_id for hit in one] == [hit.chunk_id for hit in other]
        assert [hit.score for hit in one] == pytest.approx([hit.score for hit in other], abs=1e-4)
    dense.close()


def test_a_dense_search_for_more_than_there_is_finds_all_there_is(catalog: Catalog, tmp_path: Path) -> None:
    dense = DenseIndex.open(tmp_path / "index")
    assert dense.search(vector("x"), 5) == []
    bring_up(dense, catalog)
    assert {hit.chunk_id for hit in dense.search(vector("x"), 1000)} == set(catalog.chunk_ids())
    dense.close()


def test_a_store_that_was_left_open_is_tried_in_a_child_process_first(catalog: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    dense = DenseIndex.open(folder)
    bring_up(dense, catalog)
    dense.abandon()  # as if killed: nothing says that it was closed
    again = DenseIndex.open(folder)
    assert again.ids() == set(catalog.chunk_ids())
    again.abandon()
    sqlite = folder / "chroma.sqlite3"
    sqlite.write_bytes(sqlite.read_bytes()[:5000])
    with pytest.raises(IndexInterruptedError, match=r"status \d"):
        DenseIndex.open(folder)


# the exact scan


def test_the_exact_scan_sees_every_change_of_the_catalog(catalog: Catalog) -> None:
    exact = ExactSearch(catalog)
    assert {hit.chunk_id for hit in exact.search(vector("x"), 10)} == {"a-0", "a-1", "b-0", "c-0"}
    catalog.remove(["a"])
    put(catalog, made("d"))
    assert {hit.chunk_id for hit in exact.search(vector("x"), 10)} == {"b-0", "c-0", "d-0"}
    assert {hit.chunk_id for hit in exact.search(vector("x"), 10, only("d", "nope"))} == {"d-0"}
    assert exact.search(vector("x"), 10, only()) == []


def test_the_exact_scan_of_an_empty_catalog_finds_nothing(tmp_path: Path) -> None:
    catalog = Catalog.open(tmp_path, create=True)
    assert ExactSearch(catalog).search(vector("x"), 10) == []
    catalog.close()


# words


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '"round',
        "*",
        "round AND NOT funding",
        "title:round",
        "[a TO b]",
        "round^9",
        "(((",
        "~",
        "\\",
        "\x00",
        "+-&&",
        "/re.*/",
    ],
)
def test_query_syntax_is_just_characters(catalog: Catalog, query: str) -> None:
    index = LexicalIndex.in_memory()
    bring_up(index, catalog)
    found = {hit.chunk_id for hit in index.search(query, 10)}
    assert found == ({"a-0"} if "round" in query else {"b-0"} if "b]" in query else set())  # b's title holds its name


def test_a_word_of_one_letter_or_a_hundred_does_no_harm(catalog: Catalog) -> None:
    index = LexicalIndex.in_memory()
    bring_up(index, catalog)
    assert index.search("x" * 100_000, 10) == []
    assert [hit.chunk_id for hit in index.search("lightspeed " * 5000, 10)] == ["a-1"]


def test_words_match_in_any_form_case_and_accent() -> None:
    assert terms("Financings, FINANCING and financed") == ["financ", "financ", "financ"]
    assert terms("Café") == terms("CAFE")
    assert terms("of the and what was") == []


def test_only_allowed_articles_are_found_by_words(catalog: Catalog) -> None:
    index = LexicalIndex.in_memory()
    bring_up(index, catalog)
    assert {hit.article_id for hit in index.search("round window", 10)} == {"a", "b"}
    assert {hit.article_id for hit in index.search("round window", 10, only("b", "nope"))} == {"b"}
    assert index.search("round", 10, only()) == []


def test_the_title_is_searched_too_and_is_part_of_a_terms_frequency(catalog: Catalog) -> None:
    index = LexicalIndex.in_memory()
    put(catalog, made("zebra", "one", "two"))
    bring_up(index, catalog)
    assert {hit.chunk_id for hit in index.search("zebra", 10)} == {"zebra-0", "zebra-1"}
    assert index.document_frequency("zebra") == 2
    assert index.document_frequency("nowhere") == 0


# following


def test_syncing_applies_what_was_put_in_and_what_was_removed(catalog: Catalog, indexes: Indexes) -> None:
    assert indexes.sync()
    put(catalog, made("d", "Something about zebras."))
    catalog.remove(["a"])
    assert indexes.sync()
    assert indexes.status().ready
    assert dense_ids(indexes) == {"b-0", "c-0", "d-0"}
    assert word_ids(indexes, "zebra round") == {"d-0"}


def test_a_change_is_found_before_it_is_synced_and_a_removed_article_is_not(catalog: Catalog, indexes: Indexes) -> None:
    indexes.sync()
    put(catalog, made("d", "Something about zebras."))
    catalog.remove(["a"])
    assert not indexes.status().ready
    assert dense_ids(indexes) == {"b-0", "c-0", "d-0"}
    assert word_ids(indexes, "zebra round") == {"d-0"}
    assert indexes.document_frequency("lightspe") == 0
    assert indexes.document_frequency("zebra") == 1
    put(catalog, made("e", "Something about quaggas."))
    assert word_ids(indexes, "zebra quagga round") == {"d-0", "e-0"}


def test_only_one_has_the_files_and_the_other_misses_nothing(catalog: Catalog, indexes: Indexes) -> None:
    indexes.sync()
    other_catalog = Catalog.open(catalog.folder)
    other = Indexes(other_catalog)
    assert not other.sync()
    assert other.status().ready
    assert dense_ids(other) == dense_ids(indexes) == {"a-0", "a-1", "b-0", "c-0"}
    assert word_ids(other, "round window") == {"a-0", "b-0"}
    put(catalog, made("d", "Something about zebras."))
    catalog.remove(["a"])
    assert dense_ids(other) == {"b-0", "c-0", "d-0"}  # before the owner follows
    assert word_ids(other, "zebra round") == {"d-0"}
    indexes.sync()
    assert word_ids(other, "zebra round") == {"d-0"}  # and after
    with pytest.raises(LibraryError, match="Another process has the indexes"):
        other.rebuild()
    with pytest.raises(LibraryError, match="Another process has the indexes"):
        other.differences()
    indexes.close()
    assert other.sync()
    assert other.differences() == []
    other.close()
    other_catalog.close()


def test_a_reader_makes_no_files(catalog: Catalog) -> None:
    reader = Indexes(catalog)
    assert word_ids(reader, "round") == {"a-0"}
    assert dense_ids(reader)
    reader.close()
    assert not [path for path in catalog.folder.iterdir() if not path.name.startswith("catalog.sqlite")]


def test_the_files_belong_to_the_process_whichever_thread_took_them(catalog: Catalog) -> None:
    indexes = Indexes(catalog)
    results: list[object] = []

    def in_thread(work: Callable[[], object]) -> object:
        thread = threading.Thread(target=lambda: results.append(work()))
        thread.start()
        thread.join()
        return results[-1]

    assert in_thread(indexes.sync) is True
    put(catalog, made("d"))
    assert in_thread(indexes.sync) is True
    assert indexes.status().ready
    in_thread(indexes.close)
    other = Indexes(catalog)
    assert other.own()
    assert state.read(catalog.folder / "chroma").closed
    other.close()


def test_many_threads_search_while_articles_come_and_go(catalog: Catalog, indexes: Indexes) -> None:
    indexes.sync()
    stop = threading.Event()
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            while not stop.is_set():
                assert "b-0" in dense_ids(indexes)
                assert word_ids(indexes, "window") == {"b-0"}
        except BaseException as error:  # noqa: BLE001  handed to the test
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    other = Catalog.open(catalog.folder)  # another process's view
    for number in range(15):
        put(other, made(f"n{number % 4}", *["text"] * (number % 3 + 1)))
        if number % 3 == 2:
            other.remove([f"n{number % 4}"])
        indexes.sync()
    stop.set()
    for thread in threads:
        thread.join()
    other.close()
    assert failures == []
    assert dense_ids(indexes) == set(catalog.chunk_ids())


def test_the_indexes_of_another_library_are_rebuilt_even_if_they_are_as_large_and_as_new(
    catalog: Catalog, indexes: Indexes, tmp_path: Path
) -> None:
    other_catalog = Catalog.open(tmp_path / "other", create=True)
    put(other_catalog, made("x", "1", "2"), made("y"), made("z"))
    other = Indexes(other_catalog)
    other.sync()
    other.close()
    other_catalog.close()
    for name in ("chroma", "lexical"):  # as when a catalog is restored from a copy and its indexes are not
        shutil.copytree(tmp_path / "other" / name, catalog.folder / name)
    indexes.sync()
    assert dense_ids(indexes) == set(catalog.chunk_ids())
    assert word_ids(indexes, "round window") == {"a-0", "b-0"}


def test_an_index_that_stops_answering_is_searched_around_and_then_rebuilt(catalog: Catalog, indexes: Indexes) -> None:
    indexes.sync()
    client = connect(catalog.folder / "chroma")  # the same store, in this process
    client.delete_collection("chunks")
    client.close()
    assert dense_ids(indexes) == set(catalog.chunk_ids())
    assert not indexes.status().ready
    assert indexes.sync()
    assert indexes.status().ready
    assert dense_ids(indexes) == set(catalog.chunk_ids())
    indexes.close()
    dense = DenseIndex.open(catalog.folder / "chroma")
    assert dense.ids() == set(catalog.chunk_ids())
    dense.close()


@pytest.mark.parametrize("name", ["chroma", "lexical"])
def test_an_index_that_cannot_be_written_is_told_with_the_remedy_and_does_not_stop_answers(
    catalog: Catalog, indexes: Indexes, name: str
) -> None:
    (catalog.folder / name).write_text("a file where a folder has to be")
    with pytest.raises(LibraryError, match=rf"{name} cannot be written.*disk full"):
        indexes.sync()
    assert dense_ids(indexes) == set(catalog.chunk_ids())
    assert word_ids(indexes, "round") == {"a-0"}
    (catalog.folder / name).unlink()
    assert indexes.sync()
    assert indexes.status().ready


# what check says


def losing_a_row(index: Index) -> None:
    """Takes a chunk out of an index behind the follower's back, and leaves the index closed in order."""
    held = {stored_id for stored_id in index.ids() if not stored_id.startswith("a-")}
    rest: Sequence[StoredChunk] = []
    assert held
    index.apply(["b"], list(rest), index.last_change, index.lineage)
    index.close()


def test_indexes_in_step_have_no_differences(catalog: Catalog, indexes: Indexes) -> None:
    indexes.sync()
    indexes.close()
    assert indexes.differences() == []


def test_a_row_lost_behind_dossiers_back_is_told_by_check_until_something_mends_it(
    catalog: Catalog, indexes: Indexes
) -> None:
    indexes.sync()
    indexes.close()
    losing_a_row(DenseIndex.open(catalog.folder / "chroma"))
    losing_a_row(LexicalIndex.open(catalog.folder / "lexical"))
    expected = ["lexical misses 1 of 4 chunks, b-0 first", "chroma misses 1 of 4 chunks, b-0 first"]
    assert indexes.differences() == expected
    assert indexes.differences() == expected  # checking mends nothing
    indexes.sync()
    indexes.close()
    assert indexes.differences() == []


def test_damaged_files_are_told_by_check(catalog: Catalog, indexes: Indexes) -> None:
    indexes.sync()
    indexes.close()
    (catalog.folder / "chroma" / "chroma.sqlite3").write_bytes(b"garbage")
    shutil.copy(catalog.folder / "lexical" / CHUNKS / "meta.json", catalog.folder / "lexical" / "more.json")
    told = indexes.differences()
    assert [line.split(":")[0] for line in told] == ["lexical cannot be used", "chroma cannot be used"]
    assert "more.json" in told[0]
    assert "chroma.sqlite3" in told[1]


def test_an_index_that_is_merely_behind_or_was_left_open_is_no_difference(catalog: Catalog, indexes: Indexes) -> None:
    indexes.sync()
    indexes.close()
    put(catalog, made("d"))
    for name in ("chroma", "lexical"):
        state.write(catalog.folder / name, 1, catalog.lineage(1), closed=False)
    assert indexes.differences() == []


def test_rebuilding_makes_both_indexes_anew_from_the_catalog(catalog: Catalog, indexes: Indexes) -> None:
    indexes.sync()
    indexes.close()
    for name in ("chroma", "lexical"):
        (catalog.folder / name / state.FILE).write_text("garbage")
    indexes.rebuild()
    indexes.close()
    assert indexes.differences() == []


def test_a_library_that_stays_empty_is_no_interrupted_write(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with_nothing = Catalog.open(tmp_path / "empty", create=True)
    for _ in range(2):
        indexes = Indexes(with_nothing)
        indexes.sync()
        indexes.close()
    with_nothing.close()

    assert state.read(tmp_path / "empty" / "lexical").closed
    assert not caplog.records


def test_who_published_an_article_finds_it_and_yet_is_not_what_it_says(tmp_path: Path) -> None:
    with closing(Catalog.open(tmp_path / "library", create=True)) as catalog:
        put(
            catalog,
            made("a", "They raised money.", site="The Ledger", author="Ada Byron"),
            made("b", "They raised money."),
        )
        index = LexicalIndex.in_memory()
        index.apply([], catalog.chunks_of(["a", "b"]), catalog.last_change(), "")

    assert [hit.article_id for hit in index.search("The Ledger on who raised money", 2)] == ["a", "b"]
    assert list(index.search_articles("What does Ada Byron write?", 2)) == ["a"]
    assert index.document_frequency("ledger") == 0
