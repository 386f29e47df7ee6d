"""The very thing that was asked for, cut out of the sentence that says it: `about 400 employees`, `Petra Keller`.

It is shown above the quotes, so it is cut only where there is one such value, and never from a plan or a rumour.
"""

import re
from collections.abc import Sequence

from rag.answering.aspects import Aspect
from rag.answering.claimed import gap_between
from rag.answering.evidence import typed_values
from rag.answering.scoring import candidates
from rag.answering.sought import Sought
from rag.answering.windows import Span, Window
from rag.checking.certainty import is_hedged

# What an amount or number must not lose.
_BOUNDS = re.compile(
    r"(?:(?:about|around|roughly|approximately|nearly|almost|over|above|more than|at least|up to|less than|under|below"
    r"|an estimated|some|close to|a reported) )+$",
    re.IGNORECASE,
)
_JOINED = re.compile(r",? and |, ?| & ")
_COUNTED = re.compile(r" (?:[a-z-]+ )?(?:people|staff|[a-z-]+s)\b")
MOST_NAMES = 6


def cut_out(window: Window, sought: Sought) -> str:
    """The value of the aspect sought, to the letter; empty where none can be told from the others."""
    aspect, value = sought.aspect, sought.value
    if aspect is None or value in ("any", "asked", "model") or is_hedged(window.text):
        return ""
    mine = sought.named if sought.asks_who else frozenset()
    spans = typed_values(aspect, value, window, candidates(window, sought), mine)
    if value in ("name", "person"):
        return _names(window.text, spans, aspect)
    if len({window.text[slice(*span)] for span in spans}) != 1:
        return ""
    start, end = spans[0]
    if bound := _BOUNDS.search(window.text[:start]):
        start = bound.start()
    if value == "count" and (counted := _COUNTED.match(window.text, end)) and aspect.said.search(counted.group()):
        end = counted.end()
    return window.text[start:end]


def _names(text: str, spans: Sequence[Span], aspect: Aspect) -> str:
    """The name nearest to what says the aspect, with those in one row with it: `Ada Moss and Ben Roe`."""
    said = [match.span() for match in aspect.said.finditer(text)]
    if not spans or not said:
        return ""
    near = min(range(len(spans)), key=lambda at: min(gap_between(spans[at], one, text) for one in said))
    first = last = near
    while first and _JOINED.fullmatch(text[spans[first - 1][1] : spans[first][0]]):
        first -= 1
    while last + 1 < len(spans) and _JOINED.fullmatch(text[spans[last][1] : spans[last + 1][0]]):
        last += 1
    return text[spans[first][0] : spans[last][1]] if last - first < MOST_NAMES else ""
