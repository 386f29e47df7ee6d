"""Asks every question of a suite, measures what came of it, and writes it down as it comes."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.assistant import Assistant
from rag.documents import Answer
from rag.evaluation.answered import answer_measures
from rag.evaluation.found import DEPTH, found_measures
from rag.evaluation.questions import Asked
from rag.evaluation.records import Record, Run, write_record
from rag.question import Turn

# Passages that are looked at to rank articles: several passages may be of one article.
PASSAGES = 50


@dataclass(frozen=True, slots=True)
class Names:
    """What documents are called outside of the library: a name to the id of the article it became."""

    article_of: Mapping[str, str] = field(default_factory=dict)

    def relevance(self, asked: Asked) -> dict[str, int]:
        """Which articles a question's answer stands in, by id; of several documents with one text, the best counts."""
        named = asked.relevance or {name: 1 for part in asked.articles for name in part}
        found: dict[str, int] = {}
        for name, grade in named.items():
            id_ = self.article_of.get(name, name)
            found[id_] = max(grade, found.get(id_, 0))
        return found


class Evaluation:
    """Measures one library. `answers` is false where only finding is measured, as with collections of documents."""

    def __init__(
        self,
        assistant: Assistant,
        names: Names,
        *,
        answers: bool,
        model: str | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._assistant = assistant
        self._names = names
        self._answers = answers
        self._model = model
        self._clock = clock

    async def run(self, run: Run, questions: Sequence[Asked], on_progress: Callable[[Record], None]) -> None:
        """Asks what has no record yet. Raises DossierError when the library or a model fails; what was asked stays."""
        with run.writer() as file:
            for asked in questions:
                if asked.id not in run.records:
                    record = await self.record(asked)
                    write_record(file, record)
                    run.records[record.id] = record
                    on_progress(record)

    async def record(self, asked: Asked) -> Record:
        """What comes of one question."""
        history = await self._history(asked)
        started = self._clock()
        passages = await self._assistant.search(
            asked.question, k=PASSAGES, as_of=asked.as_of, companies=asked.companies, history=history
        )
        searched = round((self._clock() - started) * 1000, 1)
        measures = found_measures(asked, self._names.relevance(asked), passages) | {"search ms": searched}
        answer = await self._answer(asked, history)
        if answer is not None:
            measures |= answer_measures(asked, answer, self._assistant.catalog.find)
        return Record(
            id=asked.id,
            kind=asked.kind,
            question=asked.question,
            measures=measures,
            status=answer.status if answer else "",
            answer=answer.text if answer else "",
            cited=tuple(f"{c.title} ({c.published or 'no date'}): {c.quote}" for c in answer.citations)
            if answer
            else (),
            found=tuple(passage.chunk_id for passage in passages[:DEPTH]),
            pair=asked.pair,
            as_of=asked.as_of,
        )

    async def _history(self, asked: Asked) -> list[Turn]:
        """The conversation before; what was answered is asked now where the question does not say it."""
        turns: list[Turn] = []
        for earlier in asked.history:
            given = earlier.turn()
            if not given.answer:
                answer = await self._assistant.ask(given.question, as_of=asked.as_of, history=turns, model=self._model)
                given = Turn(given.question, answer.text)
            turns.append(given)
        return turns

    async def _answer(self, asked: Asked, history: Sequence[Turn]) -> Answer | None:
        if not self._answers:
            return None
        return await self._assistant.ask(
            asked.question, as_of=asked.as_of, companies=asked.companies, history=history, model=self._model
        )
