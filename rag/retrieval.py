"""Finds the passages for a question: two legs, fused, one story once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from rag.catalog import Catalog
from rag.copies import distinct, named
from rag.documents import Passage
from rag.embedding import Embedder
from rag.indexes import Indexes
from rag.indexes.hits import Hit
from rag.indexes.lexical import terms
from rag.names import Names
from rag.question import Question

# Min-max fusion with this share for the dense leg was best on SciFact's training claims: nDCG@10 .725 on the test
# claims, against .715 for reciprocal rank fusion, .686 for the words alone and .645 for the vectors alone.
DENSE_SHARE = 0.45
DEPTH = 100
LONGEST_INITIALS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """The passages for a question, best first, and how many articles they were chosen from (None: all)."""

    passages: tuple[Passage, ...]
    articles: int | None = None


class Retriever:
    """Searches one library. Thread safe; blocking."""

    def __init__(self, catalog: Catalog, embedder: Embedder, indexes: Indexes) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._indexes = indexes

    def retrieve(self, question: Question, k: int) -> Found:
        """The k best passages: filtered by as-of date and companies, fused from both legs, one origin per story."""
        allowed = self._catalog.allowed(as_of=question.as_of, companies=question.only)
        vector = self._embedder.embed_question(question.wording)
        dense = self._indexes.search_dense(vector, DEPTH, allowed)
        lexical = self._indexes.search_lexical(question.wording, DEPTH, allowed)
        fused = fuse(dense, lexical)
        return Found(tuple(self._passages(fused, k, allowed)), None if allowed is None else len(allowed))

    def unknown_names(self, question: Question) -> tuple[str, ...]:
        """The things a question is about that occur nowhere in the library.

        A single ordinary capitalised word is left to the answerer when a company is named: `Which Parisian lab did
        Mistral AI buy?` may be answered by a text that says `French`.
        """
        return tuple(
            name
            for name in question.names
            if (_is_specific(name, question.known) or (not question.companies and not name.isupper()))
            and not any(map(self._occurs, _ways_to_say(name, question.known)))
        )

    def _occurs(self, name: str) -> bool:
        words = terms(name)
        return not words or all(self._indexes.document_frequency(word) for word in words)

    def _passages(self, fused: Sequence[Hit], k: int, allowed: frozenset[str] | None) -> Iterable[Passage]:
        """The best k that say different things: what is a copy of one that was taken already adds nothing."""
        found = list(islice(distinct(fused[: 4 * k], self._catalog, allowed), k))
        chunks = self._catalog.chunks([one.hit.chunk_id for one in found])
        for one in found:
            stored = chunks.get(one.hit.chunk_id)
            if stored is None:
                continue  # removed since the index was read
            chunk = stored.chunk
            yield Passage(
                chunk_id=chunk.id,
                article_id=chunk.article_id,
                title=stored.title,
                published=stored.published,
                text=chunk.text,
                start=chunk.start,
                end=chunk.end,
                score=round(one.hit.score, 4),
                also_in=named(one.also_in),
                heading=chunk.heading,
            )


def _is_specific(name: str, known: Names) -> bool:
    """A known company, several words, or a word that no dictionary has: `GPT-4o`, `xAI`.

    Capitals only (`MCP`) may stand for words that the library writes out: that is left to the answerer too.
    """
    if known.companies_in(name):
        return True
    return not name.isalpha() or not (name[1:].islower() or (name.isupper() and len(name) <= LONGEST_INITIALS))


def _ways_to_say(name: str, known: Names) -> tuple[str, ...]:
    """A name, and those of the company it stands for."""
    return (name, *known.names_of(known.company_of(name)))


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit], dense_share: float = DENSE_SHARE) -> list[Hit]:
    """Weighted sum of both legs' scores, each scaled to 0..1 over its own hits; best first.

    A chunk that one leg did not find counts there as its worst hit does. See Bruch, Gai and Ingber, "An Analysis of
    Fusion Functions for Hybrid Retrieval" (2023).
    """
    scores: dict[str, float] = {}
    for share, hits in ((dense_share, dense), (1 - dense_share, lexical)):
        for hit, scaled in zip(hits, _scaled([hit.score for hit in hits]), strict=True):
            scores[hit.chunk_id] = scores.get(hit.chunk_id, 0.0) + share * scaled
    return sorted((Hit(*item) for item in scores.items()), key=lambda hit: (-hit.score, hit.chunk_id))


def _scaled(scores: Sequence[float]) -> list[float]:
    if not scores:
        return []
    values = np.asarray(scores, dtype=np.float64)
    low, high = values.min(), values.max()
    if high == low:
        return [1.0] * len(scores)
    return [float(value) for value in (values - low) / (high - low)]
