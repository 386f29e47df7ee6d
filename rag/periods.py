"""The days a question speaks of: `in early 2024`, `as of last March`, `at the end of 2024`, relative to a given today.

A period says which days are asked about. Whether articles of later days may be used is another matter: `as of March`
asks for what was known then, `how much did it raise in March` for an event, which any later article may tell of.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from rag.checking.number_patterns import MONTH_NAMES, MONTHS, SHORT_MONTHS


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day asked about, and where the question says so. `known_by`: nothing later was known."""

    first: date
    last: date
    start: int
    end: int
    known_by: bool = False

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.last - self.first).days + 1


_MONTH = rf"(?:{'|'.join(MONTH_NAMES)}|{SHORT_MONTHS})\b\.?"
_STRETCH = (
    r"early|mid|the middle of|middle of|late|the (?:beginning|start) of|(?:beginning|start) of|the end of|end of"
    r"|year-end|spring(?: of)?|summer(?: of)?|autumn(?: of)?|fall(?: of)?|winter(?: of)?"
    r"|(?:the )?(?:first|second) half of|[qh][1-4](?: of)?"
)
_AGO = re.compile(r"\b(?P<many>an?|one|two|three|six|twelve|\d+) (?P<unit>month|year|week)s? ago\b", re.IGNORECASE)
_DATED = re.compile(
    rf"(?<![\w$€£.,-])(?:(?P<stretch>{_STRETCH})[\s-]+)?"
    rf"(?:(?P<iso>20\d\d-\d\d(?:-\d\d)?)"
    rf"|(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? )?(?:(?P<relative>last|this|next) )?(?P<month>{_MONTH})"
    rf"(?: (?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?(?=,? 20\d\d))?(?:,? (?:of )?(?P<month_year>20\d\d))?"
    rf"|(?P<relative_year>last|this) year|(?P<year>20\d\d))(?![\w%]|[.,-]?\d| ?(?:million|billion))",
    re.IGNORECASE,
)
_KNOWN_BY = re.compile(
    r"\b(?:as (?:of|at|known in)|by|up to|until|known (?:in|at|by)|before)\s+(?:the\s+)?$", re.IGNORECASE
)
_BEFORE = re.compile(r"\bbefore\s+(?:the\s+)?$", re.IGNORECASE)
_PREPOSED = re.compile(r"\b(?:in|on|of|at|by|since|until|before|after|around|during|from)\s+(?:the\s+)?$", re.I)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "nine": 9, "twelve": 12}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}


def periods_in(wording: str, today: date) -> tuple[Period, ...]:
    """The periods a question names, in order. A month without a year is the last one before today."""
    found = [period for match in _DATED.finditer(wording) if (period := _dated(match, today))]
    found += [_ago(match, today) for match in _AGO.finditer(wording)]
    return tuple(sorted(found, key=lambda period: period.start))


def _dated(match: "re.Match[str]", today: date) -> Period | None:
    before = match.string[: match.start()]
    try:
        span = _span(match, before, today)
    except ValueError:  # the 31st of a short month
        return None
    if span is None:
        return None
    first, last = _part(span, (match["stretch"] or "").casefold())
    if _BEFORE.search(before):
        first, last = date.min, first - timedelta(days=1)
    return Period(first, last, match.start(), match.end(), _KNOWN_BY.search(before) is not None)


def _span(match: "re.Match[str]", before: str, today: date) -> tuple[date, date] | None:
    """The day, month or year named, without `early` and `late`."""
    if iso := match["iso"]:
        parts = [*map(int, iso.split("-")), 0]
        return _month(parts[0], parts[1], parts[2])
    if relative := match["relative_year"]:
        year = today.year - (relative.casefold() == "last")
        return date(year, 1, 1), date(year, 12, 31)
    if match["year"]:
        return date(int(match["year"]), 1, 1), date(int(match["year"]), 12, 31)
    name = match["month"]
    month = MONTHS[name[:3].casefold()]
    day = int(match["day"] or match["day_after"] or 0)
    if match["month_year"]:
        return _month(int(match["month_year"]), month, day)
    if (match["relative"] or "").casefold() == "next":
        return None
    if not (match["relative"] or match["stretch"] or day or (name[0].isupper() and _PREPOSED.search(before))):
        return None  # `may` and `march` are verbs too
    year = (
        today.year if month < today.month or (month == today.month and match["relative"] != "last") else today.year - 1
    )
    return _month(year, month, day)


def _month(year: int, month: int, day: int = 0) -> tuple[date, date]:
    if day:
        return date(year, month, day), date(year, month, day)
    if not 1 <= month <= 12:
        raise ValueError(month)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _part(span: tuple[date, date], stretch: str) -> tuple[date, date]:
    """`early`, `late`, a season, a half or a quarter of a year or month; a single day has no parts."""
    first, last = span
    if not stretch or first == last:
        return span
    word = stretch.removeprefix("the ").split()[0]
    if (last - first).days < 40:  # a month
        tenth, twentieth = first.replace(day=10), first.replace(day=20)
        if word in ("early", "beginning", "start"):
            return first, tenth
        if word in ("mid", "middle"):
            return tenth, twentieth
        return (twentieth, last) if word in ("late", "end") else span
    year = first.year
    if word in _SEASONS:
        begins, ends = _SEASONS[word]
        return date(year, begins, 1), _month(year + (ends > 12), (ends - 1) % 12 + 1)[1]
    months = {
        "early": (1, 4), "beginning": (1, 2), "start": (1, 2), "mid": (5, 8), "middle": (5, 8), "late": (9, 12),
        "end": (12, 12), "year-end": (12, 12), "first": (1, 6), "second": (7, 12), "h1": (1, 6), "h2": (7, 12),
        "q1": (1, 3), "q2": (4, 6), "q3": (7, 9), "q4": (10, 12),
    }.get(word)  # fmt: skip
    return (date(year, months[0], 1), _month(year, months[1])[1]) if months else span


def _ago(match: "re.Match[str]", today: date) -> Period:
    many = _NUMBERS.get(match["many"].casefold()) or int(match["many"])
    unit = match["unit"].casefold()
    if unit == "week":
        first = today - timedelta(weeks=many)
        return Period(first, first + timedelta(days=6), match.start(), match.end())
    months = today.year * 12 + today.month - 1 - many * (12 if unit == "year" else 1)
    first, last = _month(max(1, months // 12), months % 12 + 1)
    return Period(first, last, match.start(), match.end())


@dataclass(frozen=True, slots=True)
class Shift:
    """A day told from another one: `twelve months earlier`. `written` is it, `rest` the wording without those words."""

    written: str
    rest: str


_SHIFT = re.compile(
    r"\b(?P<many>an?|one|two|three|four|five|six|nine|twelve|\d+) (?P<unit>month|year)s?"
    r" (?P<way>earlier|before|later|after)\b"
    r"|\bthe (?P<next>year|month) (?P<next_way>before|after)\b"
    r"|\bthe (?P<near>previous|following|next) (?P<near_unit>year|month)\b",
    re.IGNORECASE,
)


def earlier_or_later(wording: str, period: Period | None) -> Shift | None:
    """The day that a wording tells from `period`; None where it tells none."""
    match = _SHIFT.search(wording)
    if match is None or period is None or period.first.year < 2:
        return None
    unit = (match["unit"] or match["next"] or match["near_unit"]).casefold()
    way = (match["way"] or match["next_way"] or match["near"]).casefold()
    many = _NUMBERS.get((match["many"] or "one").casefold()) or int(match["many"])
    months = many * (12 if unit == "year" else 1) * (1 if way in ("later", "after", "following", "next") else -1)
    place = period.last.year * 12 + period.last.month - 1 + months
    is_year = period.days > 200 and unit == "year"
    written = str(place // 12) if is_year else f"{date(place // 12, place % 12 + 1, 1):%B} {place // 12}"
    rest = f"{wording[: match.start()]}{wording[match.end() :]}"
    return Shift(written, " ".join(rest.split()))
