"""Runs a suite: asks every question, measures what came of it, and writes it down as it comes."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal

from rag.answer import Answer
from rag.assistant import Assistant
from rag.errors import ConfigurationError, QuestionError
from rag.evaluation.answered import answer_measures
from rag.evaluation.found import DEPTH, found_measures
from rag.evaluation.questions import Asked, Half, of_half
from rag.evaluation.records import Record, Run, start_run, write_record
from rag.evaluation.suite import NAMED, Names, Suite, check_names, doubtful, names_in
from rag.question import Turn

# Passages that are looked at to rank articles: several passages may be of one article.
PASSAGES = 50


def evaluate(
    suite: Suite,
    assistant: Assistant,
    place: Path | Callable[[Mapping[str, Any]], Path],
    *,
    half: Half | None = None,
    model: str | None = None,
    more: Mapping[str, Any] | None = None,
    on_progress: Callable[[Record], None] = lambda record: None,
    tell: Callable[[str], None] = lambda line: None,
) -> Run:
    """Runs a suite, going on where an earlier run of the same questions and settings stopped.

    `place` is the folder it is kept in, or chooses it by what the run is about; `more` is what else it is about.
    `tell` hears what is odd about the questions. Raises ConfigurationError when they do not fit the library.
    """
    questions = of_half(suite.questions, half)
    if not questions:
        raise ConfigurationError(f"{suite.name} has no questions in its {half} half.", "Ask all of them.")
    assistant.sync()
    names = names_in(suite, assistant.catalog)
    check_names(suite, questions, names, tell)
    doubts = doubtful(questions, names, assistant.catalog.find)
    for line in [*doubts[:NAMED], *([f"and {len(doubts) - NAMED} more like these"] if len(doubts) > NAMED else [])]:
        tell(line)
    about = {**_about(suite, questions, half, model, assistant), **(more or {})}
    run = start_run(place if isinstance(place, Path) else place(about), about)
    evaluation = Evaluation(assistant, names, answers=suite.answers, model=model)
    with start_blocking_portal() as portal:  # works in a notebook too, where an event loop runs already
        portal.call(evaluation.run, run, questions, on_progress)
    return run


def _about(
    suite: Suite, questions: Sequence[Asked], half: Half | None, model: str | None, assistant: Assistant
) -> dict[str, Any]:
    """What a run is about; two runs with the same are the same run."""
    digest = hashlib.sha256("\n".join(asked.model_dump_json() for asked in questions).encode()).hexdigest()[:16]
    articles, chunks = assistant.catalog.counts()
    settings = assistant.settings
    return {
        "suite": suite.name,
        "half": half or "both",
        "questions": len(questions),
        "of": digest,
        "model": (model or settings.model) if suite.answers else "none",
        "passages": settings.passages if suite.answers else "none",
        "embedding": assistant.embedder.stamp.name,
        "reranker": settings.reranker or "none",
        "articles": articles,
        "chunks": chunks,
        "change": assistant.catalog.last_change(),
    }


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
        """Asks what has no record yet. Raises DossierError when the library or a model fails; what was asked stays.

        `on_progress` is told the record of each question, be it new or not.
        """
        with run.writer() as file:
            for asked in questions:
                if asked.id not in run.records:
                    try:
                        record = await self.record(asked)
                    except QuestionError as error:
                        raise ConfigurationError(f"{asked.id}: {error.message}", error.hint) from error
                    write_record(file, record)
                    run.records[record.id] = record
                on_progress(run.records[asked.id])

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
            accept=asked.accept if answer else (),
            articles=tuple(asked.relevant),
            titles=tuple(dict.fromkeys(passage.title for passage in passages[:DEPTH])),
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
