"""Numbers, amounts, percentages and dates in running text, normalised so that two spellings of one value are equal.

Own rules, because what is kept elsewhere does not fit (tried on the spellings in tests/test_quantities.py):
quantulum3 reads `$2Bn` as "dollar byte newton" and `half a billion` as 1.5 billion, price-parser drops `Bn` and
`million`, text2num turns `$2 billion` into `$2 1000000000`, and none of the three knows dates.

What a wrong reading costs decides the doubtful cases: a claim may rather be refused than believed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from rag.checking import number_patterns as patterns

Kind = Literal["amount", "percent", "number", "date", "name"]
Bound = Literal["", "over", "under", "range"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One value found in a text; equal to another when both mean the same, however they are written.

    `value` is a plain decimal (`2000000000`), for a date its known parts in ISO 8601 (`2023`, `2023-06`,
    `2023-06-13`, without a year `--06-13` and `--06`), for a name its words (`mistral 7b`). `unit` is a currency
    code, or what is counted where that belongs to the number (`ordinal`, `times`, `points`). A `name` is a number
    that is part of a product's name: it is no value, and only the same name supports it.
    """

    kind: Kind
    value: str
    unit: str = ""
    bound: Bound = field(default="", compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def number(self) -> Decimal | None:
        """The value as a number; None for dates and names."""
        return None if self.kind in ("date", "name") else Decimal(self.value)


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of `text` in the order in which they stand there."""
    rest = text.translate(patterns.SAME_LENGTH)
    found: list[Quantity] = []
    for find in (_addresses, _dates, _names, _numbers):
        taken = list(find(rest))
        found.extend(q for q in taken if q.value)
        for q in taken:
            rest = rest[: q.start] + patterns.TAKEN * (q.end - q.start) + rest[q.end :]
    return tuple(sorted(found, key=lambda q: (q.start, q.end)))


def missing(claim: str, evidence: Sequence[str]) -> tuple[Quantity, ...]:
    """The quantities of `claim` that no text of `evidence` holds, once each, in the claim's order."""
    held = [q for text in evidence for q in quantities(text)]
    wanted = dict.fromkeys(q for q in quantities(claim) if not _is_pronoun(q, claim))
    return tuple(q for q in wanted if not _held(q, held, evidence))


def supports(claimed: Quantity, stated: Quantity) -> bool:
    """Whether a text that states the one quantity says as much as the other.

    A date is supported by a more precise one, an amount without a currency by the same one with a currency, never the
    other way round. `up to 4 billion` and `4 to 5 billion` do not support a plain `4 billion`.
    """
    if claimed.kind == "name" or stated.kind == "name":
        return claimed.kind == "number" and claimed.value == _size_in_name(stated)
    if claimed.kind == "date" and stated.kind == "date":
        return _date_within(claimed.value, stated.value)
    if "date" in (claimed.kind, stated.kind):  # `2000` may be a year or a count: both readings are open
        return {claimed.kind, stated.kind} == {"date", "number"} and claimed.value == stated.value
    if claimed.value != stated.value or not _bounds_agree(claimed.bound, stated.bound):
        return False
    return (claimed.kind, claimed.unit) == (stated.kind, stated.unit) or (
        claimed.kind == "number" and not claimed.unit and stated.kind == "amount"
    )


def _held(q: Quantity, held: Sequence[Quantity], evidence: Sequence[str]) -> bool:
    if q.kind == "name":
        return any(_names_it(q.value, text) for text in evidence)
    return any(supports(q, other) for other in held)


def _names_it(name: str, text: str) -> bool:
    """`GPT-4` is named by `gpt 4`, not by `GPT-4o` or `GPT-4.5`."""
    parts = re.findall(r"[^\W\d_]+|\d+|[^\s\w]", name)
    joined = r"[\s-]?".join(re.escape(part) for part in parts)
    return bool(
        re.search(rf"(?<!\w)(?<!\d\.){joined}(?!\w|[.,]\d)", text.translate(patterns.SAME_LENGTH), re.IGNORECASE)
    )


def _is_pronoun(q: Quantity, text: str) -> bool:
    """`one of the founders` counts nothing."""
    return q.kind == "number" and text[q.start : q.end].lower() == "one"


def _bounds_agree(claimed: Bound, stated: Bound) -> bool:
    if "under" in (claimed, stated):
        return claimed == stated
    return stated != "range" or claimed == "range"


def _date_within(claimed: str, stated: str) -> bool:
    return all(not part or part == other for part, other in zip(_parts(claimed), _parts(stated), strict=True))


def _parts(iso: str) -> tuple[str, str, str]:
    if iso.startswith("--"):
        month, _, day = iso[2:].partition("-")
        return "", month, day
    year, month, day = [*iso.split("-"), "", ""][:3]
    return year, month, day


def _addresses(text: str) -> Iterator[Quantity]:
    """Digits in web addresses are no quantities: taken out of the text, with nothing found."""
    for match in patterns.ADDRESS.finditer(text):
        yield Quantity("name", "", start=match.start(), end=match.end())


def _dates(text: str) -> Iterator[Quantity]:
    taken: list[tuple[int, int]] = []
    for pattern in patterns.DATES:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < b and a < end for a, b in taken):
                continue
            values = [value for value in _date_values(match.groupdict()) if value]
            if values:
                taken.append((start, end))
            yield from (Quantity("date", value, start=start, end=end) for value in values)


def _date_values(parts: dict[str, str | None]) -> list[str]:
    year = parts.get("year") or ""
    month = parts.get("month")
    number = int(month) if month and month.isdigit() else patterns.MONTHS[month[:3].lower()] if month else 0
    if not number:
        return [str(int(year))] if year else []
    days = [int(day) for name in ("day", "last_day") if (day := parts.get(name))]
    if number > 12 or any(not 1 <= day <= 31 for day in days):
        return []
    stem = f"{int(year)}-{number:02}" if year else f"--{number:02}"
    return [f"{stem}-{day:02}" for day in days] or [stem]


def _names(text: str) -> Iterator[Quantity]:
    """Numbers in names of products and the like: `GPT-4`, `Mixtral 8x7B`, `Llama 3.1`, `H100`."""
    match = patterns.NAME.search(text)
    while match:
        after = match.end()
        if _is_name(match):
            value = re.sub(r"[\s-]+", " ", match.group().lower())
            yield Quantity("name", value, start=match.start(), end=match.end())
        else:  # `beats 8x7B`: the number may be a name without the word before it
            after = match.start("number")
        match = patterns.NAME.search(text, after)


def _is_name(match: "re.Match[str]") -> bool:
    word, joint, number = match["word"], match["joint"], match["number"]
    if not word:  # 8x7B, 3D, 70GB, 3.5.1, 10:30
        return True
    if word.upper() in patterns.CURRENCY_CODES or word.lower() in patterns.NOT_NAMES:
        return False
    if joint == " ":  # `Llama 3.1`, not `raised 3.1`, nor `Raising 3 rounds`
        plain = word[:1].islower() or word.lower().endswith(("ing", "ed", "ly")) or "," in number
        return not plain and not patterns.COUNTED.match(match.string, match.end())
    return True


def _size_in_name(q: Quantity) -> str | None:
    """`7000000000` for `mistral 7b`: a model's size is often said in its name only."""
    size = re.search(r"(?:^|\s)(\d+(?:\.\d+)?[bm])$", q.value) if q.kind == "name" else None
    return _plain(Decimal(size[1][:-1]) * patterns.SCALES[size[1][-1]]) if size else None


def _numbers(text: str) -> Iterator[Quantity]:
    for match in patterns.NUMBER.finditer(text):
        if match["first"][0].isupper() and re.match(r"\s[A-Z]", text[match.end() : match.end() + 2]):
            continue  # Two Sigma, One Medical
        yield from _quantities_of(match, text[max(0, match.start() - 24) : match.start()].lower())


def _quantities_of(match: "re.Match[str]", before: str) -> Iterator[Quantity]:
    """One quantity, or the two ends of a range, which share scale, currency and percent sign."""
    joined = match["second"] is not None and (match["to"] != "and" or before.endswith("between "))
    scale = match["scale"] or (match["second_scale"] if joined else None)
    ends = [(match["first"], scale)]
    if joined:
        ends.append((match["second"], match["second_scale"] or (match["scale"] if match["to"] == "-" else None)))
    kind, unit = _kind_and_unit(match)
    bound: Bound = "range" if joined and not before.endswith("from ") else _bound(before, match["more"])
    for digits, size in ends:
        number = patterns.parse_number(digits) * (patterns.SCALES[size.strip(" -").lower()] if size else 1)
        sign = -1 if match["minus"] else 1
        yield Quantity(kind, _plain(sign * number), unit, bound, match.start(), match.end())


def _kind_and_unit(match: "re.Match[str]") -> tuple[Kind, str]:
    suffix = re.sub(r"[\s.-]+", " ", match["suffix"] or "").strip().lower()
    if match["currency"] or suffix in patterns.CURRENCY_WORDS:
        prefix = (match["currency"] or match["second_currency"] or "").strip().upper()
        return "amount", patterns.CURRENCY_WORDS.get(suffix) or patterns.CURRENCIES[prefix]
    if suffix in patterns.PERCENT:
        return "percent", ""
    return "number", patterns.UNITS.get(suffix, "")


def _bound(before: str, more: str | None) -> Bound:
    if patterns.UNDER.search(before):
        return "under"
    return "over" if more or patterns.OVER.search(before) else ""


def _plain(number: Decimal) -> str:
    """Digits without exponent or trailing zeros, so that equal numbers are equal strings."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
