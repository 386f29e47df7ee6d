"""The ways to find passages that are compared: each gives every question's candidates a score."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from benchmarks.retrieval_collections import Collection
from benchmarks.retrieval_learned import (
    FOLDS,
    Classifier,
    boosted,
    cross_validated,
    features,
    fold_of,
    labels,
    logistic,
    transferred,
)
from benchmarks.retrieval_signals import (
    Candidates,
    Leg,
    Scores,
    add_article_mean,
    add_feedback,
    add_neighbours,
    add_sentences,
    article_words,
    candidates,
    chunk_words,
    product_legs,
)
from benchmarks.retrieval_tokens import Finer, late_interaction
from benchmarks.retrieval_words import Words
from rag.fusion import ARTICLE, DENSE, SENTENCE, WEIGHTS, WORDS
from rag.indexes.lexical import BOOSTS, SOURCE

PRODUCT = f"Dossier: {', '.join(f'{name} {weight:g}' for name, weight in WEIGHTS.items())}"
BEFORE = {DENSE: 0.45, WORDS: 0.15, ARTICLE: 0.4}
# Passages that token vectors look at again.
LATE = 30
MIXES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6)
RRF = 60

Figures = list[float]


@dataclass(frozen=True, slots=True)
class Row:
    """A way, and the figure of every question of each collection, in order. `note`: a weight that was chosen."""

    name: str
    figures: Mapping[str, Figures]
    note: str = ""


class Ways:
    """Measures on several collections. What is learned or chosen is so on the first of them, in folds; for the others
    it is learned on all of the first. Without `finer` vectors, what needs them is left out.
    """

    def __init__(self, collections: Sequence[Collection], finer: Mapping[str, Finer]) -> None:
        self._collections = collections
        self._finer = finer
        self._first = collections[0]
        self._folds = [fold_of(one.id) for one in self._first.asked]
        self._base = {one.name: _found(one, product_legs(one)) for one in collections}

    def rows(self) -> Iterator[Row]:
        """Every way, the product's settings first."""
        base = self._base
        yield self._weighted(PRODUCT, base, WEIGHTS)
        yield self._weighted("without sentences: dense 0.45, words 0.15, article 0.4", base, BEFORE)
        yield self._chosen("weights chosen on one half of the questions, scored on the other")
        yield self._weighted("dense alone", base, {DENSE: 1.0})
        yield self._weighted("nearest sentence alone", base, {SENTENCE: 1.0})
        yield self._weighted("chunk BM25 alone", base, {WORDS: 1.0})
        yield self._weighted("article BM25 alone (dense among its chunks)", base, {ARTICLE: 1.0, DENSE: 0.001})
        yield self._ranked(f"dense and words by reciprocal ranks (k {RRF})", (DENSE, WORDS))
        yield self._ranked(f"all four by reciprocal ranks (k {RRF})", tuple(WEIGHTS))
        yield self._weighted("dense 0.45 and words 0.55", base, {DENSE: 0.45, WORDS: 0.55})
        yield from self._other_words()
        for depth in (50, 200):
            found = {one.name: _found(one, product_legs(one, depth)) for one in self._collections}
            yield self._weighted(f"{depth} hits of each signal instead of 100", found, WEIGHTS)
        yield from self._further_signals()
        if self._finer:
            yield from self._finer_signals()
        yield from self._learned()

    def _other_words(self) -> Iterator[Row]:
        boosts = dict(BOOSTS)
        for name, words in {
            "title twice in chunk BM25": Words({**boosts, "title": 2.0}),
            "title and headings twice in chunk BM25": Words({**boosts, "title": 2.0, "heading": 2.0}),
            "site and author twice in chunk BM25": Words({**boosts, SOURCE: 2.0}),
            "pairs of words in chunk BM25 (boost 0.3)": Words(boosts, pairs=0.3),
        }.items():
            yield self._weighted(name, self._with({WORDS: words}), WEIGHTS)
        without_source = {name: boost for name, boost in boosts.items() if name != SOURCE}
        for name, words in {
            "without site and author in both BM25": Words(without_source),
            "stop words kept": Words(boosts, stop_words=False),
            "no stemming": Words(boosts, stemming=False),
            "pairs of words in both BM25 (boost 0.3)": Words(boosts, pairs=0.3),
        }.items():
            yield self._weighted(name, self._with({WORDS: words, ARTICLE: words}), WEIGHTS)

    def _with(self, words: Mapping[str, Words]) -> dict[str, list[Candidates]]:
        found = {}
        for one in self._collections:
            legs = product_legs(one)
            legs[WORDS] = chunk_words(one, words[WORDS])
            if ARTICLE in words:
                legs[ARTICLE] = article_words(one, words[ARTICLE])
            found[one.name] = _found(one, legs)
        return found

    def _further_signals(self) -> Iterator[Row]:
        for one in self._collections:
            found = self._base[one.name]
            add_neighbours(one, found)
            add_article_mean(one, found)
            add_feedback(one, found, [_sum(its, WEIGHTS) for its in found])
        yield self._mixed("and the nearest passage beside it", "neighbours")
        yield self._mixed("and the mean vector of its article", "article mean")
        yield self._mixed("and feedback from the first three", "feedback")

    def _finer_signals(self) -> Iterator[Row]:
        for one in self._collections:
            found, finer = self._base[one.name], self._finer[one.name]
            add_sentences("sentence alone", one, found, finer.alone)
            for bits in (8, 4, 2):
                _add_late(f"tokens, {bits} bits", one, found, finer, bits)
        yield self._mixed("and its nearest sentence, read alone", "sentence alone")
        for bits in (8, 4, 2):
            yield self._mixed(f"and its tokens, {bits} bits a number, of the best {LATE}", f"tokens, {bits} bits")

    def _learned(self) -> Iterator[Row]:
        for name, make in (("logistic regression", logistic), ("boosted trees", boosted)):
            yield self._fitted(f"learned: {name}", make, tuple(WEIGHTS))
            yield self._fitted(f"learned: {name}, without sentences", make, tuple(BEFORE))

    def _fitted(self, name: str, make: Callable[[], Classifier], signals: Sequence[str]) -> Row:
        rows = {one.name: features(one, self._base[one.name], signals) for one in self._collections}
        first = self._first.name
        right = labels(self._first, self._base[first])
        scores = {one.name: transferred(make, rows[first], right, rows[one.name]) for one in self._collections[1:]}
        scores[first] = cross_validated(make, rows[first], right, self._folds)
        return Row(
            name, {one.name: self._figures(one, self._base[one.name], scores[one.name]) for one in self._collections}
        )

    def _weighted(self, name: str, found: Mapping[str, list[Candidates]], weights: Mapping[str, float]) -> Row:
        figures = {}
        for one in self._collections:
            scores = [_sum(its, weights) for its in found[one.name]]
            figures[one.name] = self._figures(one, found[one.name], scores)
        return Row(name, figures)

    def _ranked(self, name: str, signals: Sequence[str]) -> Row:
        figures = {}
        for one in self._collections:
            found = self._base[one.name]
            figures[one.name] = self._figures(one, found, [_reciprocal(its, signals) for its in found])
        return Row(name, figures)

    def _chosen(self, name: str) -> Row:
        """The best of all weights in steps of a tenth: chosen on each half of the first collection for the other."""
        tried = [dict(zip(WEIGHTS, shares, strict=True)) for shares in _shares(len(WEIGHTS), 10)]
        one = self._first
        found = self._base[one.name]
        first = np.array([self._figures(one, found, [_sum(its, weights) for its in found]) for weights in tried])
        halves = np.array([asked.half == "tuning" for asked in one.asked])
        best = {half: int(first[:, halves != half].mean(axis=1).argmax()) for half in (True, False)}
        overall = tried[int(first.mean(axis=1).argmax())]
        figures = dict(self._weighted(name, self._base, overall).figures)
        figures[one.name] = [float(first[best[bool(half)], number]) for number, half in enumerate(halves)]
        weights = ", ".join(f"{signal} {weight:g}" for signal, weight in overall.items())
        return Row(name, figures, f"on both together: {weights}")

    def _mixed(self, name: str, signal: str) -> Row:
        """The product's score and a further signal; how much of the latter is chosen in folds."""
        tried = [self._weighted(name, self._base, _mix(signal, share)).figures for share in MIXES]
        first = np.array([figures[self._first.name] for figures in tried])
        folds = np.array(self._folds)
        chosen = [int(first[:, folds != fold].mean(axis=1).argmax()) for fold in range(FOLDS)]
        best = int(first.mean(axis=1).argmax())
        figures = {**tried[best], self._first.name: [float(first[chosen[f], n]) for n, f in enumerate(self._folds)]}
        return Row(name, figures, f"its weight {MIXES[best]:g}")

    def _figures(self, collection: Collection, found: Sequence[Candidates], scores: Sequence[Scores]) -> Figures:
        return [
            collection.figure(number, [int(at) for at in one.at[np.lexsort((one.at, -its))]])
            for number, (one, its) in enumerate(zip(found, scores, strict=True))
        ]


def _found(collection: Collection, legs: Mapping[str, Leg]) -> list[Candidates]:
    found = candidates(collection, legs)
    add_sentences(SENTENCE, collection, found, collection.sentences)
    return found


def _shares(count: int, steps: int) -> Iterator[tuple[float, ...]]:
    """Every way to share 1 among so many, in so many steps."""
    for cuts in combinations(range(steps + count - 1), count - 1):
        edges = (-1, *cuts, steps + count - 1)
        yield tuple((behind - before - 1) / steps for before, behind in pairwise(edges))


def _mix(signal: str, share: float) -> dict[str, float]:
    return {**{name: weight * (1 - share) for name, weight in WEIGHTS.items()}, signal: share}


def _sum(one: Candidates, weights: Mapping[str, float]) -> Scores:
    total = np.zeros(len(one.at))
    for name, weight in weights.items():
        total += weight * one.signals[name]
    return total


def _reciprocal(one: Candidates, signals: Sequence[str]) -> Scores:
    total = np.zeros(len(one.at))
    for name in signals:
        total += np.where(one.ranks[name] > 0, 1 / (RRF + one.ranks[name]), 0.0)
    return total


def _add_late(name: str, collection: Collection, found: Sequence[Candidates], finer: Finer, bits: int) -> None:
    """Token vectors of the best of the product's passages; the others are as far as the farthest of these."""
    for number, one in enumerate(found):
        best = np.argsort(-_sum(one, WEIGHTS), kind="stable")[:LATE]
        near = [late_interaction(finer.asked[number], finer.tokens_of(int(one.at[at]), bits)) for at in best]
        scores = np.full(len(one.at), min(near))
        scores[best] = near
        one.add(name, scores)
