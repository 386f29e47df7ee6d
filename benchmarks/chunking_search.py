"""Searches chunks as `rag/retrieval.py` does but for sentences: an exact scan for the vectors, tantivy, and `fuse`."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.chunking_texts import Evidence
from rag.catalog import StoredChunk
from rag.documents import Article, Chunk
from rag.embedding import Embedder
from rag.embedding.embedder import Vectors
from rag.fusion import ARTICLE, DENSE, WORDS, fuse, scaled
from rag.indexes.lexical import LexicalIndex
from rag.retrieval import DEPTH

TOP = 10
# Without the nearest sentence, whose vectors only the default chunks have.
WEIGHTS = {DENSE: 0.45, WORDS: 0.15, ARTICLE: 0.4}
# About what ten chunks of the default length hold: the same amount of text for everyone, whatever the chunks' length.
FEW_WORDS = 1000
# Texts embedded and written to the cache at once.
BATCH = 128

Cut = Callable[[Article], list[Chunk]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The chunks for every query, best first, by each way to search."""

    dense: Mapping[str, list[Chunk]]
    fused: Mapping[str, list[Chunk]]


def search_all(
    articles: Sequence[Article], cut: Cut, titled: bool, queries: Mapping[str, str], embed: Callable[..., Vectors]
) -> tuple[list[Chunk], Ranked]:
    """Cuts the articles and ranks the chunks for every query; `titled`: title and headings are read too."""
    titles = {article.id: article.title if titled else "" for article in articles}
    chunks = [chunk for article in articles for chunk in cut(article)]
    vectors = embed([chunk.to_embed(titles[chunk.article_id]) for chunk in chunks])
    asked = embed(list(queries.values()))
    index = LexicalIndex.in_memory()
    index.apply([], [StoredChunk(chunk, titles[chunk.article_id], None, vectors[0]) for chunk in chunks], 1, "")
    by_id = {chunk.id: chunk for chunk in chunks}
    dense: dict[str, list[Chunk]] = {}
    fused: dict[str, list[Chunk]] = {}
    for (query_id, text), vector in zip(queries.items(), asked, strict=True):
        scores = vectors @ vector
        nearest = np.argsort(-scores, kind="stable")[:DEPTH]
        by_vector = {chunks[at].id: float(scores[at]) for at in nearest}
        by_words = {hit.chunk_id: hit.score for hit in index.search(text, DEPTH)}
        by_article = index.search_articles(text, DEPTH)
        signals = {DENSE: scaled(by_vector), WORDS: scaled(by_words), ARTICLE: scaled(by_article)}
        dense[query_id] = [by_id[id_] for id_ in by_vector]
        fused[query_id] = [by_id[ranked.chunk_id] for ranked in fuse(signals, [*by_vector, *by_words], WEIGHTS)]
    return chunks, Ranked(dense, fused)


def evidence_found(evidence: Sequence[Evidence], chunks: Sequence[Chunk]) -> float:
    """The share of the facts that stand wholly in the chunks, taken together."""
    return sum(_is_covered(fact, chunks) for fact in evidence) / len(evidence)


def first_words(chunks: Sequence[Chunk], words: int = FEW_WORDS) -> list[Chunk]:
    """The best chunks that hold no more than so many words; at least one."""
    kept: list[Chunk] = []
    for chunk in chunks:
        words -= len(chunk.text.split())
        if words < 0 and kept:
            break
        kept.append(chunk)
    return kept


def _is_covered(fact: Evidence, chunks: Sequence[Chunk]) -> bool:
    at = fact.start
    for start, end in sorted((c.start, c.end) for c in chunks if c.article_id == fact.article_id):
        if start > at:
            break
        at = max(at, end)
        if at >= fact.end:
            return True
    return False


class CachedEmbedder:
    """Embeds what it has not embedded before in the folder; a run that was stopped goes on where it was."""

    def __init__(self, embedder: Embedder, folder: Path, tell: Callable[[str], None]) -> None:
        self._embedder = embedder
        self._folder = folder
        self._tell = tell
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, texts: Sequence[str]) -> Vectors:
        parts = []
        for at in range(0, len(texts), BATCH):
            batch = texts[at : at + BATCH]
            key = hashlib.sha256("\0".join([self._embedder.stamp.name, *batch]).encode()).hexdigest()
            path = self._folder / f"{key}.npy"
            if not path.exists():
                self._tell(f"embedding {at:,} to {at + len(batch):,} of {len(texts):,} texts")
                scratch = path.with_suffix(".new.npy")
                np.save(scratch, self._embedder.embed(batch))
                scratch.replace(path)
            parts.append(np.load(path))
        return np.concatenate(parts)
