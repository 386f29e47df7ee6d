"""Whether two values are the same for a reader: rounded, bounded, or in another currency."""

import re
from decimal import ROUND_HALF_UP, Decimal

from rag.checking.quantities import Quantity

# What a unit of a currency has been worth in US dollars in the years of this trade, from least to most.
_IN_DOLLARS = {
    "USD": (1.0, 1.0), "EUR": (0.98, 1.24), "GBP": (1.07, 1.42), "CHF": (1.0, 1.27), "CAD": (0.68, 0.81),
    "AUD": (0.6, 0.78), "CNY": (0.135, 0.158), "HKD": (0.127, 0.1295), "JPY": (0.0061, 0.0092), "INR": (0.0111, 0.0137),
    "KRW": (0.00067, 0.00092), "SEK": (0.088, 0.121), "ILS": (0.245, 0.33),
}  # fmt: skip
# A difference that conversion and rounding make together.
SLACK = 0.03
# Values this near are one, also where both are written exactly.
NEAR = Decimal("0.01")
ABOUT = Decimal("0.1")
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|some|nearly|almost|close to|approximately|circa|an estimated)\W*$", re.I
)
_OVER = re.compile(r"\b(?:over|above|more than|at least|past|beyond|exceed\w*)\W*$", re.I)
_MONTHLY = re.compile(r"\W{0,3}(?:a|per|each) month\b|\bmonthly\b|\bmrr\b", re.I)


def same_value(one: Quantity, other: Quantity, text: str, others_text: str) -> bool:
    """Whether both may be one value; the texts are those they stand in.

    `about $2 billion` is `$1.97 billion`, `€105 million` may be `$113 million`; `$1.5 billion` is not `$1.5 million`.
    """
    if one.kind == "date" or other.kind == "date":
        return one.kind == other.kind and _same_day(one.value, other.value)
    a, b = one.number, other.number
    if a is None or b is None or one.kind != other.kind:
        return one.kind == other.kind and one.value == other.value
    a, b = a * _months(one, text), b * _months(other, others_text)
    if one.unit != other.unit:
        return _same_in_dollars(float(a), one.unit, float(b), other.unit)
    if a == b:
        return True
    larger = max(abs(a), abs(b))
    difference = abs(a - b) / larger
    if difference <= NEAR or _rounded(a, b) == _rounded(b, a):
        return True
    before, others_before = text[: one.start], others_text[: other.start]
    if _ABOUT.search(before) or _ABOUT.search(others_before):
        return difference <= ABOUT
    return _beyond(a, b, one, before) or _beyond(b, a, other, others_before)


def _beyond(least: Decimal, value: Decimal, quantity: Quantity, before: str) -> bool:
    """Whether the one is a lower bound that the other is not far above."""
    is_bound = quantity.bound == "over" or _OVER.search(before) is not None
    return is_bound and least < value <= least * Decimal("1.5")


def _rounded(value: Decimal, as_exact_as: Decimal) -> Decimal:
    """The value, no more exact than the other is."""
    exponent = _last_digit(as_exact_as)
    return value if exponent is None else value.quantize(Decimal(1).scaleb(exponent), ROUND_HALF_UP)


def _last_digit(value: Decimal) -> int | None:
    """The power of ten of the last digit that is not zero; none for a single digit, which says little: `$2 billion`."""
    _, digits, exponent = value.normalize().as_tuple()
    return exponent if isinstance(exponent, int) and len(digits) > 1 else None


def _months(quantity: Quantity, text: str) -> int:
    """Twelve for what is given by the month."""
    around = text[max(0, quantity.start - 30) : quantity.end + 12]
    return 12 if quantity.kind == "amount" and _MONTHLY.search(around) else 1


def _same_in_dollars(a: float, unit: str, b: float, other: str) -> bool:
    one, two = _IN_DOLLARS.get(unit), _IN_DOLLARS.get(other)
    if one is None or two is None:
        return True  # nothing is known against it
    return a * one[0] * (1 - SLACK) <= b * two[1] and b * two[0] * (1 - SLACK) <= a * one[1]


def _same_day(one: str, other: str) -> bool:
    """Whether two partial dates may be the same month, or year where a month is not given."""
    if one.startswith("--") or other.startswith("--"):  # a year is left out
        return not _month_of(one) or not _month_of(other) or _month_of(one) == _month_of(other)
    shorter = min(len(one), len(other), 7)
    return one[:shorter] == other[:shorter]


def _month_of(iso: str) -> str:
    return iso[2:4] if iso.startswith("--") else iso[5:7]
