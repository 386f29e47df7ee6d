"""What an answerer yields, sentence by sentence, before anything of it is believed."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answer import RefusalKind, Usage
from rag.documents import Passage
from rag.question import Question


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact stretch of an article: `article.text[start:end] == text`."""

    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that wants to be in the answer.

    `cites` are the numbers (from 1, in the order of the passages) its writer named; `quotes` the exact support, where
    the answerer knows it. Either may be empty or wrong: rag/citations.py decides. `value` is the very thing asked for,
    cut out of a quote to the letter, where there is one.
    """

    text: str
    cites: tuple[int, ...] = ()
    quotes: tuple[Quote, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answerer finds that the passages do not answer the question. `reason` is a whole sentence for the reader."""

    reason: str
    kind: RefusalKind = "not_said"


@dataclass(frozen=True, slots=True)
class Remark:
    """What the reader should know of the answer; a whole sentence, shown with the warnings."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value as its source writes it, in the claim that states it. `day` is the date its own sentence gives, if any;
    `origins` how many articles give it, copies of one counted once."""

    text: str
    claim: Claim
    day: str = ""
    origins: int = 1


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What sources say differently of one thing. The first value is the one that is preferred, and `why`."""

    about: str
    values: tuple[Value, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """Older values of what changes, the newest first."""

    values: tuple[Value, ...]


Step = Disagreement | Earlier | Claim | Refusal | Remark | Usage


class Answerer(Protocol):
    """Turns passages into claims. The one seam between the extractive and the generative ways to answer."""

    name: str
    by_parts: bool  # whether it wants the parts of a question one by one

    def steps(self, question: Question, passages: Sequence[Passage]) -> AsyncGenerator[Step]:
        """Claims in the order of the answer, or one Refusal; Usage at most once, last. Raises ModelError."""
        ...
