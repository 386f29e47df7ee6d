"""The day of a round or listing that a question tells time by: `before its Series B`."""

import re
from dataclasses import dataclass

from rag.answering.evidence import typed_values, values_in
from rag.answering.sought import Sought
from rag.answering.windows import Window
from rag.checking.quantities import quantities
from rag.dates import written_out
from rag.question import Question, reworded
from rag.rounds import STAGE

_BEFORE = re.compile(
    r"\b(?P<before>before|prior to|ahead of|until|up to)"
    rf" (?:(?:its|the|their)|(?:[\w.]+ ){{0,2}}[\w.]+[’']s) (?P<event>{STAGE}(?: round)?"
    r"|ipo|listing|flotation)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ToldBy:
    """The question that asks when the event was, and where the wording tells time by it."""

    question: Question
    start: int
    end: int


def event_in(asked: Question) -> ToldBy | None:
    """The event that a question about one company tells time by."""
    match = _BEFORE.search(asked.wording)
    if match is None or len(asked.companies) != 1:
        return None
    return ToldBy(reworded(asked, f"When was {asked.companies[0]}'s {match['event']}?"), *match.span())


def day_in(window: Window, sought: Sought) -> str:
    """The day that a window gives, as far as it is known; empty where it gives none."""
    if sought.aspect is None:
        return ""
    spans = typed_values(sought.aspect, "date", window, values_in("date", window.text, sought.question.known))
    days = {(q.start, q.end): q.value for q in quantities(window.text)}
    found = (days[span] for span in spans)
    return next((day for day in found if not day.startswith("--")), "")


def told_by_day(asked: Question, told: ToldBy, day: str) -> Question:
    """The question with the day in the event's place; what was known before it counts."""
    wording = f"{asked.wording[: told.start]}before {written_out(day)}{asked.wording[told.end :]}"
    return reworded(asked, wording)
