"""Windows: the one or two sentences of a passage that an extractive answer may quote, and what stands around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from rag.checking.claim_words import content
from rag.checking.quantities import quantities
from rag.checking.surroundings import subject_of
from rag.documents import Passage
from rag.indexes.lexical import terms
from rag.sentences import sentence_spans

# What a line of cleaned Markdown begins with: list marks, quote marks, heading marks, table bars.
_MARKS = re.compile(r"^\s*(?:[-*+>•]|\d+[.)]|#{1,6})\s+")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s")
_HEADING = re.compile(r"^#{1,6}\s")
_RULE = re.compile(r"^[\s|:-]+$")

# More characters than this are no answer but a passage.
LONGEST_STRETCH = 600

Span = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """`passage.text[first:last]`, with what says what it is about.

    `before` is the text of its own paragraph in front of it (for a list item, the line that introduces the list),
    `above` its nearest heading, `header` the first row of its table
    (it may stand before the passage), `section` where in the passage its section starts.
    """

    passage: Passage
    first: int
    last: int
    before: str = ""
    above: str = ""
    header: str = ""
    section: int = 0
    sentences: int = 1

    @property
    def start(self) -> int:
        """Where the window starts in the article."""
        return self.passage.start + self.first

    @property
    def end(self) -> int:
        return self.passage.start + self.last

    @cached_property
    def text(self) -> str:
        """The exact text."""
        return self.passage.text[self.first : self.last]

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(terms(self.text))

    @cached_property
    def near(self) -> str:
        """What a reader has just read when the window begins."""
        return "\n".join(part for part in (self.above, self.before, self.header) if part)

    @cached_property
    def context(self) -> frozenset[str]:
        """The words around: those nearby, and of the headings and the title."""
        return frozenset(terms(f"{self.passage.title}\n{self.passage.heading}\n{self.near}"))

    @property
    def passage_words(self) -> frozenset[str]:
        """The words of the whole passage, its title and its heading."""
        return words_of(self.passage)

    @property
    def is_question(self) -> bool:
        """A question is nobody's answer."""
        return self.text.rstrip(" *_”\"’'").endswith("?")

    @cached_property
    def readable(self) -> str:
        """The text as a sentence: without list marks and table bars, on one line."""
        lines = [_MARKS.sub("", line).strip() for line in self.text.splitlines()]
        lines = [", ".join(_cells(line)) if "|" in line else line for line in lines]
        joined = " ".join(line for line in lines if line)
        if "|" in self.text and not content(joined):  # a row of days and sums does not say of whom
            subject = subject_of(self.passage.title) or self.passage.title
            if quantities(subject):  # `Three` of `Three years of Acme`
                subject = ", ".join(_cells(self.header))
            joined = f"{subject}: {joined}"
        return joined if joined.endswith((".", "!", "?", "…", "”", '"')) else f"{joined}."

    @cached_property
    def to_embed(self) -> str:
        """What the model compares with the question: the nearest heading says what `this round` is."""
        return f"{self.above}: {self.readable}" if self.above else self.readable

    def overlaps(self, other: "Window") -> bool:
        """Whether both quote some of the same text."""
        same = self.passage.article_id == other.passage.article_id
        return same and self.start < other.end and other.start < self.end

    def says_the_same(self, other: "Window") -> bool:
        """Whether nearly all words of one stand in the other."""
        shared = len(self.words & other.words)
        return shared >= 0.8 * min(len(self.words), len(other.words))


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|") if cell.strip()]


@lru_cache(maxsize=1024)
def words_of(passage: Passage) -> frozenset[str]:
    """The terms of a passage, its title, its heading and the header of its table."""
    return frozenset(terms(f"{passage.title}\n{passage.heading}\n{passage.header}\n{passage.text}"))


@lru_cache(maxsize=1024)
def windows_of(passage: Passage) -> tuple[Window, ...]:
    """Every sentence of a passage, and every two that follow each other in one paragraph; headings are no sentences."""
    return tuple(_windows(passage))


def stretch(window: Window) -> Window:
    """The window with the sentences beside it in its paragraph: what is told stands seldom in one sentence alone."""
    same = [
        one
        for one in windows_of(window.passage)
        if one.sentences == 1 and one.section == window.section and not one.header and _is_beside(one, window)
    ]
    first, last = min(one.first for one in (*same, window)), max(one.last for one in (*same, window))
    if last - first > LONGEST_STRETCH or window.header:
        return window
    return replace(window, first=first, last=last, sentences=window.sentences + len(same))


def _is_beside(one: Window, window: Window) -> bool:
    text = window.passage.text
    if one.last <= window.first:
        between = text[one.last : window.first]
    elif window.last <= one.first:
        between = text[window.last : one.first]
    else:
        return False
    return not between.strip() and "\n" not in between


def _windows(passage: Passage) -> Iterator[Window]:
    text = passage.text
    above = passage.heading.rpartition(" > ")[2]
    opening, header = "", passage.header  # the line that introduces a list, the first row of a table
    earlier: Window | None = None
    section = 0
    for first, last in _spans(text):
        if any(first < b and a < last for a, b in passage.barred):
            earlier = None
            continue
        line_start = text.rfind("\n", 0, first) + 1
        line = text[line_start:last]
        if _HEADING.match(line):
            above, opening, header, earlier = line.lstrip("# ").strip(), "", "", None
            section = last
            continue
        in_table, in_list = line.lstrip().startswith("|"), bool(_ITEM.match(line))
        header = (header or text[first:last]) if in_table else ""
        if _RULE.match(text[first:last]) or (in_table and header == text[first:last]):
            continue
        before = text[line_start:first].strip()
        if in_list and opening:
            before = f"{opening} {before}".strip()
        window = Window(passage, first, last, before, above, header, section)
        if not in_list and not in_table:
            opening = text[line_start:last] if line.rstrip().endswith(":") else ""
        if len(window.words) > 1:
            yield window
        if earlier and "\n" not in text[earlier.last : first] and not in_table:
            yield Window(passage, earlier.first, last, earlier.before, above, "", section, 2)
        earlier = window


def _spans(text: str) -> Iterator[Span]:
    """Sentences; a row of a table is one, whatever stands in its cells."""
    end = 0
    for first, last in sentence_spans(text):
        if first < end:
            continue
        end = last
        line_start = text.rfind("\n", 0, first) + 1
        if text[line_start:first].strip() == "" and text[first] == "|":
            line_end = text.find("\n", first)
            end = len(text) if line_end < 0 else line_end
        yield first, end
