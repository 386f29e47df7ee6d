"""Where a text holds names of the table, before it is decided what they mean there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.names.entries import Entry, plain
from rag.names.table import Names

_WORD = re.compile(r"[^\W_]+")
# What makes a version of a family: `GPT-4o mini`, `Claude 3.5 Sonnet`, `Claude Opus 4.1`, `Mistral 7B`, `Kimi K2`.
_VARIANT = (
    r"(?:turbo|mini|nano|micro|sonnet|opus|haiku|pro|flash(?:-lite)?|ultra|large|medium|small|tiny|scout|maverick|preview"
    r"|instruct|vision|thinking|coder|lite|alpha|fast|air|max|plus|xl|saba|nemo|next|oss|(?:\d+x)?\d+(?:\.\d+)?[bBmM])"
)
_NUMBER = r"(?:[vrkxmaot]?\d{1,2}(?:\.\d{1,2})*(?:x\d+)?[a-z+]{0,2}|\d{3,4}b)"
_VERSION = re.compile(
    rf"[-\s]?(?:{_VARIANT}[-\s])?{_NUMBER}(?!\w|[.,]\d)(?:[-\s]{_VARIANT}(?![\w]))*|[-\s](?:large|medium|small|nemo|saba|sonnet|opus|haiku|flash)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name at `text[start:end]`, and the entries it may stand for (a product and a company may share it).

    `thing` is set for a version of a family, as the text writes it.
    """

    start: int
    end: int
    entries: tuple[Entry, ...]
    thing: str = ""


def occurrences(text: str, names: Names) -> Iterator[Occurrence]:
    """Every name in the text, the longest at each place, in order and without overlap.

    A name that is something else too is passed over where it is not written as that name is: `figure`, `RUNWAY`.
    """
    reached = 0
    for match in _WORD.finditer(text):
        start = match.start()
        if start < reached:
            continue
        found = names.by_first_word.get(plain(match.group()))
        if found is None or _inside_a_word(text, start):
            continue
        if occurrence := _at(text, start, found):
            yield occurrence
            reached = occurrence.end


def _at(text: str, start: int, entries: Sequence[Entry]) -> Occurrence | None:
    """The longest name that begins here."""
    best: list[Entry] = []
    end = start
    for entry in entries:
        if entry.kind == "family":
            continue
        found = entry.pattern.match(text, start)
        if found is None or found.end() < end or not _as_written(entry, found.group()):
            continue
        if found.end() > end:
            best, end = [], found.end()
        best.append(entry)
    for entry in entries:
        if entry.kind != "family" or not (stem := entry.pattern.match(text, start) or _glued(entry).match(text, start)):
            continue
        version = _VERSION.match(text, stem.end())
        if version and version.end() >= end and _as_written(entry, stem.group()):
            return Occurrence(start, version.end(), (entry,), " ".join(text[start : version.end()].split()))
    return Occurrence(start, end, tuple(best)) if best else None


@lru_cache(maxsize=1024)
def _glued(entry: Entry) -> re.Pattern[str]:
    """`Phi3`: the family with its version right behind."""
    return re.compile(rf"{re.escape(entry.name)}(?=\d)", re.IGNORECASE)


def _as_written(entry: Entry, written: str) -> bool:
    """Whether a name that is something else too is written as a name: `Figure`, no `figure` and no `FIGURE`."""
    if not entry.also:
        return True
    if entry.kind == "person":
        return all(word[:1].isupper() for word in written.split()) or not entry.name.istitle()
    return re.sub(r"[\s-]+", " ", written) == re.sub(r"[\s-]+", " ", entry.name)


def _inside_a_word(text: str, start: int) -> bool:
    """Behind an apostrophe, a dot, an @ or a slash stands part of a word, an address or a path."""
    return start > 0 and text[start - 1] in "_@/\\’'.&+" and start > 1 and not text[start - 2].isspace()
