"""Companies by their names: which are mentioned in a text, and what a name stands for.

The table beside this file holds the names of companies that make AI; a name that is also an ordinary word (Runway,
Figure) counts only as it is written there, the others in any case.
"""

import csv
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, str]]:
    with resources.files("rag").joinpath("companies.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], re.Pattern[str], re.Pattern[str]]:
    """Case-folded name to company, and patterns for the names that are read exactly and in any case."""
    rows = _rows()
    company_of = {row["name"].casefold(): row["company"] for row in rows}
    exact = _any_of(row["name"] for row in rows if row["ordinary_word"] == "yes")
    in_any_case = _any_of((row["name"] for row in rows if row["ordinary_word"] == "no"), re.IGNORECASE)
    return company_of, exact, in_any_case


def _any_of(names: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first)})(?![\w-])", flags)


def company_of(name: str) -> str:
    """The company a name stands for: `mistral` is `Mistral AI`; an unknown name stands for itself."""
    return _table()[0].get(name.strip().casefold(), name.strip())


def names_of(company: str) -> tuple[str, ...]:
    """The names a known company goes by; none for an unknown one."""
    return tuple(row["name"] for row in _rows() if row["company"] == company)


def companies_in(text: str) -> tuple[str, ...]:
    """The known companies a text mentions, in the order of their first mention."""
    known, exact, in_any_case = _table()
    found = sorted(
        (match.start(), match.group()) for pattern in (exact, in_any_case) for match in pattern.finditer(text)
    )
    return tuple(dict.fromkeys(known[name.casefold()] for _, name in found))


def companies_asked(question: str) -> tuple[str, ...]:
    """The known companies of a question: one without any capital letter means Runway by `runway`, if nothing else."""
    found = companies_in(question)
    if found or any(character.isupper() for character in question[1:]):
        return found
    return tuple(dict.fromkeys(company for name, company in _ordinary().items() if _stands_in(name, question)))


@lru_cache(maxsize=1)
def plain_names() -> tuple[str, ...]:
    """The names of companies that are one word, and no ordinary one."""
    _, exact, _ = _table()
    names = {row["name"] for row in _rows()}
    return tuple(name for name in sorted(names) if name.isalpha() and len(name) >= 6 and not exact.fullmatch(name))


@lru_cache(maxsize=1)
def _ordinary() -> dict[str, str]:
    return {row["name"]: row["company"] for row in _rows() if row["ordinary_word"] == "yes"}


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE) is not None
