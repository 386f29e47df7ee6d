"""What of the passages may be quoted: their sentences and neighbouring pairs of them, with what stands around each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.claims import Quote
from rag.checking.claim_words import NAME_RUN, content, fold, tokens
from rag.checking.support import Evidence, sentences
from rag.checking.surroundings import surroundings
from rag.documents import Article, Passage

# Neighbouring items of a list and rows of a table are about different things.
_ITEM = re.compile(r"[-*•|]\s|\d{1,2}[.)]\s")


@dataclass(frozen=True, slots=True)
class Window:
    """One or two neighbouring sentences of a passage, as a quote of its article; `heading` is the one above it."""

    quote: Quote
    evidence: Evidence
    heading: Quote | None


class QuotablePassages:
    """The passages of one answer; their windows are made when they are first asked for, and kept."""

    def __init__(self, passages: Sequence[Passage], articles: Mapping[str, Article]) -> None:
        """`articles` has the metadata of every passage's article; a text, where present, proves quotes beyond it."""
        self._passages = tuple(passages)
        self._articles = articles
        self._windows: dict[int, tuple[Window, ...]] = {}
        self._headings: dict[str, set[str]] = {p.article_id: set() for p in self._passages}
        for p in self._passages:
            self._headings[p.article_id].update(p.heading.split(" > "))
        # Words that the passages also write in lower case: at the start of a sentence they are no names.
        self.common: frozenset[str] = frozenset(
            word
            for p in self._passages
            for word in p.text.replace("\n", " ").split()
            if word.isalpha() and word.islower()
        )

    def __len__(self) -> int:
        return len(self._passages)

    def windows(self, index: int) -> tuple[Window, ...]:
        """The windows of one passage, in reading order."""
        if index not in self._windows:
            self._windows[index] = tuple(self._windows_in(self._passages[index]))
        return self._windows[index]

    def holding(self, quote: Quote) -> Iterator[Passage]:
        """The passages in which the whole quote stands, if it is where it says."""
        for p in self._passages:
            if p.article_id == quote.article_id and p.start <= quote.start and quote.end <= p.end:
                yield p

    def is_exact(self, quote: Quote) -> bool:
        """Whether the quote stands in its article to the letter, and in nothing that may not be quoted."""
        if quote.start >= quote.end or quote.start < 0:
            return False
        for p in self.holding(quote):
            if any(quote.start < p.start + b and p.start + a < quote.end for a, b in p.barred):
                return False
            return p.text[quote.start - p.start : quote.end - p.start] == quote.text
        article = self._articles.get(quote.article_id)
        return article is not None and article.text[quote.start : quote.end] == quote.text

    def evidence(self, quote: Quote) -> Evidence:
        """An exact quote with what stands around it, where a passage holds it."""
        passage = next(self.holding(quote), None)
        if passage is None:
            return Evidence(quote.text)
        return self._evidence(quote, passage, self._heading_before(passage, quote.start - passage.start))

    def headings_saying(self, text: str, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
        """The headings above the quotes that have words of the text which no quote has, each once."""
        unsaid = content(text) - tokens(" ".join(quote.text for quote in quotes))
        found: dict[Quote, bool] = {}
        for quote in quotes if unsaid else ():
            passage = next(self.holding(quote), None)
            heading = self._heading_before(passage, quote.start - passage.start) if passage else None
            if heading and self.is_exact(heading) and unsaid & tokens(heading.text):
                found[heading] = True
        return tuple(found)

    def _windows_in(self, passage: Passage) -> Iterator[Window]:
        """Sentences and pairs of neighbours, each with the heading above it; no pair reaches into a new section."""
        heading = self._heading_above(passage)
        below: tuple[int, int] | None = None
        for start, end in _lines_and_sentences(passage.text):
            if any(start < b and a < end for a, b in passage.barred):
                below = None
                continue
            if self._is_heading(passage, start, end):
                heading, below = _quote(passage, start, end), (start, end)
                continue
            both_items = below and (
                (_ITEM.match(passage.text, below[0]) and _ITEM.match(passage.text, start))
                or "|" in (passage.text[below[0]], passage.text[start])
            )
            if passage.text[start:end].endswith("?"):
                below = None  # a question says nothing
                continue
            for begin in {start, below[0] if below and not both_items else start}:
                quote = _quote(passage, begin, end)
                yield Window(quote, self._evidence(quote, passage, heading), heading)
            below = (start, end)

    def _evidence(self, quote: Quote, passage: Passage, heading: Quote | None) -> Evidence:
        """The quote with what stands around it in its article, or in the passage where the text is not at hand."""
        article = self._articles.get(quote.article_id)
        text, start = (article.text, quote.start) if article and article.text else (passage.text, 0)
        if text is passage.text:
            start = quote.start - passage.start
        around = surroundings(
            text,
            start,
            title=passage.title,
            heading=heading.text if heading else passage.heading,
            headings=frozenset(self._headings[quote.article_id]),
            header=passage.header if _in_first_table(passage.text[: quote.start - passage.start]) else "",
            tagged=(*article.companies, *article.people) if article else (),
            common=self.common,
        )
        return Evidence(quote.text, around, _name_runs(text))

    def _is_heading(self, passage: Passage, start: int, end: int) -> bool:
        line = passage.text[start:end]
        return line.startswith("#") or line in self._headings[passage.article_id]

    def _heading_before(self, passage: Passage, end: int) -> Quote | None:
        """The last heading of the passage before `end`, else the one above the passage."""
        spans = _lines_and_sentences(passage.text[:end])
        within = [_quote(passage, a, b) for a, b in spans if self._is_heading(passage, a, b)]
        return within[-1] if within else self._heading_above(passage)

    def _heading_above(self, passage: Passage) -> Quote | None:
        """Where the heading stands in the article: `Mixtral 8x7B` often stands nowhere else."""
        heading = passage.heading.rpartition(" > ")[2].strip()
        article = self._articles.get(passage.article_id)
        start = article.text.rfind(heading, 0, passage.start) if article and heading else -1
        return Quote(passage.article_id, start, start + len(heading), heading) if start >= 0 else None


def _quote(passage: Passage, start: int, end: int) -> Quote:
    return Quote(passage.article_id, passage.start + start, passage.start + end, passage.text[start:end])


def _lines_and_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Sentences; a row of a table is one, whatever stands in its cells."""
    reached = 0
    for start, end in sentences(text):
        if start < reached:
            continue
        line_start = text.rfind("\n", 0, start) + 1
        if text[line_start:].lstrip().startswith("|"):
            line_end = text.find("\n", start)
            end = len(text[: line_end if line_end >= 0 else len(text)].rstrip())
        yield start, end
        reached = end


def _in_first_table(before: str) -> bool:
    """Whether a chunk has nothing but rows so far: then its header may stand before it."""
    return all(line.lstrip().startswith("|") for line in before.splitlines() if line.strip())


@lru_cache(maxsize=256)
def _name_runs(text: str) -> frozenset[frozenset[str]]:
    """The names of two or three words in a text, folded: first name and surname, company and its short form."""
    found = (match.group().split() for match in NAME_RUN.finditer(text))
    return frozenset(frozenset(map(fold, run)) for run in found if 2 <= len(run) <= 3)
