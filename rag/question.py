"""What is asked: the wording that stands alone, the things named, the as-of day, the kind of thing wanted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rag.companies import companies_asked, companies_in, company_of
from rag.dates import parse_as_of
from rag.errors import QuestionError
from rag.spelling import TRADE, corrected

Kind = Literal["amount", "person", "date", "number", "other"]


def _words(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)


# The first kind whose pattern occurs is it; so `how much` counts before the `when` of a clause further on.
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "date",
        _words(
            r"^\W*(?:and |so |but )?(?:when|since when|until when)"
            r"|(?:what|which|on what|in which) (?:date|day|month|year)"
        ),
    ),
    (
        "person",
        _words(
            r"who|whom|whose|which (?:person|people|investors?|firms?|founders?|company|companies|fund)|names? of the"
        ),
    ),
    (
        "number",
        _words(
            r"how (?:many|large|long|big is (?:its|the) (?:team|staff|context))|number of|headcount|staff"
            r"|context window|parameters|percent(?:age)?|share|stake|size of the team"
        ),
    ),
    (
        "amount",
        _words(
            r"how (?:much|big|expensive)|amount|sum|valuation|valued|worth|revenues?|price|cost|sales|arr|funding"
            r"|raised?|run[- ]rate"
        ),
    ),
)

# Words that begin a question, and capitals that name nothing one could look for.
_NO_NAMES = frozenset(
    "a an and are as at be but by can could did do does for from give had has have how i if in is it its "
    "list may me name of on or since so tell that the their then there these they this those to under "
    "until was we were what when where which who whom whose why will with would you per according please "
    "january february march april may june july august september october november december monday tuesday "
    "wednesday thursday friday saturday sunday ceo cto cfo coo ceos api apis ai llm llms us usa uk eu q1 "
    "q2 q3 q4 usd eur ipo vc vcs arr inc ltd llc gmbh".split()
)
_NAME = re.compile(
    r"(?<![\w.-])(?:[A-Z][\w.&-]*\w|[A-Z]|\w*\d+[a-z]\w*)(?:[ -](?:[A-Z][\w.&-]*\w|[A-Z]\b|\d+(?:\.\d+)?[A-Za-z]?\w*))*"
)
_ROUND = re.compile(r"\bseries [a-k]\d?\b", re.I)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation, and its answer's text."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question that has been understood.

    `text` is what the user wrote, `wording` what is searched and answered. `names` are the things named in it as they
    were written (companies, products, rounds, people); `companies` the known companies among them; `only` the companies
    the user wants the articles to be about.
    """

    text: str
    wording: str
    kind: Kind = "other"
    names: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    as_of: date | None = None


def understand(
    text: str, *, as_of: str | None = None, only: Sequence[str] = (), history: Sequence[Turn] = (), limit: int = 2000
) -> Question:
    """Reads a question. Raises QuestionError when there is nothing to ask, or too much of it, or no such date."""
    wording = " ".join(text.split())
    if not any(map(str.isalnum, wording)):
        raise QuestionError("The question is empty.", "Ask about a company, a round, a product or a person.")
    if len(wording) > limit:
        raise QuestionError(
            f"The question has {len(wording):,} characters; {limit:,} are the most.",
            "Ask one thing in a sentence or two.",
        )
    wording = stand_alone(corrected(wording), history)
    return Question(
        text=text,
        wording=wording,
        kind=kind_of(wording),
        names=names_in(wording),
        companies=companies_asked(wording),
        only=tuple(company_of(name) for name in only),
        as_of=parse_as_of(as_of) if as_of else None,
    )


def stand_alone(wording: str, history: Sequence[Turn]) -> str:
    """The question with the company it leaves out: the last one that was asked about, when it names nothing itself."""
    if names_in(wording) or companies_in(wording):
        return wording
    for turn in reversed(history):
        if meant := companies_in(turn.question):
            return f"{wording.rstrip('?')} ({', '.join(meant)})?"
    return wording


def kind_of(wording: str) -> Kind:
    """What kind of thing would answer the question."""
    return next((kind for kind, pattern in _KINDS if pattern.search(wording)), "other")


def names_in(wording: str) -> tuple[str, ...]:
    """The things a question names: runs of capitalised words and product names, known companies, rounds.

    A question that is written with a capital at every word names nothing by them.
    """
    long_words = re.findall(r"[^\W\d_]{4,}", wording)
    found = [match.group() for match in _ROUND.finditer(wording)]
    if len(long_words) < 4 or not all(word[0].isupper() for word in long_words):
        found += [name for match in _NAME.finditer(_ROUND.sub("|", wording)) if (name := _trimmed(match.group()))]
    known = [name for name in companies_asked(wording) if not any(company_of(part) == name for part in found)]
    return tuple(dict.fromkeys([*found, *known]))


def _trimmed(name: str) -> str:
    """The name without question words and titles at its ends: `What Mistral AI` is about `Mistral AI`."""
    words = re.sub(r"[’']s\b", "", name).split()
    while words and words[0].casefold() in (_NO_NAMES if len(words) > 1 else _NO_NAMES | TRADE):
        words = words[1:]
    while words and words[-1].casefold() in _NO_NAMES - {"ai"}:
        words = words[:-1]
    return " ".join(words) if any(character.isalpha() for word in words for character in word) else ""
