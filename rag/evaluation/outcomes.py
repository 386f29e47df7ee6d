"""What became of a question, in words: right, or where it went wrong, in finding or in answering."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from rag.evaluation.measures import ALL_EVIDENCE
from rag.evaluation.records import Record


class Outcome(StrEnum):
    """The outcome of a question. A miss of finding is one whose evidence was not among what the answer is drawn from.

    `UNCITED` is said in words that no quote holds. Where nothing was answered, the evidence was found or was not.
    """

    RIGHT = "right"
    RIGHTLY_REFUSED = "rightly refused"
    UNCITED = "right, not cited"
    WRONG = "wrong: had the evidence"
    WRONG_UNFOUND = "wrong: evidence not found"
    REFUSED = "refused: had the evidence"
    REFUSED_UNFOUND = "refused: evidence not found"
    GUESSED = "answered: should have refused"
    FOUND = "found"
    NOT_FOUND = "not found"

    @property
    def good(self) -> bool:
        """Whether there is nothing to mend."""
        return self in (Outcome.RIGHT, Outcome.RIGHTLY_REFUSED, Outcome.FOUND)


def outcome_of(record: Record) -> Outcome:
    """The outcome of one question; of finding alone where nothing was answered."""
    measures = record.measures
    if "refusal recall" in measures:
        return Outcome.RIGHTLY_REFUSED if measures["refusal recall"] else Outcome.GUESSED
    read = bool(measures.get("evidence read", 1.0))
    if measures.get("false refusal"):
        return Outcome.REFUSED if read else Outcome.REFUSED_UNFOUND
    if "correct and cited" not in measures:
        found = measures.get(ALL_EVIDENCE, measures.get("MRR@10", 1.0))
        return Outcome.FOUND if found else Outcome.NOT_FOUND
    if measures["correct and cited"]:
        return Outcome.RIGHT
    if measures.get("correct"):
        return Outcome.UNCITED
    return Outcome.WRONG if read else Outcome.WRONG_UNFOUND


def outcomes(records: Iterable[Record]) -> dict[Outcome, int]:
    """How many questions had which outcome, in the order of Outcome."""
    counts = Counter(map(outcome_of, records))
    return {outcome: counts[outcome] for outcome in Outcome if counts[outcome]}
