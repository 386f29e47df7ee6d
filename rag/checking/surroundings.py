"""What stands around a quote and says what it is about: the names `they` may mean, the round, the table's header."""

import re
from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from rag.checking import claim_words as words
from rag.checking.lexicon import DEMONYMS, GENERIC, STOP
from rag.sentences import sentence_spans

# How far before a quote its section is read, in characters.
_BEFORE = 1500
# How many sentences back `the company` may reach.
_SENTENCES = 4
# How often a text names what it is about, where its title does not.
_OFTEN = 3
_LISTED = re.compile(r"^\s*(?:[-*+•|]|\d{1,2}[.)]\s)")
_HEADING = re.compile(r"^#{1,6}\s")
_NOBODY = STOP | GENERIC
_RULE = re.compile(r"^[\s|:-]+$")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`subjects` are folded words of the names that `it` and `the company` most likely mean; `stage` is the funding
    round named last before the quote; `header` the first row of the table the quote is a row of; `near` heading,
    header and, in a list, the line that opens it; `around` the words of the heading, in lists and tables also
    those of the title.
    """

    subjects: frozenset[str] = frozenset()
    stage: str = ""
    header: str = ""
    near: str = ""
    around: frozenset[str] = frozenset()


def surroundings(
    text: str,
    start: int,
    *,
    title: str,
    heading: str,
    header: str,
    headings: AbstractSet[str] = frozenset(),
    tagged: tuple[str, ...] = (),
    common: AbstractSet[str] = frozenset(),
) -> Surroundings:
    """Of the quote that begins at `start` of the article's text (or of as much of it as is known)."""
    line_start = text.rfind("\n", 0, start) + 1
    section = _section(text[max(0, line_start - _BEFORE) : line_start], headings)
    line = text[line_start : text.find("\n", start) if "\n" in text[start:] else len(text)]
    in_row = line.lstrip().startswith("|")
    header = (header or _header(section)) if in_row else ""
    told = [one for one in section if not _LISTED.match(one)]
    before = [] if in_row else [*told, text[line_start:start]]
    sentences = [one[a:b] for one in before for a, b in sentence_spans(one)]
    heading = heading.rpartition(" > ")[2].lstrip("# ")
    known = names_in(text) | words.tokens(" ".join(tagged))
    subject = subject_of(title, text)
    subjects = _leading(before, heading, known, common) or frozenset(map(words.fold, subject.split()))
    for name in {subject, *_names_in_title(title)}:
        if _is_at_hand(name, title, " ".join([*section, text[line_start:start]]), text):
            subjects |= frozenset(map(words.fold, name.split()))
    named = [stage for one in (title, heading, *sentences) for stage in words.rounds(one)]
    listed = bool(_LISTED.match(line))
    around = words.tokens(heading) | (words.tokens(title) if listed else frozenset())
    opening = sentence_spans(told[-1])[-1:] if listed and told else []
    near = f"{heading}. {header} {' '.join(told[-1][a:b] for a, b in opening)}"
    return Surroundings(subjects, named[-1] if named else "", header, near, around)


def _section(before: str, headings: AbstractSet[str]) -> list[str]:
    """The lines before a quote, below the last heading."""
    lines = before.split("\n")
    above = [number for number, line in enumerate(lines) if _HEADING.match(line) or line in headings - {""}]
    return [line for line in lines[above[-1] + 1 if above else 0 :] if line.strip()]


def _header(section: list[str]) -> str:
    """The first row of the table that reaches to the end of these lines."""
    first = ""
    for line in reversed(section):
        if not line.lstrip().startswith("|"):
            break
        first = line
    return "" if _RULE.match(first) else first


def _leading(paragraphs: list[str], heading: str, known: AbstractSet[str], common: AbstractSet[str]) -> frozenset[str]:
    """The names of the sentences before it in its paragraph, and who leads the nearest sentence before that; where
    there are none, the names of the heading.
    """
    own = [paragraphs[-1][a:b] for a, b in sentence_spans(paragraphs[-1])] if paragraphs else []
    found = frozenset(words.fold(name) for one in own for name in words.leading_names(one, common)) & known
    earlier = [one[a:b] for one in paragraphs[:-1] for a, b in sentence_spans(one)]
    for sentence in reversed(earlier[-_SENTENCES:]):
        if leading := words.subject_names(sentence, common) & known:
            found |= leading
            break
    return found or frozenset(map(words.fold, words.names(heading, common))) & known


def _is_at_hand(name: str, title: str, before: str, text: str) -> bool:
    """Whether somebody the title names may be meant: the section names him, or nobody else of the title."""
    others = [other for other in _names_in_title(title) if other != name and _times(other, text) > 1]
    if not name or 3 * _times(name, text) < max((_times(other, text) for other in others), default=0):
        return False  # mentioned by the way
    return _first(name) in before or not any(_first(other) in before for other in others)


def _first(name: str) -> str:
    return name.split()[0]


@lru_cache(maxsize=256)
def names_in(text: str) -> frozenset[str]:
    """The words that a text capitalises also inside sentences, folded: no first words of sentences, no demonyms."""
    starts = {start for start, _ in sentence_spans(text)}
    found = [m for m in words.WORD.finditer(text) if m.start() not in starts and any(c.isupper() for c in m.group())]
    parts = [part for m in found if text[max(0, m.start() - 2) : m.start()] not in ("# ", "- ") for part in _parts(m)]
    return frozenset(words.fold(part) for part in parts if part not in DEMONYMS)


def _parts(match: "re.Match[str]") -> list[str]:
    return [match.group(), *match.group().split("-")]


@lru_cache(maxsize=256)
def subject_of(title: str, text: str = "") -> str:
    """The name in a title which an article's `they` and `the company` usually mean: the one its text names most often,
    without a text the first.
    """
    found = _names_in_title(title)
    if not text:
        return found[0] if found else ""
    counts = Counter({name: _times(name, text) for name in found})
    if counts and counts.most_common(1)[0][1]:
        return counts.most_common(1)[0][0]
    named = Counter(run for match in words.NAME_RUN.finditer(text) if (run := match.group()).lower() not in _NOBODY)
    (first, most), (_, second) = [*named.most_common(2), ("", 0), ("", 0)][:2]
    return first if most >= _OFTEN and most >= 2 * second else ""


@lru_cache(maxsize=4096)
def _times(name: str, text: str) -> int:
    """How often a text has the name, or its first word alone."""
    return len(re.findall(rf"\b{re.escape(_first(name))}\b", text))


@lru_cache(maxsize=256)
def _names_in_title(title: str) -> tuple[str, ...]:
    found = []
    for match in words.NAME_RUN.finditer(title):
        run = [w for w in match.group().split() if w.lower() not in STOP and w not in DEMONYMS]
        run = [re.sub(r"['’]s?$", "", w) for w in run]
        if run and run[0].lower() not in GENERIC and not run[0].lower().endswith("-based"):
            found.append(" ".join(run))
    return tuple(found)


def labelled(row: str, header: str) -> str:
    """A row with its column's name before each cell: `Round Seed; Amount $113 million`; other text as it is."""
    if not row.lstrip().startswith("|"):
        return row
    cells, columns = (_cells(line) for line in (row, header))
    if len(columns) != len(cells):
        return "; ".join(cell for cell in cells if cell)
    return "; ".join(f"{column} {cell}".strip() for column, cell in zip(columns, cells, strict=True) if cell)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.strip() else []
