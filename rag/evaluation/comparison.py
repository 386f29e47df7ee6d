"""Two runs, question by question: what was gained, what was lost, and whether chance would do the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.stats import permutation_test

from rag.errors import ConfigurationError
from rag.evaluation.figures import SEED, interval_of
from rag.evaluation.measures import grouped, lower_is_better
from rag.evaluation.questions import Asked
from rag.evaluation.records import Record, Run, measures_in

RESAMPLES = 9999


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure in both runs over the questions they share. `p` is that of a paired, two-sided permutation test: how
    often questions with exchanged runs differ as much (Smucker, Allan and Carterette, 2007). `low` and `high` are the
    95% interval of the change. A question is `gained` where its value is better than before."""

    measure: str
    before: float
    after: float
    p: float
    count: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    low: float
    high: float

    @property
    def change(self) -> float:
        """What the later run has more."""
        return self.after - self.before


def check_common(before: Run, questions: Sequence[Asked]) -> None:
    """Raises ConfigurationError when none of the questions was asked in the earlier run: told before they are asked."""
    if not any(asked.id in before.records for asked in questions):
        raise ConfigurationError(
            f"{before.folder} has none of these questions: nothing could be compared.", "Compare runs of one suite."
        )


def compare(before: Run, after: Run, measures: Sequence[str] = ()) -> list[Difference]:
    """The differences in `measures` (all that both have, by default). Raises ConfigurationError without a common
    question."""
    shared = [(before.records[id_], record) for id_, record in after.records.items() if id_ in before.records]
    if not shared:
        raise ConfigurationError(
            f"{before.folder} and {after.folder} have no question in common.", "Compare runs of one suite."
        )
    names = measures or list(chain(*grouped(measures_in(record for _, record in shared)).values()))
    return [difference for name in names if (difference := _difference(name, shared)) is not None]


def _difference(measure: str, shared: Sequence[tuple[Record, Record]]) -> Difference | None:
    both = [(b, a) for b, a in shared if measure in b.measures and measure in a.measures]
    if not both:
        return None
    old = np.asarray([b.measures[measure] for b, _ in both])
    new = np.asarray([a.measures[measure] for _, a in both])
    better = (old - new if lower_is_better(measure) else new - old).tolist()
    low, high = interval_of(new - old)
    return Difference(
        measure,
        before=float(old.mean()),
        after=float(new.mean()),
        p=paired_p(old, new),
        count=len(both),
        gained=tuple(a.id for (_, a), change in zip(both, better, strict=True) if change > 0),
        lost=tuple(a.id for (_, a), change in zip(both, better, strict=True) if change < 0),
        low=low,
        high=high,
    )


def paired_p(old: NDArray[np.float64], new: NDArray[np.float64]) -> float:
    """The p-value of the paired permutation test; 1 when nothing differs."""
    if np.array_equal(old, new):
        return 1.0

    def mean_difference(one: NDArray[np.float64], other: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
        return cast(NDArray[np.float64], np.mean(one - other, axis=axis))

    tested = permutation_test(
        (new, old),
        mean_difference,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=500,
        rng=np.random.default_rng(SEED),
    )
    return float(tested.pvalue)
