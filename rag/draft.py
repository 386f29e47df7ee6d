"""An answer in the making: what was admitted, what was left out and why, and how it ends."""

from collections.abc import Mapping, Sequence

from rag.answering.claims import Claim, Refusal, Step
from rag.citations import CitationChecker, Dropped, rendered
from rag.documents import Answer, Article, Passage, Sentence, Timings, Usage
from rag.question import Question
from rag.refusals import missing, nearest, nearest_articles, unsupported


class Draft:
    """Takes an answerer's steps one by one, and believes none of them unchecked."""

    def __init__(self, question: Question, passages: Sequence[Passage], articles: Mapping[str, Article]) -> None:
        self._question = question
        self._passages = tuple(passages)
        self._articles = articles
        self._checker = CitationChecker(passages, articles)
        self._sentences: list[Sentence] = []
        self._warnings: list[str] = []
        self._usage = Usage()
        self._refused = ""

    def take(self, step: Step) -> str:
        """What a step adds to the answer's text; empty when it adds nothing."""
        match step:
            case Claim():
                return self._admit(step)
            case Refusal(reason):
                self._refused = reason
            case Usage():
                self._usage = step
        return ""

    def _admit(self, claim: Claim) -> str:
        admitted = self._checker.admit(claim)
        if isinstance(admitted, Dropped):
            self._warnings.append(f"A sentence was left out, because {admitted.reason}: {admitted.text}")
            return ""
        if admitted in self._sentences:  # a small model may go round in circles
            return ""
        before = " " if self._sentences else ""
        self._sentences.append(admitted)
        return before + rendered(admitted)

    def finished(self, model: str, timings: Timings) -> Answer:
        """The answer: what was admitted, or a refusal that says why and what is near."""
        text = " ".join(map(rendered, self._sentences))
        if not self._sentences:
            reason = self._refused or unsupported(self._warnings)
            text = " ".join(part for part in (reason, nearest(self._passages)) if part)
        return Answer(
            question=self._question.text,
            status="answered" if self._sentences else "not_found",
            text=text,
            sentences=tuple(self._sentences),
            citations=self._checker.citations,
            passages=self._passages,
            model=model,
            usage=self._usage,
            timings=timings,
            warnings=(*dict.fromkeys(self._warnings), *self._undated(), *self._incomplete()),
        )

    def _incomplete(self) -> tuple[str, ...]:
        """What is not in the library of the articles that were cited, or that a refusal calls the nearest."""
        cited = [citation.article_id for citation in self._checker.citations]
        ids = dict.fromkeys(cited) if self._sentences else nearest_articles(self._passages)
        return tuple(filter(None, (missing(self._articles[id_]) for id_ in ids if id_ in self._articles)))

    def _undated(self) -> tuple[str, ...]:
        """Whoever asks for a day must know when a source does not say its own."""
        if self._question.as_of is None:
            return ()
        titles = dict.fromkeys(c.title for c in self._checker.citations if not c.published)
        return tuple(f"“{title}” has no date, so it may be later than {self._question.as_of}." for title in titles)
