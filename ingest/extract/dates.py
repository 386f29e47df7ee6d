"""Dates as articles write them, to ISO dates of the precision that is stated."""

import re
from calendar import month_abbr, month_name
from datetime import date, timedelta

from rag.dates import first_day, is_partial_date

_MONTHS = {name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}
_MONTHS |= {"sept": 9}
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?(?![\d-])")
_WRITTEN = tuple(
    re.compile(rf"\b{pattern}\b", re.IGNORECASE)
    for pattern in (
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_DAY}\.?\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH},?\s+{_YEAR}",
    )
)
# Nothing on the web is older; earlier dates are a program's zero.
EARLIEST = date(1990, 1, 1)


def to_iso(text: str) -> str | None:
    """A date that was given as one (`2023-12-14T08:00:00Z`, `14 December 2023`, `2023-06`, `2023`), or None."""
    text = text.strip()
    if re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        return text if is_partial_date(text) else None
    if compact := re.match(r"(\d{4})(\d{2})(\d{2})(?!\d)", text):
        text = "-".join(compact.groups())
    text = re.sub(r"^(\d{4})/(\d{1,2})/(\d{1,2})", lambda m: f"{m[1]}-{m[2]:0>2}-{m[3]:0>2}", text)
    return find_date(text)


def find_date(text: str) -> str | None:
    """The first date that is written out somewhere in `text`."""
    found = date_match(text)
    return found[0] if found else None


def date_match(text: str) -> tuple[str, tuple[int, int]] | None:
    """The first date in `text`, as ISO, and where it stands."""
    for pattern in (_ISO, *_WRITTEN):
        found = pattern.search(text)
        if found:
            parts = found.groupdict()
            month = parts["month"] if parts["month"].isdigit() else _MONTHS[parts["month"].lower()]
            iso = f"{parts['year']}-{int(month):02}" + (f"-{int(parts['day']):02}" if parts.get("day") else "")
            if is_partial_date(iso):
                return iso, found.span()
    return None


def plausible(text: str | None, key: str, today: date) -> tuple[str | None, tuple[str, ...]]:
    """The date if an article may have it, else None and a note: not before 1990, not later than tomorrow.

    A day's grace, because it is tomorrow already somewhere.
    """
    if text is None or EARLIEST <= first_day(text) <= today + timedelta(days=1):
        return text, ()
    return None, (f"{key} {text} is impossible and was dropped",)
