"""How much the surroundings of a name that is something else too speak for the thing of the table.

A sum of weighted cues, each a fact about the name's own sentence or about its article. The weights were set by hand on
the tuning half of benchmarks/mentions, whose README says what its figures are worth.
"""

import re
from dataclasses import dataclass

from rag.names import cues
from rag.names.entries import Entry

ENOUGH = 2.0
REACH = 240  # characters to each side that are looked at, at the most

_SENTENCE_END = re.compile(r"[.!?…]['\"”’)]*\s|\n")
_MARKS_BEFORE, _MARKS_AFTER = re.compile(r"[*_`“‘\"'(\[]+$"), re.compile(r"^[*_`”\"]+")
_WORD = re.compile(r"[^\W_](?:[\w'’&-]*\w)?")
_NEXT = re.compile(r"[  \t]([^\W_](?:[\w’'-]*\w)?)")
_LAST = re.compile(r"([^\W_](?:[\w’'.-]*?\w)??)([’']s?)?[  \t]$")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The sentence around a name: what stands before and after in it, its words, whether it is all in capitals."""

    before: str
    after: str
    words: frozenset[str]
    is_title: bool

    @property
    def at_start(self) -> bool:
        """Whether the name begins its sentence, or its cell of a table."""
        return not _WORD.search(self.before.rpartition("|")[2])


def surroundings(text: str, start: int, end: int) -> Surroundings:
    """The sentence that holds `text[start:end]`."""
    before = _MARKS_BEFORE.sub("", text[max(0, start - REACH) : start])
    after = _MARKS_AFTER.sub("", text[end : end + REACH])
    begins = [match.end() for match in _SENTENCE_END.finditer(before)]
    before = before[begins[-1] :] if begins else before
    ends = _SENTENCE_END.search(after)
    after = after[: ends.end()] if ends else after
    found = _WORD.findall(f"{before} {after}")
    long = [word for word in found if len(word) > 3]
    is_title = len(long) > 2 and sum(word[0].isupper() for word in long) >= 0.8 * len(long)
    return Surroundings(before, after, frozenset(word.casefold() for word in found), is_title)


def score(entry: Entry, around: Surroundings) -> float:
    """What the sentence says for (above 0) or against (below) the entry being meant."""
    full_name = 0.5 if entry.kind == "person" else 0.0
    return full_name + _neighbours(entry, around) + _grammar(entry, around) + _topic(entry, around)


def _neighbours(entry: Entry, around: Surroundings) -> float:
    """The words right beside the name: another name's parts, numbers, determiners."""
    total = 0.0
    following, last = _NEXT.match(around.after), _LAST.search(around.before)
    after = following[1] if following else ""
    before = last[1] if last else ""
    if around.before[-1:] in "-‐–@/" and around.before[-1:]:
        total -= 4.0  # Jean-Claude
    if re.match(r"[-‐]\w|\.\w|@", around.after):
        total -= 1.5
    if after[:1].isdigit() or after.casefold() in cues.NUMBER_WORDS:
        total -= 4.0  # Figure 3, Runway 27, Runway Two
    elif after[:1].isupper() and not around.is_title and after.casefold() not in cues.FOLLOWERS:
        total -= 4.0  # Sierra Nevada, Harvey Weinstein
    if before[:1].isupper() and not around.is_title and before.casefold() not in cues.LEADERS and before != "I":
        total += _owner(entry, before, owns=bool(last and last[2]))
    if before.casefold() in cues.DETERMINERS:
        if after.casefold() in cues.THINGS:
            total += 1.0
        elif entry.kind != "person":
            total -= 2.5
    return total


def _owner(entry: Entry, before: str, *, owns: bool) -> float:
    """A capitalised word right before: the maker (`Google's Gemini`), a possessor, or part of another name."""
    if before in " ".join(entry.companies).split():
        return 2.5
    return 0.0 if owns else -4.0


def _grammar(entry: Entry, around: Surroundings) -> float:
    """Whether it is used as a company or a product is: with its verbs, posts, relations."""
    total = 0.0
    if not around.at_start and not around.is_title and entry.also in ("word", "rare"):
        total += 1.5  # a capital in the middle of a sentence
    following = _WORD.findall(around.after[:60])[:3]
    if entry.kind != "person" and re.match(r"\s", around.after):  # people do all of these
        verbs = [word.casefold() for word in following]
        if verbs and (verbs[0] in cues.ACTS or (verbs[0] in cues.SAYS and set(verbs[1:]) & cues.ACTS)):
            total += 1.5 if entry.also == "name" else 2.0
        elif verbs and verbs[0] in cues.SAYS:
            total += 0.5
    if cues.BEFORE.search(around.before):
        total += 1.0
    if cues.POSSESSIVE.match(around.after):
        total += 1.5 if len(following) > 1 and following[1].casefold() in cues.TRADE else 0.5
    if cues.APPOSITION.match(around.after):
        total += 0.5
    return total


def _topic(entry: Entry, around: Surroundings) -> float:
    """Whether the sentence speaks of the trade, of the thing's own matters, or of the name's other meaning."""
    trade = len(around.words & cues.TRADE) + bool(cues.MONEY.search(around.before + around.after))
    owners = {word.casefold() for company in entry.companies if company != entry.thing for word in company.split()}
    near, other = (
        len(around.words & (entry.near | owners - {entry.name.casefold()})),
        len(around.words & entry.not_near),
    )
    return min(trade, 3) * 0.7 + min(near, 2) * 1.2 - min(other, 2) * 2.0
