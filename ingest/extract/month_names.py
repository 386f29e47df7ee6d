"""Names of months in the languages of Europe, as the Unicode consortium's locale data has them (through Babel)."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

_LANGUAGES = ("fr", "de", "es", "it", "pt", "nl", "ru", "uk", "pl", "sv", "da", "nb", "fi", "cs", "tr", "ro")
# Abbreviations are taken from these alone: in the others some are words that stand between numbers elsewhere
# (Czech `pro` for December, and the phone called 13 Pro).
_ABBREVIATED = ("fr", "de", "es", "it", "pt", "nl", "ru")


@cache
def foreign_months() -> tuple[Mapping[str, int], Mapping[str, int]]:
    """The numbers of months by their names, and by their abbreviations without a full stop; in lower case.

    Read when the first date that is not English is met: it takes half a second.
    """
    return _names("wide", _LANGUAGES), _names("abbreviated", _ABBREVIATED)


def _names(width: Literal["wide", "abbreviated"], languages: tuple[str, ...]) -> Mapping[str, int]:
    from babel.dates import get_month_names  # with its locales half a second, and most libraries are English

    found: dict[str, set[int]] = {}
    for language in languages:
        for context in ("format", "stand-alone"):
            for number, name in get_month_names(width, context, language).items():
                found.setdefault(name.lower().rstrip("."), set()).add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1 and not name.isdigit()}
