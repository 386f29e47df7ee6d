"""Means over questions, by kind, with the interval they would move in for other questions of the same sort."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

from rag.evaluation.measures import is_time
from rag.evaluation.records import Record, measures_in

ALL = "all"
RESAMPLES = 2000
SEED = 20231214


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's mean over `count` questions of a kind, with its 95% interval."""

    measure: str
    kind: str
    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds that a step takes: of the question in the middle, and what 95 of 100 do not exceed."""

    measure: str
    median: float
    late: float
    count: int


def figures_of(records: Iterable[Record]) -> list[Figure]:
    """Every measure over all questions, and by kind."""
    records = list(records)
    records += _pairs(records)
    kinds = sorted({record.kind for record in records})
    found = []
    for measure in measures_in(records):
        for kind in (ALL, *(kinds if len(kinds) > 1 else ())):
            values = [r.measures[measure] for r in records if measure in r.measures and kind in (ALL, r.kind)]
            if values:
                found.append(_figure(measure, kind, np.asarray(values, dtype=np.float64)))
    return found + _refusals(records)


def times_of(records: Iterable[Record]) -> list[Times]:
    """How long each step takes; a mean alone would hide the slow ones."""
    records = list(records)
    found = []
    for measure in filter(is_time, measures_in(records)):
        values = [record.measures[measure] for record in records if measure in record.measures]
        median, late = (float(value) for value in np.percentile(values, (50, 95)))
        found.append(Times(measure, median, late, len(values)))
    return found


def value_of(figures: Sequence[Figure], measure: str, kind: str = ALL) -> Figure | None:
    """The figure of one measure, or None where it was not measured."""
    return next((figure for figure in figures if figure.measure == measure and figure.kind == kind), None)


def interval_of(values: NDArray[np.float64]) -> tuple[float, float]:
    """The 95% interval of the mean of these values, one for each question."""
    return _interval((values,), lambda sample, axis: sample.mean(axis=axis), float(values.mean()))


def _figure(measure: str, kind: str, values: NDArray[np.float64]) -> Figure:
    return Figure(measure, kind, float(values.mean()), *interval_of(values), len(values))


def _interval(
    samples: tuple[NDArray[np.float64], ...], statistic: Callable[..., NDArray[np.float64]], mean: float
) -> tuple[float, float]:
    """The percentile bootstrap's 95% interval (Efron and Tibshirani, 1993); questions are drawn whole."""
    if len(samples[0]) < 2 or all(np.ptp(sample) == 0 for sample in samples):
        return mean, mean
    drawn = bootstrap(
        samples,
        statistic,
        paired=len(samples) > 1,
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=100,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return float(np.nan_to_num(drawn.low, nan=mean)), float(np.nan_to_num(drawn.high, nan=mean))


def _refusals(records: Sequence[Record]) -> list[Figure]:
    """How many of the refused questions had no answer: a ratio, so not a mean over questions."""
    judged = [r for r in records if "refused" in r.measures]
    refused = np.asarray([r.measures["refused"] for r in judged])
    rightly = np.asarray([r.measures["refused"] * ("refusal recall" in r.measures) for r in judged])
    if not refused.sum():
        return []
    mean = float(rightly.sum() / refused.sum())

    def precision(right: NDArray[np.float64], all_: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
        return cast(NDArray[np.float64], right.sum(axis=axis) / np.maximum(all_.sum(axis=axis), 1))

    low, high = _interval((rightly, refused), precision, mean)
    return [Figure("refusal precision", ALL, mean, low, high, int(refused.sum()))]


def _pairs(records: Sequence[Record]) -> list[Record]:
    """One record for each pair of questions: right when both are."""
    by_id = {record.id: record for record in records}
    found = []
    for record in records:
        other = by_id.get(record.pair or "")
        if other is not None and record.id < other.id and "correct and cited" in record.measures:
            both = min(record.measures["correct and cited"], other.measures.get("correct and cited", 0.0))
            name = f"{record.id} & {other.id}"
            found.append(Record(name, record.kind, record.question, {"as-of pair right": both}))
    return found
