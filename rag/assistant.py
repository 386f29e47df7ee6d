"""The flow of a question, from its words to a checked answer."""

import logging
import threading
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Self, Unpack

from anyio import to_thread

from rag.answer import Answer, Timings, Usage
from rag.answering import build_answerer
from rag.answering.claims import Answerer, Refusal, Step
from rag.answering.events import ToldBy, event_in, told_by_day
from rag.answering.extractive import ExtractiveAnswerer
from rag.answering.listing import list_wanted
from rag.answering.rewriting import Rewriter, may_be_used
from rag.catalog import Catalog
from rag.descriptions import with_companies
from rag.documents import Article, Passage
from rag.draft import Draft
from rag.embedding import Embedder, build_embedder
from rag.errors import DossierError
from rag.fusion import WEIGHTS
from rag.inbox import Inbox
from rag.indexes import Indexes
from rag.names import Names, names_for, shipped
from rag.parts import parts_of
from rag.question import Question, Scope, Turn, reworded, understand, written_properly
from rag.refusals import not_mentioned, nothing_in_reach
from rag.reranking import Reranker, build_reranker
from rag.retrieval import DEPTH, Found, Retriever, merged
from rag.screening import screened
from rag.settings import Settings

log = logging.getLogger(__name__)

# Further passages about a company that are looked at because of their day.
NEAREST_IN_TIME = 10
# Times as many passages for a list, whose entries stand in several articles.
LIST_PASSAGES = 3


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """What the answer is going to be drawn from."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer's text. All of them, one after the other, are the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The whole answer; the last event."""

    answer: Answer


Event = PassagesFound | Delta | Answered


class Assistant:
    """An open library and those who answer from it. Safe to use from many tasks at once."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        embedder: Embedder,
        indexes: Indexes,
        clock: Callable[[], float] = time.perf_counter,
        names: Names | None = None,
        reranker: Reranker | None = None,
        *,
        weights: Mapping[str, float] = WEIGHTS,
        depth: int = DEPTH,
    ) -> None:
        self.settings = settings
        self.catalog = catalog
        self.embedder = embedder
        self.indexes = indexes
        self.inbox = Inbox(catalog, settings)
        self._retriever = Retriever(catalog, embedder, indexes, reranker, weights=weights, depth=depth)
        self._answerers: dict[str, Answerer] = {}
        self._building = threading.Lock()
        self._clock = clock
        self._names = names or shipped()

    @classmethod
    def open(cls, settings: Settings, *, weights: Mapping[str, float] = WEIGHTS, depth: int = DEPTH) -> Self:
        """Opens the library the settings name. Blocking. `weights` and `depth` are the Retriever's.

        Raises LibraryError, ConfigurationError.
        """
        catalog = Catalog.open(settings.library)
        try:
            embedder = build_embedder(settings, settings.library / "model")
            catalog.require(embedder.stamp)
            if lacking := catalog.ids_without_sentences():
                log.warning(
                    "Chunks that an older Dossier embedded, which are found less well: %d. "
                    "`dossier reindex` embeds their sentences.",
                    len(lacking),
                )
            names = names_for(settings.library, settings.companies)
            reranker = build_reranker(settings)
            indexes = Indexes(catalog)
            return cls(
                settings, catalog, embedder, indexes, names=names, reranker=reranker, weights=weights, depth=depth
            )
        except BaseException:
            catalog.close()
            raise

    # asking

    async def ask(
        self, question: str, *, model: str | None = None, k: int | None = None, **scope: Unpack[Scope]
    ) -> Answer:
        """Answers a question. Raises QuestionError, ConfigurationError, ModelError, LibraryError."""
        async with aclosing(self.stream(question, model=model, k=k, **scope)) as events:
            async for event in events:
                if isinstance(event, Answered):
                    return event.answer
        raise AssertionError("a stream ends with an answer or an error")

    async def stream(
        self, question: str, *, model: str | None = None, k: int | None = None, **scope: Unpack[Scope]
    ) -> AsyncGenerator[Event]:
        """The same answer as it comes: the passages, the text sentence by sentence as each is checked, the whole."""
        started = self._clock()
        asked = self.understood(question, scope)
        answerer = await to_thread.run_sync(self.answerer, model)
        spent = Usage()
        if isinstance(answerer, Rewriter) and (history := scope.get("history")):
            asked, spent = await self._worded_by(answerer, asked, history)
        if event := event_in(asked):
            asked = await to_thread.run_sync(self._told_by_day, asked, event)

        parts = parts_of(asked)
        found = [screened(one) for one in await to_thread.run_sync(self.found, parts, k)]
        passages = merged(found)
        retrieved = self._clock()
        yield PassagesFound(passages)

        asks = list(zip(parts, found, strict=True)) if answerer.by_parts else [(asked, _all_of(found))]
        articles = await to_thread.run_sync(self._articles_of, passages)
        draft = Draft(asked, passages, articles, [part for part, _ in asks])
        draft.take(spent)
        for part, its in asks:
            async with aclosing(self._steps(answerer, part, its)) as steps:
                async for step in steps:
                    if text := draft.take(step):
                        yield Delta(text)
            draft.part_ends()
        if text := draft.ending():
            yield Delta(text)

        ended = self._clock()
        yield Answered(draft.finished(answerer.name, _timings(started, retrieved, ended)))

    def found(self, parts: Sequence[Question], k: int | None = None) -> list[Found]:
        """The passages for each part: k, where k was asked for; else those of the settings, and the nearest in time."""
        if k:
            return [self._retriever.retrieve(part, k) for part in parts]
        few = self.settings.passages
        return [
            self._retriever.retrieve(part, LIST_PASSAGES * few if list_wanted(part) else few, in_time=NEAREST_IN_TIME)
            for part in parts
        ]

    async def _steps(self, answerer: Answerer, question: Question, found: Found) -> AsyncGenerator[Step]:
        """What the answerer makes of a question or a part of it; it is not asked what no passage can answer."""
        refusal = await to_thread.run_sync(self._refusal_before, question, found.articles)
        if refusal:
            yield refusal
            return
        async with aclosing(answerer.steps(question, found.passages)) as steps:
            async for step in steps:
                yield step
        quoting = await to_thread.run_sync(self.answerer, "extractive")
        if answerer is not quoting and isinstance(quoting, ExtractiveAnswerer):
            for part in parts_of(question):
                for beside in await to_thread.run_sync(quoting.beside, part, found.passages):
                    yield beside

    def answerer(self, model: str | None = None) -> Answerer:
        """Who answers: the model asked for, or the configured one. Blocking: a local model loads its weights.

        Raises ConfigurationError when it cannot be had.
        """
        spec = model or self.settings.model
        with self._building:  # two questions at once must not load the same weights twice
            if spec not in self._answerers:
                self._answerers[spec] = build_answerer(spec, self.settings, self.embedder, self.indexes, self.catalog)
            return self._answerers[spec]

    def understood(self, question: str, scope: Scope) -> Question:
        """A question as it is read here. Raises QuestionError."""
        return understand(question, limit=self.settings.max_question, known=self._names, **scope)

    async def _worded_by(self, rewriter: Rewriter, asked: Question, history: Sequence[Turn]) -> tuple[Question, Usage]:
        """A question that leans on the conversation as the model words it, where that may be used; else unchanged."""
        plain = with_companies(written_properly(asked.text, self._names), self._names)
        if plain == asked.wording:
            return asked, Usage()
        proposed, spent = await rewriter.in_other_words(plain, history)
        if may_be_used(proposed, plain, asked.wording, history, self._names):
            return reworded(asked, proposed), spent
        return asked, spent

    def _told_by_day(self, asked: Question, event: ToldBy) -> Question:
        """The question with the day of an event in its place, where the library says when that was. Blocking."""
        quoting = self.answerer("extractive")
        assert isinstance(quoting, ExtractiveAnswerer)
        found = self._retriever.retrieve(event.question, self.settings.passages)
        day = quoting.event_day(event.question, found.passages)
        return told_by_day(asked, event, day) if day else asked

    def _refusal_before(self, question: Question, articles: int | None) -> Refusal | None:
        """Why the passages need no look: nothing is in reach, or the question names what no article does."""
        if articles == 0 or not self.catalog.counts()[0]:
            return nothing_in_reach(question)
        unknown = self._retriever.unknown_names(question)
        return not_mentioned(unknown) if unknown else None

    def _articles_of(self, passages: Sequence[Passage]) -> dict[str, Article]:
        """The articles of the passages, and those that repeat them, with their texts."""
        ids = {p.article_id for p in passages} | {other.article_id for p in passages for other in p.also_in}
        found = ((article_id, self.catalog.find(article_id)) for article_id in ids)
        return {article_id: article for article_id, article in found if article is not None}

    # searching and reading

    async def search(
        self, question: str, *, k: int = 10, explain: bool = False, **scope: Unpack[Scope]
    ) -> tuple[Passage, ...]:
        """The k best passages for a question, best first; `explain`: with what each signal says of them."""
        asked = self.understood(question, scope)
        found = await to_thread.run_sync(partial(self._retriever.retrieve, asked, k, explain=explain))
        return found.passages

    def articles(self) -> tuple[Article, ...]:
        """Every article without its text, newest first."""
        return tuple(self.catalog.articles())

    def article(self, article_id: str) -> Article:
        """An article with its text. Raises ArticleNotFoundError."""
        return self.catalog.article(article_id)

    # keeping up

    def sync(self) -> None:
        """Brings the indexes up to the catalog, when no other process has them. Blocking."""
        self.indexes.sync()

    async def readiness(self) -> dict[str, str]:
        """What of the assistant can be used: `library`, `index` and `model`, each `ok` or what is wrong with it."""
        parts = {"library": "ok", "index": "ok", "model": "ok"}
        try:
            parts["index"] = (await to_thread.run_sync(self.indexes.status)).detail
        except DossierError as error:
            parts["library"] = str(error)
        try:
            await to_thread.run_sync(self.answerer)
        except DossierError as error:
            parts["model"] = str(error)
        return parts

    def close(self) -> None:
        """Closes the indexes and the catalog."""
        self.indexes.close()
        self.catalog.close()


def _all_of(found: Sequence[Found]) -> Found:
    """What was found for the parts of a question, for an answerer that takes it whole."""
    counts = [one.articles for one in found if one.articles is not None]
    return Found(merged(found), max(counts) if len(counts) == len(found) else None)


def _timings(started: float, retrieved: float, ended: float) -> Timings:
    return Timings(
        retrieve_ms=round((retrieved - started) * 1000, 1),
        answer_ms=round((ended - retrieved) * 1000, 1),
        total_ms=round((ended - started) * 1000, 1),
    )
