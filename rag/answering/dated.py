"""The values of the thing sought that a window states, each with the day it speaks of.

A value's day is the one its own sentence or table row gives, nearest to it; else the last one given before it in its
paragraph or section; else its article's. `Up from $2 billion` states a value that the same sentence has overtaken.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.answering.claimed import JOINT
from rag.answering.evidence import typed_values, values_in
from rag.answering.focus import in_anothers_column
from rag.answering.sought import Sought
from rag.answering.windows import Span, Window
from rag.checking.quantities import Quantity, quantities
from rag.dates import first_day, last_day
from rag.sentences import sentence_spans

_OVERTAKEN = re.compile(
    r"\b(?:from|than|against|compared (?:with|to)|above the|over the|had been|had (?:valued|put) (?:it|the company) at"
    r"|previous(?:ly)?|earlier|formerly|before)\W+(?:about |around |roughly |some |the |an? )*$",
    re.IGNORECASE,
)
_NOW = re.compile(r"\b(?:today|now|currently|at present)\b", re.IGNORECASE)
# What a further value between a value and a date costs, in characters.
BETWEEN = 60
# What each joint of clauses between them costs: more than between a word and its number.
CLAUSE = 30


@dataclass(frozen=True, slots=True)
class Dated:
    """A value at `window.text[span]`. `stated` is its date as far as it is known (ISO 8601, partial; empty if unknown),
    `own` whether its sentence or row gives it, `overtaken` whether its sentence gives a later value too."""

    window: Window
    span: Span
    quantity: Quantity | None
    stated: str
    own: bool
    overtaken: bool

    @property
    def text(self) -> str:
        """The value as it is written."""
        return self.window.text[slice(*self.span)]

    @property
    def day(self) -> date | None:
        """The last day it may speak of; none later than its article."""
        if not self.stated:
            return None
        published = self.window.passage.published
        return min(last_day(self.stated), last_day(published)) if published else last_day(self.stated)


def dated_values(window: Window, sought: Sought) -> tuple[Dated, ...]:
    """The values of the aspect sought, in order; none where it is no amount, number, share or model."""
    if sought.aspect is None or sought.value not in ("amount", "count", "percent", "model"):
        return ()
    spans = values_in(sought.value, window.text, sought.question.known)
    if window.header:
        spans = tuple(span for span in spans if not in_anothers_column(window, span[0], sought.wanted))
    fitting = typed_values(sought.aspect, sought.value, window, spans)
    by_span = {(q.start, q.end): q for q in quantities(window.text)}
    return tuple(
        _dated(window, span, by_span.get(span) if sought.value != "model" else None, spans)
        for span in dict.fromkeys(fitting)
    )


def _dated(window: Window, span: Span, quantity: Quantity | None, values: Sequence[Span]) -> Dated:
    own = _date_beside(window, span, values)
    stated = own or _date_before(window)
    if not stated and quantity is not None:  # a model that an article names is not of the article's day
        stated = window.passage.published or ""
    overtaken = not window.header and _OVERTAKEN.search(window.text[: span[0]]) is not None
    return Dated(window, span, quantity, stated, bool(own), overtaken)


def _date_beside(window: Window, span: Span, values: Sequence[Span]) -> str:
    """The date of the value's own cell, of its column, of its row; of its sentence the nearest."""
    dates = _dates(window.text, window.passage.published, _before(window))
    if window.header:
        cell = window.text.count("|", 0, span[0])
        in_cell = [day for start, _, day in dates if window.text.count("|", 0, start) == cell]
        columns = window.header.split("|")
        head = columns[cell] if cell < len(columns) else ""
        in_column = [day for _, _, day in _dates(head, window.passage.published)]
        return max(in_cell or in_column or [day for _, _, day in dates], default="")
    first, last = next(
        ((start, end) for start, end in sentence_spans(window.text) if start <= span[0] < end), (0, len(window.text))
    )
    others = [other for other in values if other != span]

    def distance(found: tuple[int, int, str]) -> int:
        start, end, _ = found
        left, right = min(end, span[1]), max(start, span[0])
        crossed = sum(left <= other[0] and other[1] <= right for other in others)
        return max(0, right - left) + BETWEEN * crossed + CLAUSE * len(JOINT.findall(window.text[left:right]))

    if window.passage.published:
        dates += [(*match.span(), window.passage.published) for match in _NOW.finditer(window.text)]
    near = sorted((found for found in dates if first <= found[0] < last), key=distance)
    return near[0][2] if near else ""


def _date_before(window: Window) -> str:
    """The last date given before the window in its section."""
    dates = _dates(_before(window), window.passage.published)
    return dates[-1][2] if dates else ""


def _before(window: Window) -> str:
    return window.passage.text[window.section : window.first]


def _dates(text: str, published: str | None, before: str = "") -> list[tuple[int, int, str]]:
    """(start, end, date) of those a text gives that its article may speak of as past; `before` is read before it.

    A month without a year is the one nearest to the date told last, else the last before the article.
    """
    found = []
    limit = last_day(published) if published else None
    told = _told_last(before)
    for q in quantities(text):
        if q.kind != "date":
            continue
        day = q.value
        if day.startswith("--"):
            year = _year_of(int(day[2:4]), told, limit)
            if year is None:
                continue
            day = f"{year}{day[1:]}"
        else:
            told = day
        try:
            if limit is None or first_day(day) <= limit:
                found.append((q.start, q.end, day))
        except ValueError:  # the 31st of a short month
            continue
    return found


def _told_last(text: str) -> str:
    """The last date of a text that has a year; empty without one."""
    dates = [q.value for q in quantities(text) if q.kind == "date" and not q.value.startswith("--")]
    return dates[-1] if dates else ""


def _year_of(month: int, told: str, limit: date | None) -> int | None:
    """The year of a month that is named alone; None when nothing tells it."""
    latest = limit.year - (month > limit.month) if limit else None
    if not told:
        return latest
    year, told_month = int(told[:4]), int(told[5:7] or month)
    nearest = min((year - 1, year, year + 1), key=lambda one: abs(12 * (one - year) + month - told_month))
    return nearest if latest is None else min(nearest, latest)
