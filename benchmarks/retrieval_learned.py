"""Fusion that is learned: models over what the signals say of a passage and a few things that can be read from it."""

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from benchmarks.retrieval_collections import Collection
from benchmarks.retrieval_signals import Candidates, Scores
from rag.indexes.lexical import terms

FOLDS = 5
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Classifier(Protocol):
    """What scikit-learn's models do."""

    def fit(self, features: Scores, labels: NDArray[np.bool_]) -> object: ...

    def predict_proba(self, features: Scores) -> Scores: ...


def logistic() -> Classifier:
    """A weighted sum."""
    model: Classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    return model


def boosted() -> Classifier:
    """A small ensemble of trees."""
    model: Classifier = HistGradientBoostingClassifier(
        max_iter=80, max_leaf_nodes=8, learning_rate=0.08, min_samples_leaf=60, l2_regularization=1.0, random_state=0
    )
    return model


def fold_of(id_: str) -> int:
    """The fold a question belongs to, once and for all."""
    return hashlib.sha256(id_.encode()).digest()[1] % FOLDS


def features(collection: Collection, found: Sequence[Candidates], signals: Sequence[str]) -> list[Scores]:
    """For every question a row for each candidate: scores, scaled and raw, ranks, overlap, names, numbers, length."""
    words = [_words(stored.title, stored.chunk.text) for stored in collection.chunks]
    return [_features(collection, number, one, signals, words) for number, one in enumerate(found)]


def _features(
    collection: Collection, number: int, one: Candidates, signals: Sequence[str], words: Sequence[tuple[set[str], ...]]
) -> Scores:
    question = collection.questions[number]
    asked, numbers = set(terms(question.wording)), set(_NUMBER.findall(question.wording))
    names = [name.casefold() for name in question.names]
    of = collection.article_of[one.at]
    columns = [np.array([float(np.sum(of == article)) for article in of])]
    for name in signals:
        rank = one.ranks[name]
        columns += [one.raw[name], one.signals[name], np.where(rank > 0, 1 / np.maximum(rank, 1), 0.0)]
    rows = []
    for place in one.at:
        stored = collection.chunks[place]
        text, title = words[place]
        whole = f"{stored.title} {stored.chunk.text}".casefold()
        rows.append(
            [
                len(asked & text) / max(1, len(asked)),
                len(asked & title) / max(1, len(asked)),
                sum(name in whole for name in names) / max(1, len(names)),
                sum(figure in whole for figure in numbers) / max(1, len(numbers)),
                math.log(len(stored.chunk.text)),
                float(stored.chunk.position),
            ]
        )
    return np.column_stack([*columns, np.array(rows)])


def labels(collection: Collection, found: Sequence[Candidates]) -> list[NDArray[np.bool_]]:
    """Which candidates are of an article that answers."""
    relevant = [{id_ for id_, grade in its.items() if grade > 0} for its in collection.relevance]
    return [
        np.array([collection.articles[collection.article_of[at]] in right for at in one.at], dtype=bool)
        for one, right in zip(found, relevant, strict=True)
    ]


def cross_validated(
    make: Callable[[], Classifier], rows: Sequence[Scores], right: Sequence[NDArray[np.bool_]], folds: Sequence[int]
) -> list[Scores]:
    """Each question's scores by a model that was fitted to the other folds."""
    scores: list[Scores] = [np.empty(0)] * len(rows)
    for fold in range(FOLDS):
        model = _fitted(make, rows, right, [number for number, its in enumerate(folds) if its != fold])
        for number in (number for number, its in enumerate(folds) if its == fold):
            scores[number] = model.predict_proba(rows[number])[:, 1]
    return scores


def transferred(
    make: Callable[[], Classifier], rows: Sequence[Scores], right: Sequence[NDArray[np.bool_]], to: Sequence[Scores]
) -> list[Scores]:
    """The scores of another collection's candidates by a model that was fitted to all of this one."""
    model = _fitted(make, rows, right, range(len(rows)))
    return [model.predict_proba(its)[:, 1] for its in to]


def _fitted(
    make: Callable[[], Classifier], rows: Sequence[Scores], right: Sequence[NDArray[np.bool_]], some: Sequence[int]
) -> Classifier:
    model = make()
    model.fit(np.concatenate([rows[number] for number in some]), np.concatenate([right[number] for number in some]))
    return model


def _words(title: str, text: str) -> tuple[set[str], set[str]]:
    of_title = set(terms(title))
    return of_title | set(terms(text)), of_title
