"""What became of a question is told apart: a miss of finding, a miss of answering, a refusal that was wrong."""

import pytest

from rag.evaluation.measures import GROUPS, grouped, is_quality, lower_is_better, meaning, shown
from rag.evaluation.outcomes import Outcome, outcome_of, outcomes
from rag.evaluation.records import Record

ANSWERED = {"refused": 0.0, "false refusal": 0.0, "correct": 0.0, "correct and cited": 0.0, "evidence read": 1.0}
REFUSED = ANSWERED | {"refused": 1.0, "false refusal": 1.0}


def record(**measures: float) -> Record:
    return Record("q", "kind", "?", measures)


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        (ANSWERED | {"correct": 1.0, "correct and cited": 1.0}, Outcome.RIGHT),
        (ANSWERED | {"correct": 1.0}, Outcome.UNCITED),
        (ANSWERED, Outcome.WRONG),
        (ANSWERED | {"evidence read": 0.0}, Outcome.WRONG_UNFOUND),
        (REFUSED, Outcome.REFUSED),
        (REFUSED | {"evidence read": 0.0}, Outcome.REFUSED_UNFOUND),
        ({"refused": 1.0, "false refusal": 1.0, "MRR@10": 1.0}, Outcome.REFUSED),
        ({"refused": 1.0, "refusal recall": 1.0}, Outcome.RIGHTLY_REFUSED),
        ({"refused": 0.0, "refusal recall": 0.0}, Outcome.GUESSED),
        ({"all evidence@10": 0.0, "MRR@10": 1.0}, Outcome.NOT_FOUND),
        ({"MRR@10": 0.5}, Outcome.FOUND),
    ],
)
def test_an_outcome_says_what_went_wrong(measures: dict[str, float], expected: Outcome) -> None:
    assert outcome_of(record(**measures)) is expected
    assert expected.good is (expected in (Outcome.RIGHT, Outcome.RIGHTLY_REFUSED, Outcome.FOUND))


def test_outcomes_are_counted_in_their_order() -> None:
    assert outcomes([record(**REFUSED), record(**ANSWERED), record(**REFUSED)]) == {
        Outcome.WRONG: 1,
        Outcome.REFUSED: 2,
    }


def test_every_measure_has_its_group_its_meaning_and_its_unit() -> None:
    groups = grouped(["total ms", "cost EUR", "correct", "novel", "nDCG@10"])
    assert groups == {
        "Finding": ["nDCG@10"],
        "Answers": ["correct"],
        "Time and cost": ["total ms", "cost EUR"],
        "Others": ["novel"],
    }
    assert all(meaning(measure) for names in GROUPS.values() for measure in names)
    values = {"cost EUR": 0.00012, "nDCG@10": 0.5, "correct": 0.5, "input tokens": 1234.4}
    assert [shown(value, name) for name, value in values.items()] == ["0.00012 EUR", "0.500", "50.0%", "1,234"]
    assert [lower_is_better(name) for name in ("false refusal", "cost EUR", "correct")] == [True, True, False]
    assert [is_quality(name) for name in ("refused", "cost EUR", "novel")] == [False, False, True]
