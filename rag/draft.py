"""An answer in the making: what was admitted, what was left out and why, and how it ends."""

from collections.abc import Mapping, Sequence
from typing import Literal

from rag.answer import Answer, AnswerPart, Conflict, NotFound, Sentence, StatedValue, Timings, Usage
from rag.answering.claims import Claim, Disagreement, Earlier, Refusal, Remark, Step, Value
from rag.checking.quantities import missing as missing_in
from rag.citations import CitationChecker, Dropped, rendered
from rag.comparing import table_of
from rag.documents import Article, Passage
from rag.question import Question
from rag.refusals import missing, nearest_of, told_nearest, unsupported
from rag.screening import warnings_about


class Draft:
    """Takes an answerer's steps one by one, and believes none of them unchecked."""

    def __init__(
        self,
        question: Question,
        passages: Sequence[Passage],
        articles: Mapping[str, Article],
        parts: Sequence[Question] = (),
    ) -> None:
        self._question = question
        self._passages = tuple(passages)
        self._articles = articles
        self._parts = tuple(parts) if len(parts) > 1 else ()
        self._answered: list[AnswerPart] = []
        self._checker = CitationChecker(passages, articles)
        self._sentences: list[Sentence] = []
        self._of_part: list[int] = []
        self._warnings: list[str] = []
        self._conflicts: list[Conflict] = []
        self._history: list[StatedValue] = []
        self._usage = Usage()
        self._refused: Refusal | None = None
        self._value = ""

    def take(self, step: Step) -> str:
        """What a step adds to the answer's text; empty when it adds nothing."""
        match step:
            case Claim():
                return self._admit(step)
            case Refusal():
                self._refused = step
            case Remark(text):
                self._warnings.append(text)
            case Disagreement():
                self._disagree(step)
            case Earlier(values):
                self._look_back(values)
            case Usage():
                self._usage = Usage(
                    input_tokens=self._usage.input_tokens + step.input_tokens,
                    output_tokens=self._usage.output_tokens + step.output_tokens,
                )
        return ""

    def _admit(self, claim: Claim) -> str:
        admitted = self._checker.admit(claim)
        if isinstance(admitted, Dropped):
            self._warnings.append(f"A sentence was left out, because {admitted.reason}: {admitted.text}")
            return ""
        if not self._of_part and any(claim.value in quote.text for quote in claim.quotes):
            self._value = claim.value
        if admitted in self._sentences:  # a small model may go round in circles, two parts may have one answer
            self._of_part.append(self._sentences.index(admitted))
            return ""
        self._of_part.append(len(self._sentences))
        before = " " if self._sentences else ""
        self._sentences.append(admitted)
        return before + rendered(admitted)

    def part_ends(self) -> None:
        """All that comes from now on belongs to the question's next part."""
        if not self._parts:
            return
        part = self._parts[len(self._answered)]
        status: Literal["answered", "not_found"] = "answered" if self._of_part else "not_found"
        refused = None if self._of_part else self._refused or unsupported(self._warnings)
        numbers = tuple(sorted(set(self._of_part)))
        self._answered.append(
            AnswerPart(
                question=part.wording,
                status=status,
                sentences=numbers,
                value=self._value,
                reason=refused.reason if refused else "",
                kind=refused.kind if refused else None,
            )
        )
        self._of_part, self._refused, self._value = [], None, ""

    def _disagree(self, found: Disagreement) -> None:
        """Takes a disagreement up when the answer gives one of its values, and each can be cited."""
        if not self._says_one_of(found.values):
            return
        values = tuple(stated for value in found.values if (stated := self._stated(value)))
        if len(values) > 1:
            self._conflicts.append(Conflict(about=found.about, values=values, preferred=0, why=found.why))

    def _look_back(self, values: Sequence[Value]) -> None:
        """Older values, for an answer; cited apart from what answers."""
        if self._sentences:
            found = (self._stated(value, number) for number, value in enumerate(values, len(self._history) + 1))
            self._history += [stated for stated in found if stated]

    def _says_one_of(self, values: Sequence[Value]) -> bool:
        said = [sentence.text for sentence in self._sentences]
        return any(not missing_in(value.text, said) for value in values)

    def _stated(self, value: Value, number: int | None = None) -> StatedValue | None:
        found = self._checker.stated(value.claim, number)
        if found is None or value.text not in found[1].quote:
            return None
        text, citation = found
        return StatedValue(
            value=value.text,
            text=text,
            date=value.day or None,
            published=citation.published,
            origins=value.origins,
            citation=citation,
        )

    def ending(self) -> str:
        """What the text ends with: where sources disagree, and which part is not answered."""
        return f"{self._disagreements()}{self._unanswered()}"

    def _disagreements(self) -> str:
        lists = ("; ".join(f"{v.value} [{v.citation.number}]" for v in conflict.values) for conflict in self._conflicts)
        return "".join(f" Sources disagree: {values}." for values in lists)

    def _unanswered(self) -> str:
        open_parts = [part for part in self._answered if part.status == "not_found"] if self._sentences else []
        return "".join(f" Not found: “{part.question.rstrip('?')}?” {part.reason}" for part in open_parts)

    def finished(self, model: str, timings: Timings) -> Answer:
        """The answer: what was admitted, or a refusal that says why and what is near."""
        text = " ".join(map(rendered, self._sentences)) + self.ending()
        not_found = None if self._sentences else self._not_found()
        if not_found:
            text = f"{not_found.reason} {told_nearest(not_found.nearest)}".strip()
        return Answer(
            question=self._question.text,
            asked_as=self._question.wording,
            parts=tuple(self._answered),
            status="answered" if self._sentences else "not_found",
            value=self._value if self._sentences else "",
            table=table_of(self._answered, self._sentences),
            text=text,
            not_found=not_found,
            sentences=tuple(self._sentences),
            citations=self._checker.citations,
            conflicts=tuple(self._conflicts),
            history=tuple(self._history),
            passages=self._passages,
            model=model,
            usage=self._usage,
            timings=timings,
            warnings=(
                *dict.fromkeys(self._warnings),
                *self._undated(),
                *self._incomplete(),
                *warnings_about(self._passages),
            ),
        )

    def _not_found(self) -> NotFound:
        """Why nothing is answered; of several parts, each reason once, and the kind of the first."""
        refused = self._refused or unsupported(self._warnings)
        reasons = dict.fromkeys(part.reason for part in self._answered) or {refused.reason: None}
        kind = next((part.kind for part in self._answered if part.kind), refused.kind)
        return NotFound(kind=kind, reason=" ".join(reasons), nearest=nearest_of(self._passages, self._articles))

    def _incomplete(self) -> tuple[str, ...]:
        """What is not in the library of the articles that were cited, and, of a refusal, of all that were read for it.

        The one that is cut short may be the one that says it, in whatever place it was found.
        """
        ids = [citation.article_id for citation in self._checker.citations]
        if not self._sentences or any(part.status == "not_found" for part in self._answered):
            ids += [passage.article_id for passage in self._passages]
        found = (missing(self._articles[id_]) for id_ in dict.fromkeys(ids) if id_ in self._articles)
        return tuple(filter(None, found))

    def _undated(self) -> tuple[str, ...]:
        """Whoever asks for a day must know when a source does not say its own."""
        if self._question.as_of is None:
            return ()
        titles = dict.fromkeys(c.title for c in self._checker.citations if not c.published)
        return tuple(f"“{title}” has no date, so it may be later than {self._question.as_of}." for title in titles)
