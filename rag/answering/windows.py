"""Windows: the one or two sentences of a passage that an extractive answer may quote."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from rag.documents import Passage
from rag.indexes.lexical import terms
from rag.sentences import sentence_spans

# What a line of cleaned Markdown begins with: list marks, quote marks, heading marks, table bars.
_MARKS = re.compile(r"^\s*(?:[-*+>•]|\d+[.)]|#{1,6})\s+")
_HEADING = re.compile(r"^#{1,6}\s")
_RULE = re.compile(r"^[\s|:-]+$")


@dataclass(frozen=True)
class Window:
    """`passage.text[first:last]`, with what stands around it: headings, title, the header of its table."""

    passage: Passage
    first: int
    last: int
    around: str

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
    def context(self) -> frozenset[str]:
        return frozenset(terms(self.around))

    @cached_property
    def readable(self) -> str:
        """The text as a sentence: without list marks and table bars, on one line."""
        lines = [_MARKS.sub("", line).strip() for line in self.text.splitlines()]
        lines = [
            ", ".join(cell.strip() for cell in line.strip("|").split("|") if cell.strip()) if "|" in line else line
            for line in lines
        ]
        joined = " ".join(line for line in lines if line)
        return joined if joined.endswith((".", "!", "?", "…", "”", '"')) else f"{joined}."

    @cached_property
    def to_embed(self) -> str:
        """What the model compares with the question: the nearest heading says what `this round` is."""
        nearest = self.passage.heading.rpartition(" > ")[2]
        return f"{nearest}: {self.readable}" if nearest else self.readable

    def overlaps(self, other: "Window") -> bool:
        """Whether both quote some of the same text."""
        same = self.passage.article_id == other.passage.article_id
        return same and self.start < other.end and other.start < self.end

    def says_the_same(self, other: "Window") -> bool:
        """Whether nearly all words of one stand in the other."""
        shared = len(self.words & other.words)
        return shared >= 0.8 * min(len(self.words), len(other.words))


def windows_of(passage: Passage) -> Iterator[Window]:
    """Every sentence of a passage, and every two that follow each other in one paragraph; headings are no sentences."""
    text = passage.text
    around = f"{passage.title}\n{passage.heading}"
    spans = [span for span in sentence_spans(text) if _is_sentence(text[span[0] : span[1]])]
    for at, (first, last) in enumerate(spans):
        in_table = text[first:last].lstrip().startswith("|")
        beside = f"{around}\n{_table_header(text, first)}" if in_table else around
        yield Window(passage, first, last, beside)
        if at + 1 < len(spans) and not in_table and "\n" not in text[last : spans[at + 1][0]]:
            yield Window(passage, first, spans[at + 1][1], around)


def _is_sentence(text: str) -> bool:
    return not _HEADING.match(text) and not _RULE.match(text) and len(terms(text)) > 1


def _table_header(text: str, at: int) -> str:
    """The first row of the table that the row at this position is in."""
    rows = text[:at].split("\n")[:-1]
    header = ""
    for row in reversed(rows):
        if not row.lstrip().startswith("|"):
            break
        header = row
    return header
