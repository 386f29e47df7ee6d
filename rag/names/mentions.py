"""Which names in a text are mentions of things of the table: each is decided by its sentence and by its article.

plain names   (`OpenAI`, `GPT-4o`) are mentions wherever they stand
the others    are mentions when what speaks for them is enough: their sentence (rag/names/context.py), and their
              article, where a plain name of the same company stands (`Runway AI`, its founder, its model), where
              other companies of the trade are named, or where the same name has been clear in another sentence
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.names.context import ENOUGH, score, surroundings
from rag.names.entries import Entry, Kind
from rag.names.occurrences import Occurrence, occurrences
from rag.names.table import Names

LINKED, PAIRED, CLEAR_ELSEWHERE, IN_THE_TRADE, DEEP_IN_THE_TRADE = 2.5, 1.5, 1.5, 0.7, 1.2
CLEAR, POSSIBLE = 3.5, 0.0  # scores of a sentence alone


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing that is mentioned at `text[start:end]`."""

    start: int
    end: int
    kind: Kind
    thing: str


@dataclass(frozen=True, slots=True)
class _Doubtful:
    """A name that may be meant otherwise, and what its sentence says for it."""

    occurrence: Occurrence
    entry: Entry
    score: float


def mentions_in(text: str, names: Names) -> tuple[Mention, ...]:
    """Every mention, in order. A name that a company shares with its product is a mention of both."""
    sure: list[tuple[Occurrence, Entry]] = []
    doubtful: list[_Doubtful] = []
    for occurrence in occurrences(text, names):
        around = None
        for entry in occurrence.entries:
            if not entry.also:
                sure.append((occurrence, entry))
                continue
            around = around or surroundings(text, occurrence.start, occurrence.end)
            doubtful.append(_Doubtful(occurrence, entry, score(entry, around) + (1.0 if occurrence.thing else 0.0)))
    found = [*sure, *_accepted(sure, doubtful)]
    mentions = (_mention(occurrence, entry, names) for occurrence, entry in found)
    return tuple(sorted(mentions, key=lambda mention: (mention.start, mention.kind)))


def _accepted(
    sure: Sequence[tuple[Occurrence, Entry]], doubtful: Sequence[_Doubtful]
) -> Iterator[tuple[Occurrence, Entry]]:
    """The doubtful names that are meant. Those that are clear by themselves speak for the others."""
    certain = _by_company([*sure, *((one.occurrence, one.entry) for one in doubtful if one.score >= CLEAR)])
    possible = _by_company((one.occurrence, one.entry) for one in doubtful if one.score >= POSSIBLE)
    for one in doubtful:
        if one.score + _article(one.entry, certain, possible) >= ENOUGH:
            yield one.occurrence, one.entry


def _by_company(found: Iterable[tuple[Occurrence, Entry]]) -> dict[str, set[str]]:
    """Each company with the names by which the text speaks of it or of what is its own."""
    companies: dict[str, set[str]] = {}
    for _, entry in found:
        for company in entry.companies:
            companies.setdefault(company, set()).add(entry.name)
    return companies


def _article(entry: Entry, certain: dict[str, set[str]], possible: dict[str, set[str]]) -> float:
    """What the rest of the article says for an entry: the names that are certain in it, and the possible ones."""
    linked, paired = (
        set[str]().union(*(companies.get(company, set()) for company in entry.companies))
        for companies in (certain, possible)
    )
    total = 0.0
    if linked - {entry.name}:
        total += LINKED
    elif linked:
        total += CLEAR_ELSEWHERE
    elif paired - {entry.name}:
        total += PAIRED  # `Figure` and `Brett Adcock`: either might be somebody else, hardly both
    others = len(certain.keys() - set(entry.companies))
    return total + (DEEP_IN_THE_TRADE if others > 1 else IN_THE_TRADE if others else 0.0)


def _mention(occurrence: Occurrence, entry: Entry, names: Names) -> Mention:
    if entry.kind != "family":
        return Mention(occurrence.start, occurrence.end, entry.kind, entry.thing)
    return Mention(occurrence.start, occurrence.end, "model", names.model_called(occurrence.thing, entry))
