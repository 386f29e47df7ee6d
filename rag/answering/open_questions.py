"""Answers to open questions, which ask for no value that is known: why, how, for whom, or for something told just once.

No words give such an answer away, so nothing is required of a window. What speaks for each is weighed instead, by the
weights of a conditional logit (McFadden, 1974) whose further choice is that the passages do not answer at all. They are
learned by `python -m benchmarks.open_questions` from the tuning halves and kept in open_weights.toml.
"""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources

from rag.answering.focus import NOWHERE, on_companies, on_names, on_round
from rag.answering.scoring import candidates, overlap
from rag.answering.sought import Sought
from rag.answering.stated import on_dates
from rag.answering.windows import Window, windows_of
from rag.checking.quantities import quantities
from rag.documents import Passage

# `1,900 clinicians use it`: up to three words, as long as they are no marks. `Paying families: 640,000`.
_COUNTED = re.compile(r" ((?:[a-z][\w’'-]+ ?){1,3})")
_LABEL = re.compile(r"([A-Za-z][\w’' -]+): $")


@dataclass(frozen=True, slots=True)
class OpenFeatures:
    """What speaks for a window as the answer to an open question, each from 0 to 1 but for `dates` and `length`.

    `value`: holds a value of the kind the question word asks for; `thing`: the thing that is asked for, by its word.
    `overlap`: the share of the question's words it holds.
    `companies`, `names`: how near those of the question are named; `another`: the window is about another company;
    `round`: about another round. `dates`: whether it speaks of the days asked for. `rank`: its passage's score.
    `pair`: 1 for two sentences. `length`: the logarithm of its characters. `similarity`: of its vector to the
    question's.
    """

    value: float
    thing: float
    overlap: float
    companies: float
    names: float
    another: float
    round: float
    dates: float
    rank: float
    pair: float
    length: float
    similarity: float = 0.0


NAMES = tuple(field.name for field in fields(OpenFeatures))


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature is worth, and the score below which the passages are taken not to answer."""

    worth: Mapping[str, float]
    needed: float

    def score(self, features: OpenFeatures) -> float:
        """The weighted sum, by which windows are compared."""
        return float(sum(self.worth[name] * getattr(features, name) for name in NAMES))


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The weights as they were learned."""
    file = resources.files("rag.answering").joinpath("open_weights.toml")
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    return Weights({name: float(found["worth"][name]) for name in NAMES}, float(found["needed"]))


def is_open(sought: Sought) -> bool:
    """Whether a question asks for nothing of which it is known in what words it is said."""
    return sought.aspect is None


def open_windows(sought: Sought, passages: Sequence[Passage]) -> list[tuple[Window, OpenFeatures]]:
    """Every window that may answer, with what can be said of it without the embedding model."""
    return [
        (window, open_features(window, sought))
        for passage in passages
        for window in windows_of(passage)
        if _may_answer(window, sought)
    ]


def _may_answer(window: Window, sought: Sought) -> bool:
    """A question is nobody's answer, and a number of another's is worse than none: its subject counts."""
    if window.is_question:
        return False
    wanted = sought.wanted
    return sought.value == "any" or bool(
        on_companies(window, wanted) and on_names(window, wanted.names, wanted.known, is_subject=not wanted.companies)
    )


def counted_things(window: Window) -> tuple[str, ...]:
    """What the numbers of a window count, as far as the words behind them or before a colon say it."""
    found = []
    for q in quantities(window.text):
        if q.kind == "number":
            behind = _COUNTED.match(window.text, q.end)
            before = _LABEL.search(window.text[: q.start])
            found += [match[1].strip() for match in (behind, before) if match]
    return tuple(found)


def open_features(window: Window, sought: Sought) -> OpenFeatures:
    """What speaks for a window, but for its similarity."""
    wanted = sought.wanted
    companies = on_companies(window, wanted)
    return OpenFeatures(
        value=float(sought.value != "any" and bool(candidates(window, sought))),
        thing=len(sought.things & window.words) / len(sought.things) if sought.things else NOWHERE,
        overlap=overlap(window, sought.words),
        companies=companies,
        names=on_names(window, wanted.names, wanted.known),
        another=float(companies == NOWHERE),
        round=float(on_round(window, wanted) == NOWHERE),
        dates=on_dates(window, wanted),
        rank=window.passage.score,
        pair=float(window.sentences > 1),
        length=math.log(1 + len(window.text)),
    )
