"""What may not answer, however well it fits: a rumour, and a value of other days than those asked about.

What is reported of somebody who knows is told with its reservation and may answer; talks, rumours and letters of
intent have not come about, and do not answer unless they are asked about.
"""

import re

from rag.answering.claimed import FAR, gap_between
from rag.answering.evidence import typed_values
from rag.answering.scoring import Scored, candidates
from rag.answering.sought import Sought
from rag.answering.windows import Window
from rag.checking.certainty import is_hedged
from rag.dates import first_day, last_day

_RUMOUR = re.compile(
    r"\brumou?r\w*|\bin (?:\w+ )?talks\b|\btalks (?:to|with|about|on|for|over)\b|\bnegotiat\w+|\bunconfirmed\b"
    r"|\bspeculat\w+|\bletters? of intent\b",
    re.IGNORECASE,
)


def is_admissible(one: Scored, sought: Sought) -> bool:
    """Whether a window that is good enough may answer."""
    return not is_of_other_days(one, sought) and not is_rumoured(one.window, sought)


def is_of_other_days(one: Scored, sought: Sought) -> bool:
    """Whether a window speaks of other days only than the period asked about, and its article is not of that period.

    What was known by a day may be older than it.
    """
    period = sought.question.period
    if period is None or period.known_by or one.features.dates >= 0:
        return False
    published = one.window.passage.published
    return not published or first_day(published) > period.last or last_day(published) < period.first


def is_rumoured(window: Window, sought: Sought) -> bool:
    """Whether every value that would answer is the talk's: an amount behind its words, a name beside them."""
    aspect, value = sought.aspect, sought.value
    rumours = [match.span() for match in _RUMOUR.finditer(window.text)]
    if not rumours or aspect is None or value in ("any", "asked", "model") or _asks_of_talk(sought):
        return False
    mine = sought.named if sought.asks_who else frozenset()
    spans = typed_values(aspect, value, window, candidates(window, sought), mine)
    follows = value not in ("name", "person")
    return bool(spans) and all(
        any(
            gap_between(rumour, span, window.text) <= FAR and (rumour[1] <= span[0] or not follows)
            for rumour in rumours
        )
        for span in spans
    )


def _asks_of_talk(sought: Sought) -> bool:
    wording = sought.question.wording
    return _RUMOUR.search(wording) is not None or is_hedged(wording)
