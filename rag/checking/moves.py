"""Who went where: `left Google for Meta` is not `moved to Google`."""

import re
from collections.abc import Iterable
from functools import lru_cache

from rag.checking import claim_words as words
from rag.checking.claim_words import NAME_RUN
from rag.checking.lexicon import GENERIC

_NAME = rf"(?:the\s)?(?P<where>{NAME_RUN.pattern})"
_TO = [
    re.compile(pattern)
    for pattern in (
        rf"\b(?:mov(?:e|es|ed|ing)|went|goes|go|going|left|leaves?|leaving|depart(?:s|ed|ing)|followed|return(?:s|ed))\b"
        rf"[^.;,]{{0,40}}?\s(?:to|for)\s{_NAME}",
        rf"\bjoin(?:s|ed|ing)?\s{_NAME}",
    )
]
_FROM = [
    re.compile(pattern)
    for pattern in (
        rf"\b(?:left|leaves?|leaving|quits?|quitting)\s{_NAME}",
        rf"\b(?:came|comes?|coming|arriv(?:es|ed|ing)|mov(?:es|ed|ing)|join(?:s|ed|ing)|hired|poached|depart(?:s|ed))\b"
        rf"[^.;,]{{0,40}}?\sfrom\s{_NAME}",
    )
]


def other_way(claim: str, said: Iterable[str]) -> bool:
    """Whether the claim has somebody come from where the text has somebody go, or go whence the text has him come."""
    to, from_ = _went(claim)
    if not to and not from_:
        return False
    stated = [_went(text) for text in said]
    stated_to = frozenset[str]().union(*(one for one, _ in stated))
    stated_from = frozenset[str]().union(*(other for _, other in stated))
    return bool(from_ & stated_to - stated_from or to & stated_from - stated_to)


@lru_cache(maxsize=4096)
def _went(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The folded words of the names to which, and from which, somebody goes."""
    return _found(_TO, text), _found(_FROM, text)


def _found(patterns: Iterable["re.Pattern[str]"], text: str) -> frozenset[str]:
    names = [match["where"] for pattern in patterns for match in pattern.finditer(text)]
    return words.tokens(" ".join(names)) - GENERIC
