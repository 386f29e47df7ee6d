"""What retrieval is measured on: the library of a suite, its questions, and how well a ranking serves each of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from rag.catalog import Catalog, StoredChunk
from rag.documents import Passage
from rag.embedding import Embedder
from rag.embedding.embedder import Vectors
from rag.embedding.sentence_vectors import Sentences
from rag.evaluation.found import DEPTH, evidence_measures, ranking_measures
from rag.evaluation.questions import Asked
from rag.evaluation.suite import Suite, names_in
from rag.indexes.facets import Allowed, Facets
from rag.indexes.lexical import LexicalIndex
from rag.question import Question, understand

# Chunks of which the articles are ranked: several may be of one.
LOOKED_AT = 50


@dataclass(frozen=True)
class Collection:
    """A library in memory with questions to it. Chunks are named by their places in `chunks`, in reading order.

    `measure` is what counts here: nDCG@10 over articles, or evidence@10, the share of key phrases in ten passages.
    """

    name: str
    measure: str
    asked: tuple[Asked, ...]
    questions: tuple[Question, ...]
    vectors_asked: Vectors
    relevance: tuple[Mapping[str, int], ...]
    allowed: tuple[Allowed | None, ...]
    chunks: tuple[StoredChunk, ...]
    vectors: Vectors
    sentences: tuple[Sentences, ...]

    @cached_property
    def articles(self) -> tuple[str, ...]:
        """The articles' ids, in the order of the chunks."""
        return tuple(dict.fromkeys(stored.chunk.article_id for stored in self.chunks))

    @cached_property
    def article_of(self) -> NDArray[np.int64]:
        """Which of `articles` each chunk is of."""
        place = {id_: at for at, id_ in enumerate(self.articles)}
        return np.array([place[stored.chunk.article_id] for stored in self.chunks], dtype=np.int64)

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each chunk stands, by its id."""
        return {stored.chunk.id: at for at, stored in enumerate(self.chunks)}

    @cached_property
    def index(self) -> LexicalIndex:
        """The word index as the product has it."""
        index = LexicalIndex.in_memory()
        index.apply([], self.chunks, 1, "")
        return index

    def mask(self, number: int) -> NDArray[np.bool_]:
        """Which chunks the question of this number may use."""
        allowed = self.allowed[number]
        if allowed is None:
            return np.ones(len(self.chunks), dtype=bool)
        return np.array([id_ in allowed for id_ in self.articles], dtype=bool)[self.article_of]

    def figure(self, number: int, ranked: Sequence[int]) -> float:
        """How well chunks, best first, serve the question of this number."""
        if self.measure.startswith("nDCG"):
            ids = [self.articles[self.article_of[at]] for at in ranked[:LOOKED_AT]]
            return ranking_measures(list(dict.fromkeys(ids)), self.relevance[number])[self.measure]
        stored = [self.chunks[at] for at in ranked[:DEPTH]]
        passages = [Passage.of(one.chunk, one.title, one.published, score=0.0) for one in stored]
        return evidence_measures(self.asked[number], passages)[self.measure]


def read_collection(
    suite: Suite, asked: Sequence[Asked], measure: str, catalog: Catalog, model: Embedder
) -> Collection:
    """The library of `suite` and those of its questions that can be searched for by themselves and have a figure."""
    kept = [
        one for one in asked if one.answerable and not one.history and (one.phrases or not measure.startswith("ev"))
    ]
    questions = [understand(one.question, as_of=one.as_of, companies=one.companies) for one in kept]
    facets, names = Facets(catalog), names_in(suite, catalog)
    chunks = catalog.chunks_of([article.id for article in catalog.articles()])
    sentences = catalog.sentences([stored.chunk.id for stored in chunks])
    return Collection(
        name=suite.name,
        measure=measure,
        asked=tuple(kept),
        questions=tuple(questions),
        vectors_asked=np.stack([model.embed_question(one.wording) for one in questions]),
        relevance=tuple(names.relevance(one) for one in kept),
        allowed=tuple(facets.allowed(one.limits) for one in questions),
        chunks=tuple(chunks),
        vectors=np.stack([stored.vector for stored in chunks]),
        sentences=tuple(sentences[stored.chunk.id] for stored in chunks),
    )


def some_documents(suite: Suite, count: int, folder: Path) -> Suite:
    """A suite over `count` documents of a collection in BEIR's layout: those some question needs, others by chance."""
    assert suite.documents is not None
    lines = {
        str(json.loads(line)["_id"]): line for line in suite.documents.read_text(encoding="utf-8").splitlines(True)
    }
    needed = {id_ for one in suite.questions for id_ in one.relevance}
    others = [id_ for id_ in lines if id_ not in needed]
    kept = needed | set(Random(0).sample(others, max(0, count - len(needed))))
    folder.mkdir(parents=True, exist_ok=True)
    shorter = folder / f"{suite.name}-{count}.jsonl"
    shorter.write_text("".join(line for id_, line in lines.items() if id_ in kept), encoding="utf-8")
    return replace(suite, name=f"{suite.name}-{count}", documents=shorter)
