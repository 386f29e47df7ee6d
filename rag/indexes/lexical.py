"""The word index: BM25 by tantivy. The one file that imports tantivy.

A question never reaches tantivy's query parser: it is cut into terms by the same analyser as the texts, so `"`, `*` and
`title:` are just characters.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import tantivy

from rag.catalog import StoredChunk
from rag.indexes import state
from rag.indexes.hits import Hit, IndexInterruptedError, damage_mapped

ANALYSER = "dossier"
# Title and headings say what a passage is about; twice their weight in the body's words.
BOOSTS = {"title": 1.0, "heading": 1.0, "text": 1.0}
HEAP_BYTES = 64_000_000
# Words of questions and grammar that say nothing of what is asked; they cost time and add noise.
_STOP_WORDS = (
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
        .filter(tantivy.Filter.custom_stopword(_STOP_WORDS))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


_ANALYSER = _build_analyser()


def terms(text: str) -> list[str]:
    """The terms of a text as the index knows them: lower case, accents folded, stemmed, stop words left out."""
    found: list[str] = _ANALYSER.analyze(text)
    return found


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("chunk_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article_id", stored=False, tokenizer_name="raw", index_option="basic")
    for name in BOOSTS:
        builder.add_text_field(name, stored=False, tokenizer_name=ANALYSER, index_option="position")
    return builder.build()


class LexicalIndex:
    """Chunks by their words. In a folder, or in memory only. Many may read, one at a time may write."""

    def __init__(self, index: tantivy.Index, folder: Path | None, last_change: int, lineage: str) -> None:
        self.folder = folder
        self.last_change = last_change
        self.lineage = lineage
        self._index = index
        self._index.register_tokenizer(ANALYSER, _build_analyser())
        self._searcher = index.searcher()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Opens the index in `folder`, or an empty one. Raises IndexDamagedError when it cannot be trusted."""
        with damage_mapped(folder):
            folder.mkdir(parents=True, exist_ok=True)
            known = state.read(folder)
            if not known.closed:
                raise IndexInterruptedError(f"{folder} was left in the middle of a write")
            if not known.last_change and not (folder / state.FILE).exists():
                state.write(folder, 0, "", closed=False)  # tantivy makes its first files here
            return cls(tantivy.Index(_schema(), path=str(folder)), folder, known.last_change, known.lineage)

    @classmethod
    def in_memory(cls) -> Self:
        """An empty index that leaves no files."""
        return cls(tantivy.Index(_schema()), None, 0, "")

    def count(self) -> int:
        """How many chunks it holds."""
        return int(self._searcher.num_docs)

    def ids(self) -> set[str]:
        """The ids of all chunks it holds."""
        with damage_mapped(self.folder):
            hits = self._searcher.search(tantivy.Query.all_query(), max(1, self.count())).hits
            return {self._searcher.doc(address)["chunk_id"][0] for _, address in hits}

    def apply(self, changed: Sequence[str], chunks: Iterable[StoredChunk], last_change: int, lineage: str) -> None:
        """Replaces everything of the articles `changed` by `chunks`, in one commit, and moves on to `last_change`."""
        with damage_mapped(self.folder):
            if self.folder:
                state.write(self.folder, self.last_change, self.lineage, closed=False)
            writer = self._index.writer(HEAP_BYTES, 1)
            for article_id in changed:
                writer.delete_documents_by_term("article_id", article_id)
            for stored in chunks:
                document = tantivy.Document()
                document.add_text("chunk_id", stored.chunk.id)
                document.add_text("article_id", stored.chunk.article_id)
                document.add_text("title", stored.title)
                document.add_text("heading", stored.chunk.heading)
                document.add_text("text", stored.chunk.text)
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            self.reload()
            if self.folder:
                state.write(self.folder, last_change, lineage, closed=True)
        self.last_change, self.lineage = last_change, lineage

    def reload(self) -> None:
        """Sees what was committed since, also by another process."""
        with damage_mapped(self.folder):
            self._index.reload()
            self._searcher = self._index.searcher()

    def search(self, text: str, k: int, allowed: frozenset[str] | None = None) -> list[Hit]:
        """The k best chunks by BM25 over title, headings and text, of the articles `allowed` (None: all)."""
        words = list(dict.fromkeys(terms(text)))
        if not words or not self.count() or (allowed is not None and not allowed):
            return []
        schema = self._index.schema
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(tantivy.Query.term_query(schema, name, word), boost))
            for word in words
            for name, boost in BOOSTS.items()
        ]
        query = tantivy.Query.boolean_query(clauses)
        if allowed is not None:
            inside = tantivy.Query.const_score_query(
                tantivy.Query.term_set_query(schema, "article_id", sorted(allowed)), 0.0
            )
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, inside)])
        with damage_mapped(self.folder):
            hits = self._searcher.search(query, k).hits
            return [Hit(self._searcher.doc(address)["chunk_id"][0], score) for score, address in hits]

    def document_frequency(self, term: str) -> int:
        """In how many chunks a term stands (as `terms` gives it), in the field where it is most frequent."""
        with damage_mapped(self.folder):
            return max(int(self._searcher.doc_freq(name, term)) for name in BOOSTS)

    def close(self) -> None:
        """Nothing is left to write: every `apply` was a commit."""

    def abandon(self) -> None:
        """Nothing is held: files that are thrown away are gone when the last search in them is done."""
