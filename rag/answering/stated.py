"""Whether a window gives the days and the amounts that a question itself states."""

from rag.answering.focus import DOUBTFUL, IN_IT, NEARBY, NOWHERE
from rag.answering.wanted import Wanted
from rag.answering.windows import Window
from rag.checking.quantities import Quantity, quantities


def on_dates(window: Window, wanted: Wanted) -> float:
    """1 when the window gives a day asked for, less when its surroundings do, below 0 when it gives only others."""
    if not wanted.dates:
        return 0.0
    stated = [q.value for q in quantities(window.text) if q.kind == "date"]
    if any(_agree(q.value, other) for q in wanted.dates for other in stated):
        return 1.0
    near = [q.value for q in quantities(window.near) if q.kind == "date"]
    if any(_agree(q.value, other) for q in wanted.dates for other in near):
        return 0.6
    if stated and any(len(value) >= 4 and not value.startswith("-") for value in stated):
        return -0.6
    passage = [q.value for q in quantities(window.passage.text) if q.kind == "date"]
    if any(_agree(q.value, other) for q in wanted.dates for other in passage):
        return 0.4
    published = window.passage.published or ""
    return 0.3 if any(_agree(q.value, published[:7]) for q in wanted.dates) else 0.0


def on_amounts(window: Window, wanted: Wanted) -> float:
    """How near the amounts stand that the question itself states: `the round at $4bn` is not one at $10 billion."""
    if not wanted.amounts:
        return 1.0
    levels = ((IN_IT, window.text), (NEARBY, window.near), (DOUBTFUL, window.passage.text))
    return sum(
        next((level for level, text in levels if any(_same_sum(q, other) for other in quantities(text))), NOWHERE)
        for q in wanted.amounts
    ) / len(wanted.amounts)


def _same_sum(asked: Quantity, stated: Quantity) -> bool:
    same_unit = asked.unit == stated.unit or not asked.unit or not stated.unit
    return stated.kind in ("amount", "percent") and asked.value == stated.value and same_unit


def _agree(asked: str, stated: str) -> bool:
    """Whether two partial dates may be the same day."""
    if not asked or not stated or asked.startswith("-") != stated.startswith("-"):
        return False
    shorter = min(len(asked), len(stated))
    return asked[:shorter] == stated[:shorter]
