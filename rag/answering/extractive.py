"""Answers without a language model: the best supported sentences of the passages, quoted.

Windows of one or two sentences must hold what is asked for (aspects/, evidence.py) and be about what the question
names (focus.py). Among those, the similarity of their embedding to the question's, the question's words they hold and
the date they speak of decide (scoring.py). For open questions, which ask for no value that is known, learned weights
choose among all windows (open_questions.py). When none is good enough, it refuses and says what is missing.
"""

import math
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import anyio.to_thread

from rag.answering.admissible import is_admissible
from rag.answering.asked import AspectFinder
from rag.answering.claims import Claim, Quote, Remark, Step
from rag.answering.conflicts import beside, is_comparable
from rag.answering.cut_out import cut_out
from rag.answering.events import day_in
from rag.answering.focus import IN_IT
from rag.answering.listing import Entry, entries_in, list_wanted, meets, others_than_things, to_compare
from rag.answering.listing import Wanted as ListWanted
from rag.answering.open_questions import OpenFeatures, counted_things, is_open, open_windows, weights
from rag.answering.scoring import Features, Scored, features_of, in_time, newest_gain, overlap
from rag.answering.shortfall import shortfall
from rag.answering.sought import Sought, sought_by
from rag.answering.windows import Window, stretch, windows_of
from rag.documents import Passage
from rag.embedding import Embedder
from rag.embedding.embedder import Vectors
from rag.indexes.lexical import terms
from rag.question import Question

# Only so many windows are embedded: the rest is far behind by its words alone, and each costs 3 to 6 ms.
EMBEDDED = 16
# Sentences whose vectors are kept; 4,096 take 6 MB.
REMEMBERED = 4096
# Below this, the best window is more likely wrong than right. On the development questions right answers begin at 1.44
# but for one, and the best unanswerable ones reach 1.42.
SUPPORT_NEEDED = 1.42
SUPPORT_NEEDED_DESCRIBED = 1.3
# How like two words for things that are counted must be: `doctors` and `clinicians` .76, `drafts` and `people` .22.
LIKE = 0.4
# A second sentence is added when it is about as good as the best one; where the newest value counts, there is but one.
MARGIN = 0.08
SENTENCES = 2
NEAR_ENOUGH = 0.15
# Of a list: how many windows are embedded, what an entry needs, how far behind the best it may be, how many are shown.
LISTED = 32
LIST_SUPPORT_NEEDED = 0.5
LIST_MARGIN = 0.6
MOST_ENTRIES = 12
LIST_REMARK = "The list holds what the articles found say; there may be others."


class ExtractiveAnswerer:
    """The default answerer: instant, needs no model, and cannot invent a word."""

    name = "extractive"
    by_parts = True

    def __init__(self, embedder: Embedder, idf: Callable[[str], float], folder: Path | None = None) -> None:
        self._embedder = embedder
        self._idf = idf
        self._aspects = AspectFinder(embedder, folder)
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    async def steps(self, question: Question, passages: Sequence[Passage]) -> AsyncGenerator[Step]:
        for step in await anyio.to_thread.run_sync(self.answer, question, passages):
            yield step

    def answer(self, question: Question, passages: Sequence[Passage]) -> list[Step]:
        """All steps at once. Blocking."""
        sought = self.sought(question, passages)
        if (wanted := list_wanted(question)) and len(entries := self.entries(sought, passages, wanted)) > 1:
            return [*(_claim(entry.window, entry.text) for entry in entries), Remark(LIST_REMARK)]
        if is_open(sought):
            return self.open_answer(sought, passages)
        fitting = self.fitting(sought, passages)
        supported = self.supported(sought, fitting)
        if not supported and sought.value == "any":
            return self.open_answer(sought, passages)  # what is asked may be said in other words than its aspect's
        if not supported:
            return [shortfall(sought, passages, fitting)]
        only_newest = in_time(sought) and not question.period
        claims = list(_claims(supported, 1 if only_newest else SENTENCES))
        best = supported[0].window
        first = replace(claims[0], value=cut_out(best, sought))
        return [first, *claims[1:], *beside(best, fitting, sought)]

    def beside(self, question: Question, passages: Sequence[Passage]) -> list[Step]:
        """What the sources say beside an answer: where they disagree, and older values. Blocking."""
        sought = self.sought(question, passages)
        if list_wanted(question) or not is_comparable(sought):
            return []  # nothing is embedded for it
        fitting = self.fitting(sought, passages)
        supported = self.supported(sought, fitting)
        return list(beside(supported[0].window, fitting, sought)) if supported else []

    def event_day(self, question: Question, passages: Sequence[Passage]) -> str:
        """The day of the event that a question asks the date of, as far as it is known; empty where it is not said.

        Blocking.
        """
        sought = self.sought(question, passages)
        supported = self.supported(sought, self.fitting(sought, passages))
        return day_in(supported[0].window, sought) if supported else ""

    def open_answer(self, sought: Sought, passages: Sequence[Passage]) -> list[Step]:
        """What answers a question that asks for no value that is known: the best stretch of a passage. Blocking."""
        learned = weights()
        windows = sorted(open_windows(sought, passages), key=lambda one: -learned.score(one[1]))[:EMBEDDED]
        scored = [(learned.score(features), window) for window, features in self.compared(sought, windows)]
        for score, window in sorted(scored, key=lambda one: -one[0]):
            if score < learned.needed:
                break
            if self._counts(window, sought):
                answer = stretch(window)
                return [_claim(answer, answer.readable)]
        return [shortfall(sought, passages, ())]

    def _counts(self, window: Window, sought: Sought) -> bool:
        """Whether a window may count what is asked for: `1,900 clinicians` are doctors, `320 people` no drafts."""
        counted = counted_things(window) if sought.value == "count" and sought.things else ()
        if not counted or any(sought.things & set(terms(thing)) for thing in counted):
            return True
        asked, *others = self._embedded([sought.thing, *counted])
        return any(float(asked @ other) >= LIKE for other in others)

    def compared(
        self, sought: Sought, windows: Sequence[tuple[Window, OpenFeatures]]
    ) -> list[tuple[Window, OpenFeatures]]:
        """The windows with their similarity to the question. Blocking."""
        asked = self._embedder.embed_question(sought.question.wording)
        vectors = self._embedded([_to_embed(window, features, sought) for window, features in windows])
        return [
            (window, replace(features, similarity=float(vector @ asked)))
            for (window, features), vector in zip(windows, vectors, strict=True)
        ]

    def sought(self, question: Question, passages: Sequence[Passage]) -> Sought:
        """What the question seeks in the passages. Blocking."""
        return sought_by(question, passages, self._idf, self._aspects.aspect(question))

    def fitting(self, sought: Sought, passages: Sequence[Passage]) -> list[Scored]:
        """Every window that may answer, as far as can be told without the embedding model."""
        return [
            Scored(window, features)
            for passage in passages
            for window in windows_of(passage)
            if (features := features_of(window, sought))
        ]

    def supported(self, sought: Sought, fitting: Sequence[Scored]) -> list[Scored]:
        """Those of the fitting windows that are good enough for an answer and may be one, best first. Blocking."""
        described = sought.aspect is not None and sought.aspect.name == "line of business"
        needed = SUPPORT_NEEDED_DESCRIBED if described else SUPPORT_NEEDED
        scored = self.score(sought, fitting)
        return [one for one in scored if one.score >= needed and is_admissible(one, sought)]

    def score(self, sought: Sought, fitting: Sequence[Scored]) -> list[Scored]:
        """The best of the fitting windows, compared with the question by the embedding model, best first. Blocking."""
        fitting = sorted(newest_gain(fitting, sought), key=lambda s: -s.score)[:EMBEDDED]
        if not fitting:
            return []
        asked = self._embedder.embed_question(sought.question.wording)
        vectors = self._embedded([_to_embed(one.window, one.features, sought) for one in fitting])
        scored = [
            Scored(one.window, replace(one.features, similarity=float(vector @ asked)))
            for one, vector in zip(fitting, vectors, strict=True)
        ]
        return sorted(newest_gain(scored, sought), key=lambda s: -s.score)

    def entries(self, sought: Sought, passages: Sequence[Passage], wanted: ListWanted) -> list[Entry]:
        """What a question wants several of, each thing once, the surest first. Blocking."""
        words = others_than_things(sought)
        meeting = [
            (overlap(window, words) + window.passage.score / 10, window)
            for passage in passages
            for window in windows_of(passage)
            if meets(window, sought)
        ]
        meeting = sorted(meeting, key=lambda item: -item[0])[:LISTED]
        asked = self._embedder.embed_question(sought.question.wording)
        vectors = self._embedded([to_compare(window) for _, window in meeting])
        scored = [(held + float(v @ asked), window) for (held, window), v in zip(meeting, vectors, strict=True)]
        scored.sort(key=lambda item: -item[0])
        found: dict[str, Entry] = {}
        for score, window in scored:
            if score < max(LIST_SUPPORT_NEEDED, scored[0][0] - LIST_MARGIN):
                break
            for entry in entries_in(window, wanted, sought):
                found.setdefault(entry.name, entry)
        return list(found.values())[:MOST_ENTRIES]

    def _embedded(self, texts: Sequence[str]) -> list[Vectors]:
        """The texts' vectors; those of sentences met before are remembered."""
        vectors = {text: self._vectors.get(text) for text in texts}
        if new := [text for text, vector in vectors.items() if vector is None]:
            vectors |= zip(new, self._embedder.embed(new), strict=True)
        found = {text: vector for text, vector in vectors.items() if vector is not None}
        self._vectors.update(found)
        for oldest in list(self._vectors)[: max(0, len(self._vectors) - REMEMBERED)]:
            self._vectors.pop(oldest, None)
        return [found[text] for text in texts]


def idf(document_frequency: int, documents: int) -> float:
    """How much a word tells: Robertson and Spärck Jones' weight, as BM25 has it."""
    return math.log(1 + (documents - document_frequency + 0.5) / (document_frequency + 0.5))


def _to_embed(window: Window, features: Features | OpenFeatures, sought: Sought) -> str:
    """A window that leaves its subject to the text before it is compared as if it named it."""
    subject = " and ".join(sought.subject)
    names_it = features.companies == IN_IT and features.names == IN_IT
    return window.to_embed if names_it or not subject else f"{subject}: {window.to_embed}"


def _claims(supported: Sequence[Scored], most: int) -> Iterator[Claim]:
    """The best window, and others that are about as good and add something."""
    taken: list[Window] = []
    for candidate in supported:
        window = candidate.window
        if len(taken) == most or candidate.score < supported[0].score - MARGIN:
            break
        best, features = supported[0].features, candidate.features
        if taken and (features.companies < best.companies - NEAR_ENOUGH or features.names < best.names):
            continue  # what is surely about the company and the thing asked for needs nothing that may be
        if any(window.overlaps(other) or window.says_the_same(other) for other in taken):
            continue
        taken.append(window)
        yield _claim(window, window.readable)


def _claim(window: Window, text: str) -> Claim:
    return Claim(text, quotes=(Quote(window.passage.article_id, window.start, window.end, window.text),))
