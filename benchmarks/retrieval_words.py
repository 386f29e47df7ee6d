"""BM25 indexes that differ from the product's in one thing: the words they keep, a field's weight, pairs of words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import tantivy

from rag.indexes.lexical import BOOSTS, STOP_WORDS

_ANALYSER = "words"


@dataclass(frozen=True, slots=True)
class Words:
    """How texts become terms and how these count: `boosts` by field; `pairs` is the boost of two words side by side."""

    boosts: Mapping[str, float] = field(default_factory=lambda: dict(BOOSTS))
    stop_words: bool = True
    stemming: bool = True
    pairs: float = 0.0

    def analyser(self) -> tantivy.TextAnalyzer:
        """The product's, with and without its parts."""
        builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.remove_long(60))
        builder = builder.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())
        if self.stop_words:
            builder = builder.filter(tantivy.Filter.custom_stopword(STOP_WORDS))
        if self.stemming:
            builder = builder.filter(tantivy.Filter.stemmer("english"))
        return builder.build()


class WordIndex:
    """Texts by field, found by BM25; named by their number."""

    def __init__(self, words: Words, texts: Iterable[Mapping[str, str]]) -> None:
        self._words = words
        self._analyser = words.analyser()
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("number", stored=True, fast=True)
        for name in words.boosts:
            builder.add_text_field(name, tokenizer_name=_ANALYSER)
        self._index = tantivy.Index(builder.build())
        self._index.register_tokenizer(_ANALYSER, words.analyser())
        writer = self._index.writer(64_000_000, 1)
        for number, fields in enumerate(texts):
            document = tantivy.Document()
            document.add_unsigned("number", number)
            for name in words.boosts:
                document.add_text(name, fields[name])
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, question: str, k: int) -> dict[int, float]:
        """The k best by number, with their scores."""
        found = self._analyser.analyze(question)
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(list(self._clauses(found))), k).hits
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        return {int(number or 0): score for number, (score, _) in zip(numbers, hits, strict=True)}

    def _clauses(self, found: list[str]) -> Iterable[tuple[tantivy.Occur, tantivy.Query]]:
        schema = self._index.schema
        for name, boost in self._words.boosts.items():
            for term in dict.fromkeys(found):
                query = tantivy.Query.term_query(schema, name, term)
                yield tantivy.Occur.Should, tantivy.Query.boost_query(query, boost)
            for pair in dict.fromkeys(pairwise(found)) if self._words.pairs else ():
                query = tantivy.Query.phrase_query(schema, name, list(pair))
                yield tantivy.Occur.Should, tantivy.Query.boost_query(query, boost * self._words.pairs)
