"""Dates of the precision that is known: `2023`, `2023-06`, `2023-06-13`.

A month is not its first day: what an article of `2023-06` says may have been written on the 30th. So a partial date has
a first and a last day, and "known by then" asks for the last one.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Literal

from rag.errors import QuestionError

Precision = Literal["year", "month", "day"]
DateSource = Literal[
    "front matter", "json-ld", "opengraph", "meta", "feed", "mail header", "field", "package", "address", "text"
]
# Where a date of publication was found, in words.
DATE_SOURCES: Mapping[DateSource, str] = {
    "front matter": "the front matter of its file",
    "json-ld": "the linked data of its page (JSON-LD)",
    "opengraph": "the OpenGraph tags of its page",
    "meta": "another tag of its page that marks a date",
    "feed": "its feed",
    "mail header": "the Date header of its message",
    "field": "a field of its JSON object",
    "package": "the package metadata of its EPUB",
    "address": "its address",
    "text": "its words",
}

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def is_partial_date(text: str) -> bool:
    """Whether `text` is an ISO date of year, month or day precision that exists in the calendar."""
    try:
        last_day(text)
    except ValueError:
        return False
    return True


def first_day(text: str) -> date:
    """The first day that a partial date may mean. Raises ValueError for anything else."""
    year, month, day = _parts(text)
    return date(year, month or 1, day or 1)


def last_day(text: str) -> date:
    """The last day that a partial date may mean. Raises ValueError for anything else."""
    year, month, day = _parts(text)
    month = month or 12
    if not 1 <= month <= 12:
        raise ValueError(f"not a date: {text!r}")
    return date(year, month, day or monthrange(year, month)[1])


def precision(text: str) -> Precision:
    """How exactly a partial date is known."""
    _, month, day = _parts(text)
    return "day" if day else "month" if month else "year"


def written_out(text: str) -> str:
    """A partial date as a person writes it: `13 June 2023`, `June 2023`, `2023`."""
    year, month, day = _parts(text)
    if not month:
        return str(year)
    return f"{day or ''} {first_day(text):%B} {year}".strip()


def parse_as_of(text: str) -> date:
    """The as-of day a person gave: the last day of the year, month or day named. Raises QuestionError."""
    try:
        return last_day(text.strip())
    except ValueError as error:
        raise QuestionError(
            f"{text!r} is not a date.", "Write the as-of date as 2023-12-14, 2023-12 or 2023."
        ) from error


def _parts(text: str) -> tuple[int, int, int]:
    found = _ISO.fullmatch(text)
    if not found:
        raise ValueError(f"not a date: {text!r}")
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if (found[2] and not month) or (found[3] and not day):
        raise ValueError(f"not a date: {text!r}")
    return year, month, day
