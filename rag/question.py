"""What is asked: the wording that stands alone, the things named, the as-of day, the kind of thing wanted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from rag.checking.quantities import quantities
from rag.dates import parse_as_of
from rag.descriptions import with_companies
from rag.errors import QuestionError
from rag.indexes.facets import NO_LIMITS, Limits
from rag.names import Names, shipped
from rag.periods import Period, periods_in
from rag.spelling import TRADE, corrected, spelled_out

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

# Words that begin a question, and capitals that name nothing one could look for.
_NO_NAMES = frozenset(
    "a an and are as at be but by can could did do does for from give had has have how i if in is it its "
    "list may me name names of on or since so tell that the their then there these they this those to under "
    "until was we were what when where which who whom whose why will with would you per according please "
    "ai inc ltd llc gmbh any all also after before during describe explain between about not no vs versus".split()
)
# Measures, posts and times: a name ends where one of them stands (`Acme ARR June 2025` is about `Acme`).
_CUTS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun "
    "jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday q1 q2 q3 q4 h1 h2 fy "
    "yoy qoq mom ytd ceo ceos cto cfo coo cmo cro cpo api apis llm llms gpu gpus us usa uk eu usd eur gbp ipo "
    "ipos vc vcs arr mrr gmv ebitda hq faq latest current total post pre net gross debt biggest largest first "
    "last next new old number size date day days month months year years yes no".split()
)
# A fund may be called after what it does: `Founders Fund`, `First Round Capital`.
_FUND = frozenset("fund capital ventures partners holdings group labs technologies ai".split())
_AMOUNT = re.compile(r"\b\d+(?:[.,]\d+)*(?:bn|mn|mln|tn|trn|m|k)$", re.IGNORECASE)
_PERIOD = re.compile(r"(?<!\w)(?:(?:FY|CY|Q[1-4]|H[12]|[1-4]Q|[12]H)[ '’-]?(?:(?:20)?\d\d)?)(?!\w)", re.IGNORECASE)
_NAME = re.compile(
    r"(?<![\w.-])(?:[A-Z][\w.&-]*\w|[A-Z]|\w*\d+[a-z]\w*)(?:[ -](?:[A-Z][\w.&-]*\w|[A-Z]\b|\d+(?:\.\d+)?[A-Za-z]?\w*))*"
)
_ROUND = re.compile(r"\bseries[ -][a-k]\d?\b", re.I)
_BEFORE_ROUND = re.compile(r"\b(?:pre|post)[ -](?:series[ -][a-k]\d?|seed|money)\b", re.I)
# Families of models: with a number behind, in any case, they name one of them (`llama 2`, `claude 3.5`).
_VERSION = re.compile(
    r"\b(?:(?:gpt|llama|claude|gemini|gemma|grok|qwen|phi|palm|dall-e|sora|veo|imagen|falcon|command|codestral|pixtral"
    r"|mixtral|kimi|glm|ernie|jamba|dbrx|nova|titan|whisper|stable diffusion|gen)[ -]?[a-z]?\d{1,2}(?:\.\d+)?\w*"
    r"|(?:mistral|deepseek|midjourney|yi)[ -](?:[a-z]\d\w*|\d+b\b)(?:\.\d+)?)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation, and its answer's text."""

    question: str
    answer: str


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


def understand(
    text: str,
    *,
    as_of: str | None = None,
    only: Sequence[str] = (),
    sites: Sequence[str] = (),
    authors: Sequence[str] = (),
    history: Sequence[Turn] = (),
    limit: int = 2000,
    known: Names | None = None,
    today: date | None = None,
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
    wording = stand_alone(spelled_out(corrected(wording, known)), history, known)
    limits = Limits(
        parse_as_of(as_of) if as_of else None, tuple(map(known.company_of, only)), tuple(sites), tuple(authors)
    )
    asked = Question(text=text, wording=wording, limits=limits, today=today or date.today(), known=known)
    return reworded(asked, wording)


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


def stand_alone(wording: str, history: Sequence[Turn], known: Names) -> str:
    """The question with the company it leaves out: the last one that was asked about, when it names nothing itself."""
    if names_in(wording, known) or known.companies_in(wording):
        return wording
    for turn in reversed(history):
        if meant := known.companies_in(turn.question):
            return f"{wording.rstrip('?')} ({', '.join(meant)})?"
    return wording


def kind_of(wording: str) -> Kind:
    """What kind of thing would answer the question."""
    return next((kind for kind, pattern in _KINDS if pattern.search(wording)), "other")


def names_in(wording: str, known: Names | None = None) -> tuple[str, ...]:
    """The things a question names: runs of capitalised words and product names, known companies, rounds.

    Dates, amounts, measures and posts are no part of a name. A question that is written with a capital at every word
    names nothing by them.
    """
    long_words = re.findall(r"[^\W\d_]{4,}", wording)
    rest = _BEFORE_ROUND.sub("|", wording)
    found = [match.group().replace("-", " ") for match in _ROUND.finditer(rest)]
    versions = [match.group() for match in _VERSION.finditer(rest) if not match.group()[:1].isupper()]
    rest = _without_values(_VERSION.sub(_kept_if_capital, _ROUND.sub("|", rest)))
    if len(long_words) < 4 or not all(word[0].isupper() for word in long_words):
        found += [name for match in _NAME.finditer(rest) for name in _trimmed(match.group())]
    found += versions
    found += [
        rest[q.start : q.end]
        for q in quantities(rest)
        if q.kind == "name"
        and not _AMOUNT.search(rest[q.start : q.end])
        and not any(rest[q.start : q.end] in name for name in found)
    ]
    table = known or shipped()
    companies = table.companies_asked(wording)
    others = [name for name in companies if not any(table.company_of(part) == name for part in found)]
    return tuple(dict.fromkeys([*found, *others]))


def _kept_if_capital(match: "re.Match[str]") -> str:
    """A version in capitals is found with the words around it: `Claude 3 Opus`."""
    return match.group() if match.group()[:1].isupper() else "|"


def _without_values(wording: str) -> str:
    """The wording with a bar for each date, amount and large number."""
    rest = _PERIOD.sub("|", wording)
    for q in reversed(quantities(rest)):
        stated = rest[q.start : q.end]
        if q.kind in ("date", "amount", "percent") or (q.kind == "number" and not stated.isdigit()):
            rest = f"{rest[: q.start]}|{rest[q.end :]}"
    return rest


def _trimmed(run: str) -> list[str]:
    """The names in a run of capitals: `What Mistral AI` is about `Mistral AI`, `Acme CEO Jane Roe` about two."""
    names: list[list[str]] = [[]]
    words = re.sub(r"[’']s\b", "", run).split()
    for word, after in zip(words, [*words[1:], ""], strict=True):
        plain = word.casefold()
        measure = (
            _AMOUNT.fullmatch(word)
            or plain in _CUTS
            or (plain in TRADE and after.casefold() not in _FUND and plain not in _FUND)
        )
        if measure or (plain in _NO_NAMES and not names[-1] and plain != "ai"):
            names.append([])
        else:
            names[-1].append(word)
    return [name for words in names if (name := _without_tail(words))]


def _without_tail(words: list[str]) -> str:
    while words and words[-1].casefold() in _NO_NAMES - ({"ai"} if len(words) > 1 else set()):
        words = words[:-1]
    return " ".join(words) if any(character.isalpha() for word in words for character in word) else ""
