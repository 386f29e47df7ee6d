"""Nothing reaches a reader that its quotes do not support.

A claim comes with the quotes or the passage numbers its writer named, or without. Here it is cleaned of markup, held
against exact stretches of the passages, and either becomes a sentence with citations or is dropped, with the reason.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from rag.answering.claims import Claim, Quote
from rag.checking.claim_words import NAME_RUN, content, fold
from rag.checking.injection import addresses_a_model
from rag.checking.markup import plain_sentence
from rag.checking.quantities import missing, quantities
from rag.checking.support import MIN_SHARE, Evidence, objection, sentences, share
from rag.checking.surroundings import surroundings
from rag.copies import MOST_NAMED, further_addresses, quoted_in
from rag.documents import AlsoIn, Article, Citation, Passage, Sentence

# How many of the best windows are tried in pairs when no single one supports a claim.
_PAIRED = 12
# Neighbouring items of a list and rows of a table are about different things.
_ITEM = re.compile(r"[-*•|]\s|\d{1,2}[.)]\s")
_JOINTS = re.compile(r",?\s(?:and|but|while|whereas|after|before|followed by|then)\s|[;,]\s")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A claim that no passage supports, and why. `text` is what its writer wrote."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Window:
    """One or two neighbouring sentences of a passage, as a quote of its article."""

    quote: Quote
    evidence: Evidence
    heading: Quote | None


class CitationChecker:
    """Turns the claims of one answer into sentences, and numbers their citations in the order of first use."""

    def __init__(self, passages: Sequence[Passage], articles: Mapping[str, Article]) -> None:
        """`articles` has the metadata of every passage's article; a text, where present, proves quotes beyond it,
        and that an article which repeats a passage has the quote too.
        """
        self._passages = tuple(passages)
        self._articles = articles
        self._citations: dict[tuple[str, int, int], Citation] = {}
        self._windows: dict[int, tuple[_Window, ...]] = {}
        self._headings: dict[str, set[str]] = {p.article_id: set() for p in self._passages}
        for p in self._passages:
            self._headings[p.article_id].update(p.heading.split(" > "))
        self._common: frozenset[str] = frozenset(
            word
            for p in self._passages
            for word in p.text.replace("\n", " ").split()
            if word.isalpha() and word.islower()
        )

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations of the sentences admitted so far, by number."""
        return tuple(self._citations.values())

    def admit(self, claim: Claim) -> Sentence | Dropped:
        """The claim as a sentence with citations that support it, or why there is none."""
        text = plain_sentence(claim.text)
        if not text:
            return Dropped(claim.text, "it has no words")
        if addresses_a_model(text):
            return Dropped(claim.text, "it speaks to a language model")
        quotes, reason = self._support(text, claim)
        if not quotes:
            return Dropped(claim.text, reason)
        return Sentence(text=text, citations=tuple(sorted({self._cite(quote).number for quote in quotes})))

    def stated(self, claim: Claim, number: int | None = None) -> tuple[str, Citation] | None:
        """A claim that its one quote supports, and the citation: among the answer's, or apart from them as `number`.

        Where the claim's own words are not supported, the quote's are taken; None when the quote is not exact.
        """
        if len(claim.quotes) != 1 or not self._is_exact(claim.quotes[0]):
            return None
        quote = claim.quotes[0]
        text = plain_sentence(claim.text)
        if not text or self._support(text, claim)[0] != (quote,):
            text = plain_sentence(quote.text)
        return text, self._cite(quote) if number is None else self._citation(quote, number)

    def _support(self, text: str, claim: Claim) -> tuple[tuple[Quote, ...], str]:
        """Quotes for the text: those given, else from the passages cited, else from any passage."""
        given = tuple(quote for quote in claim.quotes if self._is_exact(quote))
        if given and (_repeats(text, given) or not objection(text, self._given(given), self._common)):
            return given, ""
        cited = [n - 1 for n in claim.cites if 1 <= n <= len(self._passages)]
        reason = ""
        for chosen in (cited, range(len(self._passages))):
            windows = [window for i in chosen for window in self._windows_of(i)]
            found, why = _supporting(text, windows, self._common)
            if found:
                return found, ""
            reason = reason or why
        return (), reason or "there are no passages"

    def _given(self, quotes: Sequence[Quote]) -> list[Evidence]:
        found = []
        for quote in quotes:
            passage = next(self._passages_with(quote), None)
            found.append(
                self._evidence(quote, passage, self._heading_above(passage)) if passage else Evidence(quote.text)
            )
        return found

    def _is_exact(self, quote: Quote) -> bool:
        if quote.start >= quote.end or quote.start < 0:
            return False
        for p in self._passages_with(quote):
            if any(quote.start < p.start + b and p.start + a < quote.end for a, b in p.barred):
                return False
            return p.text[quote.start - p.start : quote.end - p.start] == quote.text
        article = self._articles.get(quote.article_id)
        return article is not None and article.text[quote.start : quote.end] == quote.text

    def _windows_of(self, index: int) -> tuple[_Window, ...]:
        if index not in self._windows:
            self._windows[index] = tuple(self._windows_in(self._passages[index]))
        return self._windows[index]

    def _windows_in(self, passage: Passage) -> Iterator[_Window]:
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
                yield _Window(quote, self._evidence(quote, passage, heading), heading)
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
            common=self._common,
        )
        return Evidence(quote.text, around, _name_runs(text))

    def _is_heading(self, passage: Passage, start: int, end: int) -> bool:
        line = passage.text[start:end]
        return line.startswith("#") or line in self._headings[passage.article_id]

    def _heading_above(self, passage: Passage) -> Quote | None:
        """Where the heading stands in the article: `Mixtral 8x7B` often stands nowhere else."""
        heading = passage.heading.rpartition(" > ")[2].strip()
        article = self._articles.get(passage.article_id)
        start = article.text.rfind(heading, 0, passage.start) if article and heading else -1
        return Quote(passage.article_id, start, start + len(heading), heading) if start >= 0 else None

    def _cite(self, quote: Quote) -> Citation:
        key = (quote.article_id, quote.start, quote.end)
        if key not in self._citations:
            self._citations[key] = self._citation(quote, len(self._citations) + 1)
        return self._citations[key]

    def _citation(self, quote: Quote, number: int) -> Citation:
        article = self._articles[quote.article_id]
        return Citation(
            number=number,
            article_id=article.id,
            title=article.title,
            site=article.site,
            author=article.author,
            url=article.url,
            published=article.published,
            quote=quote.text,
            start=quote.start,
            end=quote.end,
            also_in=self._also_in(article, quote),
        )

    def _also_in(self, article: Article, quote: Quote) -> tuple[AlsoIn, ...]:
        elsewhere = quoted_in(quote.text, self._passages_with(quote), self._articles)
        return (*elsewhere, *further_addresses(article))[:MOST_NAMED]

    def _passages_with(self, quote: Quote) -> Iterator[Passage]:
        for p in self._passages:
            if p.article_id == quote.article_id and p.start <= quote.start and quote.end <= p.end:
                yield p


def rendered(sentence: Sentence) -> str:
    """The sentence as it stands in an answer's text: `Mistral AI raised $415 million. [1][2]`."""
    return f"{sentence.text} {''.join(f'[{number}]' for number in sentence.citations)}"


def _repeats(text: str, quotes: Sequence[Quote]) -> bool:
    """Whether the text is one of its quotes, whole: a part of one could leave out the word that denies it."""
    whole = any(_bare(text) == _bare(plain_sentence(quote.text)) for quote in quotes)
    return whole and not missing(text, [quote.text for quote in quotes])


def _bare(text: str) -> list[str]:
    """The words alone: a row of a table may be shown with commas in the place of its bars."""
    return re.findall(r"[^\s|,;.]+(?:[.,]\d+)*", text.casefold())


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


def _supporting(text: str, windows: Sequence[_Window], common: frozenset[str]) -> tuple[tuple[Quote, ...], str]:
    """The quotes that support the text, the fewest and shortest that do; else none, and the best window's objection."""
    ranked = _ranked(text, windows)
    for window in ranked:
        if not objection(text, [window.evidence], common):
            return (window.quote,), ""
    for window in ranked[:_PAIRED]:
        heading = window.heading
        if (
            heading
            and _only_names(text, window)
            and not objection(text, [window.evidence, Evidence(heading.text)], common)
        ):
            return (heading, window.quote), ""
    for one, other in permutations(ranked[:_PAIRED], 2):
        if _each_says_its_part(text, one, other) and not objection(text, [one.evidence, other.evidence], common):
            return (one.quote, other.quote), ""
    return (), (objection(text, [ranked[0].evidence], common) or "") if ranked else ""


def _only_names(text: str, window: _Window) -> bool:
    """A heading may say which model is meant; a number of its own says nothing of the window's."""
    return all(q.kind in ("name", "date") for q in missing(text, [window.quote.text]))


def _ranked(text: str, windows: Sequence[_Window]) -> list[_Window]:
    """The most promising first: fewest quantities missing, then most words held, then the shortest."""

    def promise(window: _Window) -> tuple[int, float, int]:
        held = share(text, [window.evidence])
        return len(missing(text, [window.quote.text])), -round(held, 2), len(window.quote.text)

    return sorted(windows, key=promise)


def _says_something(part: str) -> bool:
    return any(q.kind != "date" for q in quantities(part)) or (len(part.split()) > 2 and bool(content(part)))


def _each_says_its_part(text: str, one: _Window, other: _Window) -> bool:
    """Two quotes together support only a sentence of two parts: stray pieces of both must not make up a third thing."""
    for joint in _JOINTS.finditer(text):
        parts = text[: joint.start()], text[joint.end() :]
        if all(_says_something(part) for part in parts) and all(
            not missing(part, [window.quote.text]) and share(part, [window.evidence]) >= MIN_SHARE
            for part, window in zip(parts, (one, other), strict=True)
        ):
            return True
    return False
