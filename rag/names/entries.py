"""One name and what it stands for, and the table of them that ships (names.csv beside this file).

Its columns: `kind` (a `family` is one of models, of which each version is a model: `GPT-4o`), the `thing` by its full
name, the `company` it belongs to (several with `;`), a `name` it goes by, and what else that name may be:

    (empty)   nothing else: it counts wherever it stands, in any case
    word      an ordinary word (Figure, Scale): counts as it is written here, where its surroundings speak for it
    name      somebody else's name too (Harvey, Gemini): the same, and a capital says nothing
    rare      a word that is rare in this trade (Mistral, Cohere): like `word`, but in a question it is the company

`near` are words that speak for the thing, `not_near` words that speak for the other meaning.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import Literal

Kind = Literal["company", "person", "model", "product", "family"]
Also = Literal["", "word", "name", "rare"]

_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Entry:
    """A name and what it stands for."""

    kind: Kind
    thing: str
    companies: tuple[str, ...]
    name: str
    also: Also = ""
    near: frozenset[str] = field(default=frozenset())
    not_near: frozenset[str] = field(default=frozenset())

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The name as it may be written: any white space or hyphen between its words, any case, accents or none."""
        words = [_with_or_without_accents(word) for word in re.split(r"[\s-]+", self.name)]
        return re.compile(r"(?:\s|[-\u2010\u2011])".join(words) + r"(?!\w)", re.IGNORECASE)


def first_word(name: str) -> str:
    """The word by which a name is looked up: case folded, without accents."""
    found = _TOKEN.search(name)
    return plain(found.group()) if found else ""


def plain(text: str) -> str:
    """Case folded, without accents."""
    if text.isascii():
        return text.casefold()
    split = unicodedata.normalize("NFD", text)
    return "".join(character for character in split if not unicodedata.combining(character)).casefold()


def words(text: str) -> frozenset[str]:
    """The words of a column or of a text, as contexts are compared."""
    return frozenset(text.casefold().split())


def read_shipped() -> Iterator[Entry]:
    """The entries that ship."""
    with resources.files("rag.names").joinpath("names.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            companies = tuple(part for part in row["company"].split(";") if part)
            yield Entry(
                _KINDS[row["kind"]],
                row["thing"],
                companies,
                row["name"],
                _ALSO[row["also"]],
                words(row["near"]),
                words(row["not_near"]),
            )


_KINDS: dict[str, Kind] = {
    "company": "company",
    "person": "person",
    "model": "model",
    "product": "product",
    "family": "family",
}
_ALSO: dict[str, Also] = {"": "", "word": "word", "name": "name", "rare": "rare"}


def _with_or_without_accents(word: str) -> str:
    return "".join(
        re.escape(character) if character.isascii() else f"[{re.escape(character + _base(character))}]"
        for character in word
    )


def _base(character: str) -> str:
    return unicodedata.normalize("NFD", character)[0]
