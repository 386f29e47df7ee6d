"""The signals of a search, each on its own: what every one of them says of the chunks that may be found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval_collections import Collection
from benchmarks.retrieval_words import WordIndex, Words
from rag.embedding.sentence_vectors import Sentences, nearest
from rag.fusion import ARTICLE, DENSE, WORDS
from rag.indexes.lexical import ARTICLE_BOOSTS, SOURCE
from rag.retrieval import DEPTH

Scores = NDArray[np.float64]
Found = dict[int, float]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The chunks that may be found for one question: their places, and each signal scaled to 0..1 as `rag.fusion` does.

    `raw` are the scores before scaling; what a signal did not find is 0 in both. `ranks` begin at 1, 0 for not found.
    """

    at: NDArray[np.int64]
    raw: dict[str, Scores]
    signals: dict[str, Scores]
    ranks: dict[str, Scores]

    def add(self, name: str, scores: Scores) -> None:
        """Adds a signal that has a score for every candidate."""
        self.raw[name], self.signals[name] = scores, _scaled(scores)
        self.ranks[name] = (np.argsort(np.argsort(-scores, kind="stable"), kind="stable") + 1).astype(np.float64)


# What finds candidates: for the question of a number, the best chunks (or articles, for ARTICLE) with their scores.
Leg = Callable[[int], Found]


def product_legs(collection: Collection, depth: int = DEPTH) -> dict[str, Leg]:
    """The product's three, exactly searched."""
    articles = {id_: at for at, id_ in enumerate(collection.articles)}

    def dense(number: int) -> Found:
        scores = np.where(collection.mask(number), collection.vectors @ collection.vectors_asked[number], -np.inf)
        best = np.argsort(-scores, kind="stable")[:depth]
        return {int(at): float(scores[at]) for at in best if np.isfinite(scores[at])}

    def words(number: int) -> Found:
        wording, allowed = collection.questions[number].wording, collection.allowed[number]
        return {collection.place[hit.chunk_id]: hit.score for hit in collection.index.search(wording, depth, allowed)}

    def article(number: int) -> Found:
        wording, allowed = collection.questions[number].wording, collection.allowed[number]
        found = collection.index.search_articles(wording, depth, allowed)
        return {articles[id_]: score for id_, score in found.items()}

    return {DENSE: dense, WORDS: words, ARTICLE: article}


def chunk_words(collection: Collection, words: Words, depth: int = DEPTH) -> Leg:
    """BM25 over chunks in another way than the product's."""
    texts = (
        {
            "title": stored.title,
            "heading": f"{stored.chunk.heading}\n{stored.chunk.header}",
            "text": stored.chunk.text,
            SOURCE: stored.source,
        }
        for stored in collection.chunks
    )
    index = WordIndex(words, texts)

    def found(number: int) -> Found:
        mask = collection.mask(number)
        hits = index.search(collection.questions[number].wording, depth if mask.all() else len(mask))
        return dict([(at, score) for at, score in hits.items() if mask[at]][:depth])

    return found


def article_words(collection: Collection, words: Words, depth: int = DEPTH) -> Leg:
    """BM25 over whole articles in another way than the product's; with who published them, where SOURCE has a boost."""
    texts = []
    for _, parts in groupby(collection.chunks, lambda stored: stored.chunk.article_id):
        whole = list(parts)
        source = [whole[0].source] if SOURCE in words.boosts else []
        texts.append({"whole": "\n".join([whole[0].title, *source, *(stored.chunk.text for stored in whole)])})
    index = WordIndex(replace(words, boosts=ARTICLE_BOOSTS), texts)

    def found(number: int) -> Found:
        allowed = collection.allowed[number]
        hits = index.search(collection.questions[number].wording, depth if allowed is None else len(texts))
        return dict(
            [(at, s) for at, s in hits.items() if allowed is None or collection.articles[at] in allowed][:depth]
        )

    return found


def candidates(collection: Collection, legs: Mapping[str, Leg]) -> list[Candidates]:
    """For every question, what the legs that find chunks find together, with what each says of it."""
    return [_candidates(collection, {name: leg(number) for name, leg in legs.items()}) for number in _all(collection)]


def _candidates(collection: Collection, found: Mapping[str, Found]) -> Candidates:
    at = np.array(list(dict.fromkeys([*found[DENSE], *found[WORDS]])), dtype=np.int64)
    one = Candidates(at, {}, {}, {})
    for name, scores in found.items():
        keys = collection.article_of[at] if name == ARTICLE else at
        scaled = dict(zip(scores, _scaled(np.array(list(scores.values()))), strict=True))
        rank = {key: place for place, key in enumerate(sorted(scores, key=lambda key: -scores[key]), 1)}
        one.raw[name] = np.array([scores.get(int(key), 0.0) for key in keys])
        one.signals[name] = np.array([scaled.get(int(key), 0.0) for key in keys])
        one.ranks[name] = np.array([rank.get(int(key), 0.0) for key in keys])
    return one


def add_neighbours(collection: Collection, found: Sequence[Candidates]) -> None:
    """The nearer one of the passages before and behind, of the same article."""
    same = np.concatenate([[False], collection.article_of[1:] == collection.article_of[:-1], [False]])
    for number, one in enumerate(found):
        scores = collection.vectors @ collection.vectors_asked[number]
        around = np.concatenate([[-1.0], scores, [-1.0]])
        before, behind = np.where(same[:-1], around[:-2], -1.0), np.where(same[1:], around[2:], -1.0)
        nearest = np.maximum(before, behind)
        one.add("neighbours", np.where(nearest > -1, nearest, scores)[one.at])


def add_article_mean(collection: Collection, found: Sequence[Candidates]) -> None:
    """The mean of the vectors of a passage's article."""
    sums = np.zeros((len(collection.articles), collection.vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, collection.article_of, collection.vectors)
    sums /= np.linalg.norm(sums, axis=1, keepdims=True)
    for number, one in enumerate(found):
        one.add("article mean", (sums @ collection.vectors_asked[number])[collection.article_of[one.at]])


def add_feedback(collection: Collection, found: Sequence[Candidates], fused: Sequence[Scores], first: int = 3) -> None:
    """Pseudo-relevance feedback: nearness to the question moved half-way to the first few found (Rocchio, 1971)."""
    for number, one in enumerate(found):
        best = one.at[np.argsort(-fused[number], kind="stable")[:first]]
        moved = collection.vectors_asked[number] + collection.vectors[best].mean(axis=0)
        one.add("feedback", collection.vectors[one.at] @ (moved / np.linalg.norm(moved)))


def add_sentences(
    name: str, collection: Collection, found: Sequence[Candidates], sentences: Sequence[Sentences]
) -> None:
    """The most similar sentence of a passage; `sentences` are those of every chunk."""
    for number, one in enumerate(found):
        near = nearest([sentences[at] for at in one.at], collection.vectors_asked[number])
        one.add(name, np.array(near))


def _all(collection: Collection) -> range:
    return range(len(collection.questions))


def _scaled(scores: Scores) -> Scores:
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.ones_like(scores)
