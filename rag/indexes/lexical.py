"""The word index: BM25 by tantivy. The one file that imports tantivy.

A question never reaches tantivy's query parser: it is cut into terms by the same analyser as the texts, so `"`, `*` and
`title:` are just characters.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Self

import tantivy

from rag.catalog import Catalog, StoredChunk
from rag.indexes import state
from rag.indexes.facets import Allowed
from rag.indexes.following import follow
from rag.indexes.hits import Hit, IndexInterruptedError, damage_mapped
from rag.indexes.limited import searched

ANALYSER = "dossier"
# Title and headings say what a passage is about; with twice the weight of the text they found no more. Questions name
# outlets and authors too, which are no words of the text (see benchmarks/RESULTS.md, Retrieval).
SOURCE = "source"
BOOSTS = {"title": 1.0, "heading": 1.0, "text": 1.0, SOURCE: 1.0}
ARTICLE_BOOSTS = {"whole": 1.0}
# Named anew with every change of what they hold: an index without them is rebuilt.
CHUNKS, ARTICLES = "chunks-2", "articles-2"
HEAP_BYTES = 64_000_000
# Words of questions and grammar that say nothing of what is asked; they cost time and add noise.
STOP_WORDS = (
    "a an and are as at be been but by did do does for from had has have how i in into is it its many much of on or "
    "s so than that the their them then there these they this to was we were what when where which who whom whose why "
    "will with would you your about"
).split()


def _build_analyser() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.custom_stopword(STOP_WORDS))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


_ANALYSER = _build_analyser()


def terms(text: str) -> list[str]:
    """The terms of a text as the index knows them: lower case, accents folded, stemmed, stop words left out."""
    found: list[str] = _ANALYSER.analyze(text)
    return found


def _schema(id_field: str, fields: Iterable[str]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(id_field, stored=True, tokenizer_name="raw", index_option="basic")
    if id_field != "article_id":
        builder.add_text_field("article_id", stored=False, tokenizer_name="raw", index_option="basic")
    for name in fields:
        builder.add_text_field(name, stored=False, tokenizer_name=ANALYSER, index_option="position")
    return builder.build()


class _Bm25:
    """One tantivy index: texts in weighted fields, found by BM25 and named by `id_field`."""

    def __init__(self, id_field: str, boosts: Mapping[str, float], folder: Path | None) -> None:
        self._id_field = id_field
        self._boosts = boosts
        schema = _schema(id_field, boosts)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(schema) if folder is None else tantivy.Index(schema, path=str(folder))
        self._index.register_tokenizer(ANALYSER, _build_analyser())
        self._searcher = self._index.searcher()

    def count(self) -> int:
        return int(self._searcher.num_docs)

    def ids(self) -> set[str]:
        searcher = self._searcher  # another thread may see a newer one in the middle of this
        hits = searcher.search(tantivy.Query.all_query(), max(1, int(searcher.num_docs))).hits
        return {self._id(searcher, address) for _, address in hits}

    def replace(self, changed: Sequence[str], documents: Iterable[Mapping[str, str]]) -> None:
        """Puts documents (by field) in the place of everything of the articles `changed`, in one commit."""
        writer = self._index.writer(HEAP_BYTES, 1)
        for article_id in changed:
            writer.delete_documents_by_term("article_id", article_id)
        for fields in documents:
            document = tantivy.Document()
            for name, value in fields.items():
                document.add_text(name, value)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self.reload()

    def reload(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, text: str, k: int, only: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The k best; of the articles `only`, which costs a little for each of them."""
        words = list(dict.fromkeys(terms(text)))
        if not words or not self.count() or (only is not None and not only):
            return []
        schema = self._index.schema
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(tantivy.Query.term_query(schema, name, word), boost))
            for word in words
            for name, boost in self._boosts.items()
        ]
        query = tantivy.Query.boolean_query(clauses)
        if only is not None:
            inside = tantivy.Query.const_score_query(
                tantivy.Query.term_set_query(schema, "article_id", list(only)), 0.0
            )
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, inside)])
        searcher = self._searcher
        return [(self._id(searcher, address), score) for score, address in searcher.search(query, k).hits]

    def document_frequency(self, term: str) -> int:
        searcher = self._searcher
        return max(int(searcher.doc_freq(name, term)) for name in self._boosts if name != SOURCE)

    def _id(self, searcher: tantivy.Searcher, address: tantivy.DocAddress) -> str:
        found: str = searcher.doc(address)[self._id_field][0]
        return found


class LexicalIndex:
    """Chunks and whole articles by their words. In a folder, or in memory only. Many may read, one at a time may write.

    Articles have an index of their own: BM25 compares the lengths and counts the words of texts of one sort.
    """

    def __init__(self, folder: Path | None, last_change: int, lineage: str, *, traces: bool = False) -> None:
        self.folder = folder
        self.last_change = last_change
        self.lineage = lineage
        self.traces = traces
        self._use(folder)

    def _use(self, folder: Path | None) -> None:
        self._chunks = _Bm25("chunk_id", BOOSTS, folder and folder / CHUNKS)
        self._articles = _Bm25("article_id", ARTICLE_BOOSTS, folder and folder / ARTICLES)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Opens the index in `folder`, or an empty one. Raises IndexDamagedError when it cannot be trusted."""
        with damage_mapped(folder):
            folder.mkdir(parents=True, exist_ok=True)
            known = state.read(folder)
            if not known.closed:
                raise IndexInterruptedError(f"{folder} was left in the middle of a write")
            if known.last_change and not all((folder / name).is_dir() for name in (CHUNKS, ARTICLES)):
                raise IndexInterruptedError(f"{folder} was made by an older version")
            is_first = not (folder / state.FILE).exists()
            if is_first:
                state.write(folder, 0, "", closed=False)  # tantivy makes its first files here
            index = cls(folder, known.last_change, known.lineage, traces=known.traces)
            if is_first:  # a library may stay empty: that is no interrupted write
                state.write(folder, 0, "", closed=True)
            return index

    @classmethod
    def in_memory(cls) -> Self:
        """An empty index that leaves no files."""
        return cls(None, 0, "")

    def count(self) -> int:
        """How many chunks it holds."""
        return self._chunks.count()

    def ids(self) -> set[str]:
        """The ids of all chunks it holds."""
        with damage_mapped(self.folder):
            return self._chunks.ids()

    def apply(self, changed: Sequence[str], chunks: Sequence[StoredChunk], last_change: int, lineage: str) -> None:
        """Replaces everything of the articles `changed` by `chunks`, and moves on to `last_change`.

        A process that ends between its two commits leaves an index that says it was not closed.
        """
        with damage_mapped(self.folder):
            if self.folder:
                state.write(self.folder, self.last_change, self.lineage, closed=False, traces=self.traces)
            there = {stored.chunk.article_id for stored in chunks}
            self.traces |= bool(self.count()) and not there.issuperset(filter(None, changed))
            self._chunks.replace(changed, map(_chunk_fields, chunks))
            self._articles.replace(changed, _article_fields(chunks))
            if self.folder:
                state.write(self.folder, last_change, lineage, closed=True, traces=self.traces)
        self.last_change, self.lineage = last_change, lineage

    def erase(self, catalog: Catalog) -> None:
        """Makes the index again beside itself, and takes that one's files: tantivy keeps removed words until it merges.

        Searches go on in the old files meanwhile.
        """
        if self.folder is None:
            return
        with damage_mapped(self.folder):
            beside = self.folder.with_name(f"{self.folder.name}.new")
            shutil.rmtree(beside, ignore_errors=True)
            anew = LexicalIndex.open(beside)
            follow(anew, catalog)
            shutil.rmtree(self.folder)
            beside.rename(self.folder)
            self._use(self.folder)
        self.last_change, self.lineage, self.traces = anew.last_change, anew.lineage, False

    def reload(self) -> None:
        """Sees what was committed since, also by another process."""
        with damage_mapped(self.folder):
            self._chunks.reload()
            self._articles.reload()

    def search(self, text: str, k: int, allowed: Allowed | None = None) -> list[Hit]:
        """The k best chunks by BM25 over title, headings, text and source, of the articles `allowed` (None: all)."""

        def found(many: int, only: Sequence[str] | None = None) -> list[Hit]:
            return [Hit(id_, score) for id_, score in self._chunks.search(text, many, only)]

        with damage_mapped(self.folder):
            best = searched(found, k, allowed)
            return found(k, allowed.ids()) if best is None and allowed is not None else best or []

    def search_articles(self, text: str, k: int, allowed: Allowed | None = None) -> dict[str, float]:
        """The k best articles by BM25 over title, source and whole text: their scores by id, best first."""

        def found(many: int, only: Sequence[str] | None = None) -> list[Hit]:
            return [Hit(f"{id_}-0", score) for id_, score in self._articles.search(text, many, only)]

        with damage_mapped(self.folder):
            best = searched(found, k, allowed)
            hits = found(k, allowed.ids()) if best is None and allowed is not None else best or []
            return {hit.article_id: hit.score for hit in hits}

    def document_frequency(self, term: str) -> int:
        """In how many chunks a term stands (as `terms` gives it), in the field where it is most frequent."""
        with damage_mapped(self.folder):
            return self._chunks.document_frequency(term)

    def close(self) -> None:
        """Nothing is left to write: every `apply` was a commit."""

    def abandon(self) -> None:
        """Nothing is held: files that are thrown away are gone when the last search in them is done."""


def _chunk_fields(stored: StoredChunk) -> dict[str, str]:
    chunk = stored.chunk
    heading = f"{chunk.heading}\n{chunk.header}"
    fields = {"title": stored.title, "heading": heading, "text": chunk.searched, SOURCE: stored.source}
    return {"chunk_id": chunk.id, "article_id": chunk.article_id} | fields


def _article_fields(chunks: Sequence[StoredChunk]) -> Iterator[dict[str, str]]:
    """Whole articles, put together from their chunks, which hold every word that is searched."""
    for article_id, parts in groupby(chunks, lambda stored: stored.chunk.article_id):
        whole = list(parts)
        text = "\n".join([whole[0].title, whole[0].source, *(stored.chunk.searched for stored in whole)])
        yield {"article_id": article_id, "whole": text}
