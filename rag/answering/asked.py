"""Which aspect a question asks for, in whatever words: by its likeness to questions that are known to ask for it.

asked_examples.toml has some of each aspect; the nearest of them decides, by the embedding model (a nearest neighbour
classifier, Cover and Hart, 1967), together with the patterns of the table, which know what a single word gives away.
"""

import re
import threading
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path

from rag.answering.aspects import ASPECTS, Aspect, Value, matching
from rag.answering.example_vectors import example_vectors
from rag.descriptions import only_describes
from rag.embedding import Embedder
from rag.embedding.embedder import Vectors
from rag.periods import periods_in
from rag.question import Kind, Question
from rag.rounds import is_series

NOTHING = "nothing"
# Without a pattern that matches, a question must be this near to an example.
NEAR = 0.6
# With one, this near at least: a word gives an aspect away only where the rest of the question asks for nothing else.
LIKELY = 0.45
# What a pattern adds to the nearness of its aspect's examples: the first that matches, and any other.
FIRST, OTHER = 0.15, 0.08
# What is asked without a question word, or counts what the aspect has no word for, must be this near.
PLAIN = 0.75
_FITTING: Mapping[Kind, tuple[Value, ...]] = {
    "date": ("date", "asked", "any"),
    "person": ("person", "name", "model", "asked", "any"),
    "amount": ("amount", "percent", "asked", "any"),
    "number": ("count", "percent", "amount", "asked", "any"),
}
# `where` may ask for a place, a firm or a price, never for these.
_WHERE = re.compile(r"^\W*(?:and |so )?(?:in |at |from )?where\b", re.IGNORECASE)
_NOWHERE: tuple[Value, ...] = ("date", "person", "count")
_NUMBERS: tuple[Value, ...] = ("amount", "count", "percent")
_HOW_LONG = re.compile(r"\bhow long (?!(?:is|are|can|a|an|in)\b)", re.IGNORECASE)
_DOUBLED = re.compile(r"\b(?:the|an?|its) the (?=company|model)", re.IGNORECASE)
_LEFT_OVER = re.compile(r"\b(?:in|as of|on|by|at|since|of|during|for)\s+(?=[,;?.]|$)", re.IGNORECASE)


class AspectFinder:
    """Finds aspects by examples. These are embedded at the first question, and kept in `folder`. Thread safe."""

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self._embedder = embedder
        self._folder = folder
        self._examples = examples()
        self._lock = threading.Lock()
        self._vectors: Vectors | None = None

    def aspect(self, question: Question) -> Aspect | None:
        """The aspect asked for; None when the question asks for none that is known. Blocking."""
        found = matching(question.wording)
        if found is None or _HOW_LONG.search(question.wording):
            return None
        near = self._nearness(bare(question))
        likely = [aspect for aspect in found if self._is_likely(aspect, question, near)]
        fitting = _FITTING.get(question.kind, ())
        asks_where = _WHERE.match(question.wording) is not None
        scores = {}
        for aspect in ASPECTS:
            if (fitting and aspect.value not in fitting) or (asks_where and aspect.value in _NOWHERE):
                continue
            score = near.get(aspect.name, 0.0)
            if aspect in likely:
                first = not any(other in scores for other in found)
                score += FIRST if first else OTHER
            elif score < max(_needed(question, aspect), near[NOTHING]):
                continue
            scores[aspect] = score
        return max(scores, key=lambda aspect: scores[aspect], default=None)

    def _is_likely(self, aspect: Aspect, question: Question, near: Mapping[str, float]) -> bool:
        """Whether a question is like those for the aspect, if need be with its longer names read as companies'."""
        if near.get(aspect.name, 0.0) >= LIKELY:
            return True
        of_firms = bare(question, long_names=True)
        return of_firms != bare(question) and self._nearness(of_firms).get(aspect.name, 0.0) >= LIKELY

    def _nearness(self, wording: str) -> dict[str, float]:
        """How near the nearest example of each aspect is."""
        with self._lock:
            if self._vectors is None:
                texts = [text for _, text in self._examples]
                self._vectors = example_vectors(texts, self._embedder, self._folder)
        similarities = self._vectors @ self._embedder.embed_question(wording)
        near: dict[str, float] = {}
        for (name, _), similarity in zip(self._examples, similarities, strict=True):
            near[name] = max(near.get(name, -1.0), float(similarity))
        return near


def _needed(question: Question, aspect: Aspect) -> float:
    """How near an example must be; a count is of what is named, and what no question word asks for is no number."""
    counts = aspect.value == "count" and not aspect.said.search(question.wording)
    return PLAIN if counts or (question.kind == "other" and aspect.value in _NUMBERS) else NEAR


@lru_cache(maxsize=1)
def examples() -> Sequence[tuple[str, str]]:
    """Each example question, behind the name of its aspect."""
    file = resources.files("rag.answering").joinpath("asked_examples.toml")
    by_aspect = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple((name, wording) for name, wordings in by_aspect.items() for wording in wordings)


def bare(question: Question, *, long_names: bool = False) -> str:
    """The question without what tells it from others of its kind: `the company` for a name, no days.

    `Jane Roe` is known for a person, and stays; unless `long_names` may be companies' too: `Lumen Robotics`.
    """
    wording = question.wording
    spans = [(period.start, period.end, "") for period in periods_in(wording, question.today)]
    spans += [(start, end, "the company") for start, end, _ in question.known.company_names_in(wording)]
    for name in question.names:
        if is_series(name) or only_describes(name) or name.isupper():
            continue  # initials may stand for anything
        if " " in name.removesuffix(" AI") and not long_names:
            continue
        thing = "the model" if re.search(r"\d", name) else "the company"
        found = re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", wording)
        spans += [(match.start(), match.end(), thing) for match in found]
    end = len(wording)
    for start, stop, thing in sorted(spans, key=lambda span: (-span[0], -span[1])):
        if stop <= end:
            wording, end = f"{wording[:start]}{thing}{wording[stop:]}", start
    return " ".join(_LEFT_OVER.sub("", _DOUBLED.sub("the ", wording)).split())
