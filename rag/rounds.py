"""Names of funding rounds as they are written: `seed`, `pre-seed`, `Series A`, `series-b2`."""

import re

SERIES = r"series[ -][a-k]\d?"
STAGE = rf"(?:pre-?seed|seed|{SERIES})"
# `pre-Series A` is no Series A.
ROUND = re.compile(rf"(?<!pre-)(?<!pre )\b{STAGE}\b", re.IGNORECASE)
# As a question speaks of one.
SPOKEN_ROUND = re.compile(rf"\b{STAGE}(?: rounds?)?\b", re.IGNORECASE)
_SERIES = re.compile(SERIES, re.IGNORECASE)


def is_series(name: str) -> bool:
    """Whether a name is `Series A` or the like and no more."""
    return _SERIES.fullmatch(name) is not None


def round_key(name: str) -> str:
    """The same for all spellings of a round's name."""
    return re.sub(r"[ -]", "", name).casefold()
