"""One thing of a claim exchanged for another by rule: currency, scale, year, month, day, percentage, number, name."""

import re
from collections.abc import Iterator

from rag.checking.number_patterns import MONTHS
from rag.checking.quantities import quantities

_CURRENCIES = {"$": "€", "€": "$", "£": "$", "dollars": "euros", "euros": "dollars", "yen": "dollars"}
_SCALES = {"million": "billion", "billion": "million", "bn": "m", "B": "M", "M": "B"}
_NAMES = [name for name in ("January", "February", "March", "April", "May", "June", "July", "August", "September",
                            "October", "November", "December") if name[:3].lower() in MONTHS]  # fmt: skip


def swapped(claim: str, article: str) -> Iterator[tuple[str, str]]:
    """(kind, claim made wrong), each once. What the article says too (the same number elsewhere) is left out."""
    seen = {claim}
    for kind, other in _all(claim):
        new = [q for q in quantities(other) if q not in quantities(claim)]
        said = quantities(article)
        if other not in seen and new and not any(q in said for q in new):
            seen.add(other)
            yield kind, other


def _all(claim: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"[$€£](?=\d)|(?<=n )(?:dollars|euros|yen)\b", claim):
        yield "currency", _with(claim, match, _CURRENCIES[match.group()])
    for match in re.finditer(r"(?<=\d )(?:million|billion)\b|(?<=\d)(?:bn|B|M)\b", claim):
        yield "scale", _with(claim, match, _SCALES[match.group()])
    for match in re.finditer(r"\b20\d\d\b", claim):
        yield "year", _with(claim, match, str(int(match.group()) - 1))
    for match in re.finditer("|".join(rf"\b{name}\b" for name in _NAMES), claim):
        yield "month", _with(claim, match, _NAMES[(_NAMES.index(match.group()) + 5) % 12])
    for match in re.finditer(rf"\b\d{{1,2}}(?= (?:{'|'.join(_NAMES)})\b)|(?<=[a-z] )\d{{1,2}}(?=, 20)", claim):
        yield "day", _with(claim, match, str(int(match.group()) % 28 + 1))
    for match in re.finditer(r"\b\d+(?=%| percent)", claim):
        yield "percentage", _with(claim, match, str(int(match.group()) + 7))
    for match in re.finditer(r"(?<=[$€£])\d+|(?<![\w.,-])\d{2,3}(?= [a-z])", claim):
        yield "number", _with(claim, match, str(int(match.group()) + 11))


def _with(claim: str, match: "re.Match[str]", new: str) -> str:
    return claim[: match.start()] + new + claim[match.end() :]
