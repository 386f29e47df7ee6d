"""The table of names: what a name stands for, and which names a text holds, whatever they mean there.

Questions and sentences are short: there a name counts by its letters alone. What an article's names mean is decided by
its context, in rag/names/tags.py.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from rag.names.entries import Entry, first_word, plain, read_shipped

# Part of the digest: raised when the rules for contexts change, so that articles are tagged anew.
RULES_VERSION = 1
_SHORTEST_MENDED = 6


class Names:
    """An immutable table of names."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        by_word: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            by_word[first_word(entry.name)].append(entry)
        # The longest first, a family before all: `GPT-4o mini` is more than `GPT-4o`.
        self.by_first_word: Mapping[str, Sequence[Entry]] = {
            word: sorted(found, key=lambda entry: -len(entry.name)) for word, found in by_word.items()
        }
        self._companies = [entry for entry in self.entries if entry.kind == "company"]
        self._company_of = {plain(entry.name): entry.thing for entry in self._companies}

    @cached_property
    def digest(self) -> str:
        """Tells two tables apart: articles that were tagged by another one are tagged anew."""
        facts = sorted(
            repr((e.kind, e.thing, e.companies, e.name, e.also, sorted(e.near), sorted(e.not_near)))
            for e in self.entries
        )
        return hashlib.sha256("\n".join([str(RULES_VERSION), *facts]).encode()).hexdigest()

    def company_of(self, name: str) -> str:
        """The company a name stands for: `mistral` is `Mistral AI`; an unknown name stands for itself."""
        return self._company_of.get(plain(name.strip()), name.strip())

    def names_of(self, company: str) -> tuple[str, ...]:
        """The names a known company goes by; none for an unknown one."""
        return tuple(entry.name for entry in self._companies if entry.thing == company)

    def companies_in(self, text: str) -> tuple[str, ...]:
        """The companies whose names a sentence or question holds, in the order of their first mention.

        An ordinary word counts only as the name is written: `Runway`.
        """
        return tuple(dict.fromkeys(company for _, _, company in self.company_names_in(text)))

    def company_names_in(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, company) of each of them, in order."""
        matches = (match for pattern in self._patterns for match in pattern.finditer(text))
        return sorted((match.start(), match.end(), self.company_of(match.group())) for match in matches)

    def companies_asked(self, question: str) -> tuple[str, ...]:
        """The companies of a question: one without any capital letter means Runway by `runway`, if nothing else."""
        found = self.companies_in(question)
        if found or any(character.isupper() for character in question[1:]):
            return found
        ordinary = (entry for entry in self._companies if entry.also in ("word", "name"))
        asked = (entry.thing for entry in ordinary if _any_of([entry.name], re.IGNORECASE).search(question))
        return tuple(dict.fromkeys(asked))

    def model_called(self, written: str, family: Entry) -> str:
        """The model that a version of a family is: as the table has it, else as it is written."""
        known = self._models.get(_spelling(written))
        return known or family.name + written[len(family.name) :]

    @cached_property
    def _models(self) -> Mapping[str, str]:
        return {_spelling(entry.name): entry.thing for entry in self.entries if entry.kind == "model"}

    @cached_property
    def plain_names(self) -> Mapping[str, str]:
        """The names of companies that are one word, and no ordinary one, by what they are case folded."""
        return {
            entry.name.casefold(): entry.name
            for entry in sorted(self._companies, key=lambda entry: entry.name)
            if entry.name.isalpha() and len(entry.name) >= _SHORTEST_MENDED and entry.also in ("", "rare")
        }

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        exact = [entry.name for entry in self._companies if entry.also in ("word", "name")]
        others = [entry.name for entry in self._companies if entry.also in ("", "rare")]
        return _any_of(exact), _any_of(others, re.IGNORECASE)


@lru_cache(maxsize=1)
def shipped() -> Names:
    """The table that ships."""
    return Names(read_shipped())


def _any_of(names: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first) or '(?!)'})(?![\w-])", flags)


def _spelling(name: str) -> str:
    """What two spellings of a model's name share: `GPT 4o-mini`, `gpt-4o mini`."""
    return plain("".join(character for character in name if character.isalnum() or character in "+."))
