"""Answers without a language model: the best supported sentences of the passages, quoted.

Windows of one or two sentences are scored by the similarity of their embedding to the question's, by how much of the
question's words they hold (rare words weigh more), by whether they hold the kind of thing that is asked for, and by
whether they are about what the question names. When the best one is not good enough, it refuses.
"""

import math
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass

import anyio.to_thread

from rag.answering.claims import Claim, Quote, Refusal, Step
from rag.answering.evidence import holds
from rag.answering.windows import Window, windows_of
from rag.documents import Passage
from rag.embedding import Embedder
from rag.indexes.lexical import terms
from rag.question import Question

# First measured on 25 questions over a real article: 0.6 / 0.4 answered most of them rightly.
SIMILARITY_SHARE = 0.6
# Only so many windows are embedded: the rest is far behind by its words alone, and each costs 3 to 6 ms.
EMBEDDED = 24
# Below this, the best window is more likely to be wrong than right.
SUPPORT_NEEDED = 0.50
# A further sentence is added when it is about as good as the best one; more than three say nothing new.
MARGIN = 0.04
SENTENCES = 3
# What a window loses for each thing the question names and only its surroundings hold, or nothing near it holds.
NAME_NEARBY = 0.03
NAME_MISSING = 0.25
KIND_MISSING = 0.15
# What a passage's own rank may add: a tie is decided by how well its passage fits.
RANK_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Scored:
    """A window and how well it supports an answer."""

    window: Window
    score: float
    similarity: float
    overlap: float


class ExtractiveAnswerer:
    """The default answerer: instant, needs no model, and cannot invent a word."""

    name = "extractive"

    def __init__(self, embedder: Embedder, idf: Callable[[str], float]) -> None:
        self._embedder = embedder
        self._idf = idf

    async def steps(self, question: Question, passages: Sequence[Passage]) -> AsyncIterator[Step]:
        scored = await anyio.to_thread.run_sync(self.score, question, passages)
        for step in _chosen(scored, question):
            yield step

    def score(self, question: Question, passages: Sequence[Passage]) -> list[Scored]:
        """The most promising windows of the passages, scored, best first. Blocking."""
        wanted = {word: self._idf(word) for word in terms(question.wording)}
        names = [frozenset(terms(name)) for name in question.names]
        candidates = [window for passage in passages for window in windows_of(passage)]
        rough = sorted(candidates, key=lambda window: -self._by_words(window, wanted, names, question))[:EMBEDDED]
        if not rough:
            return []
        asked = self._embedder.embed_question(question.wording)
        similarities = self._embedder.embed([window.to_embed for window in rough]) @ asked
        scored = [
            self._scored(window, float(similarity), wanted, names, question)
            for window, similarity in zip(rough, similarities, strict=True)
        ]
        return sorted(scored, key=lambda s: -s.score)

    def _by_words(
        self, window: Window, wanted: dict[str, float], names: Iterable[frozenset[str]], question: Question
    ) -> float:
        return overlap(window, wanted) - self._lacks(window, names, question) + RANK_SHARE * window.passage.score

    def _scored(
        self,
        window: Window,
        similarity: float,
        wanted: dict[str, float],
        names: Iterable[frozenset[str]],
        question: Question,
    ) -> Scored:
        shared = overlap(window, wanted)
        support = SIMILARITY_SHARE * similarity + (1 - SIMILARITY_SHARE) * shared
        score = support - self._lacks(window, names, question) + RANK_SHARE * window.passage.score
        return Scored(window, score, similarity, shared)

    def _lacks(self, window: Window, names: Iterable[frozenset[str]], question: Question) -> float:
        lost = 0.0 if holds(question.kind, window.text) else KIND_MISSING
        for name in names:
            if not name <= window.words:
                lost += NAME_NEARBY if name <= window.words | window.context else NAME_MISSING
        return lost


def overlap(window: Window, wanted: dict[str, float]) -> float:
    """The share of the question's words, weighted by rarity, that the window holds; half for its headings' words."""
    total = sum(wanted.values())
    if not total:
        return 0.0
    held = sum(weight for word, weight in wanted.items() if word in window.words)
    near = sum(weight for word, weight in wanted.items() if word in window.context - window.words)
    return (held + near / 2) / total


def idf(document_frequency: int, documents: int) -> float:
    """How much a word tells: Robertson and Spärck Jones' weight, as BM25 has it."""
    return math.log(1 + (documents - document_frequency + 0.5) / (document_frequency + 0.5))


def _chosen(scored: Sequence[Scored], question: Question) -> Iterable[Step]:
    if not scored or scored[0].score < SUPPORT_NEEDED:
        yield Refusal("The library does not say.")
        return
    taken: list[Window] = []
    for candidate in scored:
        window = candidate.window
        if len(taken) == SENTENCES or candidate.score < scored[0].score - MARGIN:
            break
        if any(window.overlaps(other) or window.says_the_same(other) for other in taken):
            continue
        taken.append(window)
        quote = Quote(window.passage.article_id, window.start, window.end, window.text)
        yield Claim(window.readable, quotes=(quote,))
