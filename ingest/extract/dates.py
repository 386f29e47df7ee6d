"""Dates as articles write them, to ISO dates of the precision that is stated."""

import re
from calendar import month_abbr, month_name
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache

from ingest.extract.month_names import foreign_months
from rag.dates import first_day, is_partial_date

_MONTHS = {name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}
_MONTHS |= {"sept": 9}
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|re|º|ª|°)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?(?![\d-])")
_CHINESE = re.compile(rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월](?:\s*(?P<day>\d{{1,2}})\s*[日일])?")
# With full stops the day comes first wherever it is written so; with strokes that depends on who writes.
_DOTTED = re.compile(rf"(?<![\w.])(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}(?![\d.])")
_STROKES = re.compile(rf"(?<![\d/])(?P<one>\d{{1,2}})/(?P<other>\d{{1,2}})/{_YEAR}(?![\d/])")
_YEARS = re.compile(r"\d{4}")  # what all of these have in them, and few lines
_OF = r"(?:of|de|del|d[’'])\s*"


def _written(months: Iterable[str], *, day_only: bool = False) -> tuple[re.Pattern[str], ...]:
    """Dates with the name of a month in them; `day_only`: those that name a day before it."""
    month = r"(?P<month>" + "|".join(map(re.escape, sorted(months, key=len, reverse=True))) + r")\.?"
    patterns = [
        rf"{month}\s+{_DAY},?\s+{_YEAR}",
        rf"{_DAY}\.?\s+(?:{_OF})?{month},?\s+(?:{_OF})?{_YEAR}",
        rf"{month},?\s+(?:{_OF})?{_YEAR}",
    ]
    return tuple(re.compile(rf"\b{p}\b", re.IGNORECASE) for p in (patterns[1:2] if day_only else patterns))


_ENGLISH = _written(_MONTHS)


@cache
def _foreign() -> tuple[re.Pattern[str], ...]:
    names, abbreviations = foreign_months()
    return (*_written(names), *_written(abbreviations, day_only=True))


# A year with a word before it: few texts have one, and the names of months take a moment to load.
_FOREIGN_HINT = re.compile(r"[^\W\d_]{3}\.?,?\s+(?:\d{1,2},?\s+)?(?:del?\s+)?(?:19|20)\d\d\b")
# Nothing on the web is older; earlier dates are a program's zero.
EARLIEST = date(1990, 1, 1)


def to_iso(text: str) -> str | None:
    """A date that was given as one (`2023-12-14T08:00:00Z`, `14 December 2023`, `2023-06`, `2023`), or None.

    The day is the one where it was written. A number of seconds or milliseconds since 1970 is the day in Greenwich.
    """
    text = text.strip()
    if not text:
        return None
    if re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        return text if is_partial_date(text) else None
    if re.fullmatch(r"1\d{9}(?:\d{3})?", text):
        return datetime.fromtimestamp(int(text[:10]), UTC).date().isoformat()
    if compact := re.match(r"((?:19|20)\d\d)(\d{2})(\d{2})(?:\d{4}|\d{6})?(?!\d)", text):
        text = "-".join(compact.groups())
    text = re.sub(r"^(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?!\d)", lambda m: f"{m[1]}-{m[3]:0>2}-{m[4]:0>2}", text)
    return find_date(text)


def find_date(text: str) -> str | None:
    """The first date that is written out somewhere in `text`."""
    found = date_match(text)
    return found[0] if found else None


def date_match(text: str) -> tuple[str, tuple[int, int]] | None:
    """The first date in `text`, as ISO, and where it stands.

    Where it is not clear which number is the month (`03/04/2023`), only the year is known.
    """
    if not _YEARS.search(text):
        return None
    found = _first_of((_ISO, *_ENGLISH, _CHINESE, _DOTTED), text)
    if found is None and (strokes := _STROKES.search(text)):
        return _of_strokes(strokes)
    if found is None and _FOREIGN_HINT.search(text):
        found = _first_of(_foreign(), text)
    return found


def _first_of(patterns: Iterable[re.Pattern[str]], text: str) -> tuple[str, tuple[int, int]] | None:
    for pattern in patterns:
        found = pattern.search(text)
        if found:
            parts = found.groupdict()
            month = int(parts["month"]) if parts["month"].isdigit() else _number_of(parts["month"].lower())
            iso = f"{parts['year']}-{month:02}" + (f"-{int(parts['day']):02}" if parts.get("day") else "")
            if is_partial_date(iso):
                return iso, found.span()
    return None


def _number_of(month: str) -> int:
    names = (_MONTHS, *foreign_months()) if month not in _MONTHS else (_MONTHS,)
    return next(known[month] for known in names if month in known)


def _of_strokes(found: re.Match[str]) -> tuple[str, tuple[int, int]] | None:
    one, other = int(found["one"]), int(found["other"])
    if one == other or max(one, other) > 12:
        iso = f"{found['year']}-{min(one, other):02}-{max(one, other):02}"
        return (iso, found.span()) if is_partial_date(iso) else None
    return found["year"], found.span()


def plausible(text: str | None, key: str, today: date) -> tuple[str | None, tuple[str, ...]]:
    """The date if an article may have it, else None and a note: not before 1990, not later than tomorrow.

    A day's grace, because it is tomorrow already somewhere.
    """
    latest = today + timedelta(days=1) if today < date.max else today
    if text is None or EARLIEST <= first_day(text) <= latest:
        return text, ()
    return None, (f"{key} {text} is impossible and was dropped",)
