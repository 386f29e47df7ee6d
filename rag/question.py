"""What is asked: the wording that stands alone, the things named, the as-of day, the kind of thing wanted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypedDict, Unpack

from rag.asked_names import names_in as names_in
from rag.conversation import Turn as Turn
from rag.dates import parse_as_of
from rag.descriptions import with_companies
from rag.errors import QuestionError
from rag.follow_ups import stand_alone
from rag.indexes.facets import NO_LIMITS, Limits
from rag.names import Names, shipped
from rag.periods import Period, periods_in
from rag.spelling import corrected, spelled_out

Kind = Literal["amount", "person", "date", "number", "other"]


def _words(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)


# The first kind whose pattern occurs is it; so `how much` counts before the `when` of a clause further on.
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "date",
        _words(
            r"^\W*(?:and |so |but )?(?:when|since when|until when)"
            r"|(?:what|which|on what|in which) (?:date|day|month|year)|(?<!to )dates?\W*$|date of"
            r"|(?:release|launch|founding|closing|announcement|start|listing) date"
        ),
    ),
    (
        "person",
        _words(
            r"who|whom|whose|who[’']?s|names? of the"
            r"|which (?!(?:way|kind|type|sort|half|part|side|price|amount|valuation|share|percentage|number)s?\b)\w+"
        ),
    ),
    (
        "number",
        _words(
            r"how (?:many|large|long|big is (?:its|the) (?:team|staff|context))|number of|headcount|staff"
            r"|(?:count|number)s?\W*$"
            r"|context window|parameters|percent(?:age)?|share|stake|size of the team"
        ),
    ),
    (
        "amount",
        _words(
            r"how (?:much|big|expensive)|salary|wages?|amounts?|sums?|valuations?|valued|worth|revenues?|prices?|costs?"
            r"|sales|arr|funding|raised?|run[- ]rate"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that has been understood.

    `text` is what the user wrote, `wording` what is searched and answered. `names` are the things named in it as they
    were written (companies, products, rounds, people); `companies` the known companies among them; `limits` what the
    articles are limited to. `period` are the days it speaks of, when they are one stretch, told from `today`.
    `known` is the table of names it was read with, for those who answer it.
    """

    text: str
    wording: str
    kind: Kind = "other"
    names: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    limits: Limits = NO_LIMITS
    period: Period | None = None
    today: date = date.max
    known: Names = field(default_factory=shipped, repr=False, compare=False)

    @property
    def as_of(self) -> date | None:
        """The day after which nothing is known yet; None for today."""
        return self.limits.as_of


class Scope(TypedDict, total=False):
    """What a question is asked within, beside its words.

    `as_of` (`2023-12-14`, `2023-12` or `2023`) leaves out what was published later; `companies`, `sites` and `authors`
    all articles that are not about, on or by one of them; `history` is the conversation so far, oldest turn first.
    """

    as_of: str | None
    companies: Sequence[str]
    sites: Sequence[str]
    authors: Sequence[str]
    history: Sequence[Turn]


def understand(
    text: str,
    *,
    limit: int = 2000,
    known: Names | None = None,
    today: date | None = None,
    **scope: Unpack[Scope],
) -> Question:
    """Reads a question, relative to `today` (the present day if none is given).

    Raises QuestionError when there is nothing to ask, or too much of it, or no such date.
    """
    wording = " ".join(text.split())
    if not any(map(str.isalnum, wording)):
        raise QuestionError("The question is empty.", "Ask about a company, a round, a product or a person.")
    if len(wording) > limit:
        raise QuestionError(
            f"The question has {len(wording):,} characters; {limit:,} are the most.",
            "Ask one thing in a sentence or two.",
        )
    known = known or shipped()
    today = today or date.today()
    wording = stand_alone(written_properly(wording, known), scope.get("history", ()), known, today)
    as_of = scope.get("as_of")
    limits = Limits(
        parse_as_of(as_of) if as_of else None,
        tuple(map(known.company_of, scope.get("companies", ()))),
        tuple(scope.get("sites", ())),
        tuple(scope.get("authors", ())),
    )
    asked = Question(text=text, wording=wording, limits=limits, today=today, known=known)
    return reworded(asked, wording)


def written_properly(text: str, known: Names) -> str:
    """The words of a question with slips put right and short forms written out."""
    return spelled_out(corrected(" ".join(text.split()), known))


def reworded(question: Question, wording: str) -> Question:
    """The question in other words, read anew; its limits stay, and a day by which something was known is added."""
    wording = with_companies(wording, question.known)
    periods = periods_in(wording, min(question.today, question.as_of or question.today))
    period = periods[0] if len(periods) == 1 else None
    limits = question.limits
    if period and period.known_by and (limits.as_of is None or period.last < limits.as_of):
        limits = replace(limits, as_of=period.last)
    return replace(
        question,
        wording=wording,
        kind=kind_of(wording),
        names=names_in(wording, question.known),
        companies=question.known.companies_asked(wording),
        limits=limits,
        period=period,
    )


def kind_of(wording: str) -> Kind:
    """What kind of thing would answer the question."""
    return next((kind for kind, pattern in _KINDS if pattern.search(wording)), "other")
