"""Finds the passages for a question: two legs, fused, one story once."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, zip_longest

from rag.catalog import Catalog
from rag.copies import Told, distinct, named
from rag.dates import last_day
from rag.descriptions import only_describes
from rag.documents import Passage, SignalScore
from rag.embedding import Embedder
from rag.embedding.sentence_vectors import nearest
from rag.errors import ConfigurationError
from rag.fusion import ARTICLE, DENSE, RERANKER, SENTENCE, WEIGHTS, WORDS, Ranked, Signal, fuse, scaled
from rag.indexes import Indexes
from rag.indexes.facets import Allowed
from rag.indexes.lexical import terms
from rag.names import Names
from rag.question import Question
from rag.reranking import DEPTH as RERANKED
from rag.reranking import Reranker, reranked

# Hits that each leg gives; more of them changed no figure.
DEPTH = 100
LONGEST_INITIALS = 5
# Articles about a company that are near enough in time to be searched again for its newest values.
NEAR = 10
# Behind the best passages of how many articles a further one of a nearer article comes.
FURTHER = 3


@dataclass(frozen=True, slots=True)
class Found:
    """The passages for a question, best first, and how many articles they were chosen from (None: all)."""

    passages: tuple[Passage, ...]
    articles: int | None = None


def merged(found: Sequence[Found]) -> tuple[Passage, ...]:
    """The passages for several questions, each once, the best of every question first."""
    by_rank = chain.from_iterable(zip_longest(*(one.passages for one in found)))
    return tuple({passage.chunk_id: passage for passage in by_rank if passage is not None}.values())


class Retriever:
    """Searches one library. Thread safe; blocking.

    A signal that has no weight is not asked; `depth` is how many hits each leg gives. Raises ConfigurationError for
    weights by which nothing could be found.
    """

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder,
        indexes: Indexes,
        reranker: Reranker | None = None,
        *,
        weights: Mapping[str, float] = WEIGHTS,
        depth: int = DEPTH,
    ) -> None:
        if not set(weights) <= set(WEIGHTS) or not {DENSE, WORDS} & set(weights) or depth < 1:
            raise ConfigurationError(
                f"Nothing can be found with the weights {dict(weights)} and the depth {depth}.",
                f"Weights are of {', '.join(WEIGHTS)}: of {DENSE} or {WORDS} at least; the depth is 1 or more.",
            )
        self._catalog = catalog
        self._embedder = embedder
        self._indexes = indexes
        self._reranker = reranker
        self._weights = weights
        self._depth = depth

    def retrieve(self, question: Question, k: int, *, in_time: int = 0, explain: bool = False) -> Found:
        """The k best passages within the question's limits, fused from all signals, one origin per story.

        Behind them stand up to `in_time` more, of other articles about the companies asked about: those nearest in time
        first. What a company is worth stands in the newest article, which is seldom the one that speaks most of it.
        """
        allowed = self._indexes.allowed(question.limits)
        fused = self._fused(question.wording, allowed)
        if self._reranker is not None:
            stored = self._catalog.chunks([ranked.chunk_id for ranked in fused[:RERANKED]])
            texts = {id_: one.chunk.to_embed(one.title) for id_, one in stored.items()}
            fused = reranked(fused, texts, question.wording, self._reranker)
        told = list(distinct(fused[: 4 * k], self._catalog, allowed))[:k]
        if in_time and question.companies:
            told += self._nearest_in_time(question, allowed, {one.hit.chunk_id for one in told}, in_time)
        passages = tuple(self._passages(told, explain=explain))
        return Found(passages, None if allowed is None else allowed.count)

    def unknown_names(self, question: Question) -> tuple[str, ...]:
        """The things a question is about that occur nowhere in the library.

        A single ordinary capitalised word is left to the answerer when a company is named: `Which Parisian lab did
        Mistral AI buy?` may be answered by a text that says `French`.
        """
        return tuple(
            name
            for name in question.names
            if not only_describes(name)
            and (_is_specific(name, question.known) or (not question.companies and not name.isupper()))
            and not any(map(self._occurs, _ways_to_say(name, question.known)))
        )

    def _fused(self, wording: str, allowed: Allowed | None) -> list[Ranked]:
        signals = self._signals(wording, allowed)
        return fuse(signals, [id_ for leg in (DENSE, WORDS) for id_ in signals.get(leg, {})], self._weights)

    def _signals(self, wording: str, allowed: Allowed | None) -> dict[str, dict[str, Signal]]:
        """What each signal that has a weight says: of chunks by their id; ARTICLE of articles, by theirs."""
        found: dict[str, Mapping[str, float]] = {}
        vector = self._embedder.embed_question(wording) if {DENSE, SENTENCE} & set(self._weights) else None
        if DENSE in self._weights and vector is not None:
            found[DENSE] = {hit.chunk_id: hit.score for hit in self._indexes.search_dense(vector, self._depth, allowed)}
        if WORDS in self._weights:
            hits = self._indexes.search_lexical(wording, self._depth, allowed)
            found[WORDS] = {hit.chunk_id: hit.score for hit in hits}
        if SENTENCE in self._weights and vector is not None:
            sentences = self._catalog.sentences({**found.get(DENSE, {}), **found.get(WORDS, {})})
            found[SENTENCE] = dict(zip(sentences, nearest(list(sentences.values()), vector), strict=True))
        if ARTICLE in self._weights:
            found[ARTICLE] = self._indexes.search_articles(wording, self._depth, allowed)
        return {name: scaled(scores) for name, scores in found.items()}

    def _occurs(self, name: str) -> bool:
        words = terms(name)
        return not words or all(self._indexes.document_frequency(word) for word in words)

    def _passages(self, found: Sequence[Told], *, explain: bool) -> Iterable[Passage]:
        chunks = self._catalog.chunks([one.hit.chunk_id for one in found])
        for one in found:
            stored = chunks.get(one.hit.chunk_id)
            if stored is None:
                continue  # removed since the index was read
            yield Passage.of(
                stored.chunk,
                stored.title,
                stored.published,
                score=round(one.hit.score, 4),
                also_in=named(one.also_in),
                signals=_explained(one.hit, self._weights) if explain else None,
            )

    def _nearest_in_time(
        self, question: Question, allowed: Allowed | None, taken: Container[str], most: int
    ) -> list[Told]:
        """Passages that name the companies, of the articles about them that are nearest in time to the day asked about.

        A round-up speaks of many companies, so the search is made again among these articles alone. A further passage
        of an article comes behind the first ones of those next to it in time.
        """
        about = self._indexes.allowed(replace(question.limits, companies=question.companies))
        if about is None:
            return []
        near = self._nearest_articles(question, [id_ for id_ in about.ids() if allowed is None or id_ in allowed])
        fused = self._fused(question.wording, about.only(near))
        chunks = self._catalog.chunks([ranked.chunk_id for ranked in fused])
        named_in = {
            id_
            for id_, one in chunks.items()
            if set(question.companies) & set(question.known.companies_in(one.chunk.to_embed(one.title)))
        }
        told = [
            one
            for one in distinct(fused, self._catalog, about)
            if one.hit.chunk_id in named_in and one.hit.chunk_id not in taken
        ]
        place = {id_: at for at, id_ in enumerate(near)}
        seen: Counter[str] = Counter()
        order: list[tuple[int, Told]] = []
        for one in told:
            order.append((place[one.hit.article_id] + FURTHER * seen[one.hit.article_id], one))
            seen[one.hit.article_id] += 1
        return [one for _, one in sorted(order, key=lambda item: item[0])[:most]]

    def _nearest_articles(self, question: Question, ids: Sequence[str]) -> list[str]:
        """Those of the articles that are nearest to the day asked about, nearest first; undated ones last."""
        days = {article.id: article.published for article in self._catalog.articles(ids)}
        wanted = min(question.period.last if question.period else question.today, question.as_of or question.today)

        def distance(article_id: str) -> int:
            published = days.get(article_id)
            return abs((last_day(published) - wanted).days) if published else date.max.toordinal()

        return sorted(days, key=distance)[:NEAR]


def _explained(ranked: Ranked, weights: Mapping[str, float]) -> tuple[SignalScore, ...]:
    scores = []
    weights = {**weights, RERANKER: 1.0} if RERANKER in ranked.signals else weights
    for name, weight in weights.items():
        signal = ranked.signals.get(name)
        if signal is None:
            scores.append(SignalScore(name=name, weight=weight))
        else:
            scores.append(
                SignalScore(
                    name=name, rank=signal.rank, score=signal.score, scaled=round(signal.scaled, 4), weight=weight
                )
            )
    return tuple(scores)


def _is_specific(name: str, known: Names) -> bool:
    """A known company, several words, or a word that no dictionary has: `GPT-4o`, `xAI`.

    Capitals only (`MCP`) may stand for words that the library writes out: that is left to the answerer too.
    """
    if known.companies_in(name):
        return True
    return not name.isalpha() or not (name[1:].islower() or (name.isupper() and len(name) <= LONGEST_INITIALS))


def _ways_to_say(name: str, known: Names) -> tuple[str, ...]:
    """A name, and those of the company it stands for."""
    return (name, *known.names_of(known.company_of(name)))
