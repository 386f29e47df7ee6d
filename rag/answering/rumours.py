"""Whether a window tells what is sought as a rumour only: what is talked about has not come about.

What is reported of somebody who knows is told with its reservation and may answer; talks, rumours and letters of
intent do not, unless they are asked about.
"""

import re

from rag.answering.claimed import FAR, gap_between
from rag.answering.evidence import typed_values
from rag.answering.scoring import candidates
from rag.answering.sought import Sought
from rag.answering.windows import Window
from rag.checking.certainty import is_hedged

_RUMOUR = re.compile(
    r"\brumou?r\w*|\bin (?:\w+ )?talks\b|\btalks (?:to|with|about|on|for|over)\b|\bnegotiat\w+|\bunconfirmed\b"
    r"|\bspeculat\w+|\bletters? of intent\b",
    re.IGNORECASE,
)


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
