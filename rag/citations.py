"""Nothing reaches a reader that its quotes do not support.

A claim comes with the quotes or the passage numbers its writer named, or without. Here it is cleaned of markup, held
against exact stretches of the passages, and either becomes a sentence with citations or is dropped, with the reason.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answer import Citation, Sentence
from rag.answering.claims import Claim, Quote
from rag.checking.markup import plain_sentence
from rag.checking.quantities import missing
from rag.checking.support import objection
from rag.copies import MOST_NAMED, further_addresses, quoted_in
from rag.documents import AlsoIn, Article, Passage
from rag.injection import addresses_a_model
from rag.quotable import QuotablePassages
from rag.supporting import supporting


@dataclass(frozen=True, slots=True)
class Dropped:
    """A claim that no passage supports, and why. `text` is what its writer wrote."""

    text: str
    reason: str


class CitationChecker:
    """Turns the claims of one answer into sentences, and numbers their citations in the order of first use."""

    def __init__(self, passages: Sequence[Passage], articles: Mapping[str, Article]) -> None:
        """`articles` has the metadata of every passage's article; a text, where present, proves quotes beyond it,
        and that an article which repeats a passage has the quote too.
        """
        self._passages = QuotablePassages(passages, articles)
        self._articles = articles
        self._citations: dict[tuple[str, int, int], Citation] = {}

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
        if len(claim.quotes) != 1 or not self._passages.is_exact(claim.quotes[0]):
            return None
        quote = claim.quotes[0]
        text = plain_sentence(claim.text)
        if not text or not self._supports((quote,), text):
            text = plain_sentence(quote.text)
        return text, self._cite(quote) if number is None else self._citation(quote, number)

    def _support(self, text: str, claim: Claim) -> tuple[tuple[Quote, ...], str]:
        """Quotes for the text: those given, else from the passages cited, else from any passage."""
        given = tuple(quote for quote in claim.quotes if self._passages.is_exact(quote))
        if given and self._supports(given, text):
            return (*self._passages.headings_saying(text, given), *given), ""
        cited = [n - 1 for n in claim.cites if 1 <= n <= len(self._passages)]
        reason = ""
        for chosen in (cited, range(len(self._passages))):
            windows = [window for i in chosen for window in self._passages.windows(i)]
            found, why = supporting(text, windows, self._passages.common)
            if found:
                return found, ""
            reason = reason or why
        return (), reason or "there are no passages"

    def _supports(self, quotes: Sequence[Quote], text: str) -> bool:
        if _repeats(text, quotes):
            return True
        evidence = [self._passages.evidence(quote) for quote in quotes]
        return not objection(text, evidence, self._passages.common)

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
        elsewhere = quoted_in(quote.text, self._passages.holding(quote), self._articles)
        return (*elsewhere, *further_addresses(article))[:MOST_NAMED]


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
