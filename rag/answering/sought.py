"""What a question seeks, taken apart once: the aspect, the value that answers it, what is named, the other words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answering.aspects import Aspect, Value
from rag.answering.evidence import value_of
from rag.answering.wanted import Wanted, wanted_of
from rag.checking.number_patterns import MONTH_NAMES
from rag.checking.quantities import quantities
from rag.descriptions import only_describes
from rag.documents import Passage
from rag.indexes.lexical import terms
from rag.question import Question
from rag.rounds import is_series
from rag.spelling import TRADE

# `which judge`, `how many book titles`: the words between the question word and the verb.
_THING = re.compile(
    r"\b(?:which|what|how (?:many|much)) ((?:[\w’'-]+ ){0,4}?[\w’'-]+)(?= (?:did|do|does|is|are|was|were|has|have"
    r"|had|can|could|will|would|may|might|of|in|for|at|to|by|on|from|with|that)\b|\?|$)",
    re.IGNORECASE,
)
# Of what changes, the newest value is meant anyway.
_NOW = re.compile(
    r"latest|newest|current(?:ly)?|now|today|recent(?:ly)?|last|most|figure|early|late|mid|autumn|spring|summer|winter|end|year-end",
    re.IGNORECASE,
)
_WHO = re.compile(r"\W*who\b", re.IGNORECASE)
# A word of this weight stands in few passages of a large library; in a small one, no word weighs as much.
RARE = 3.5
_CURRENCIES = {"euro": "EUR", "dollar": "USD", "pound": "GBP", "yen": "JPY"}
_CURRENCY = re.compile(rf"\bin (?:us )?({'|'.join(_CURRENCIES)})s?\b", re.IGNORECASE)
NOWHERE = "\ufffc"


@dataclass(frozen=True)
class Sought:
    """A question, ready to be held against windows.

    `words` are those an answer should hold, weighted by rarity: they neither name a thing nor belong to the aspect.
    `thing` are the words of `which judge`, `things` their terms; `given` and `named` the terms of the whole question
    and of its names;
    `rare` are rare words of a question that names nothing: one of them must stand in the passage.
    `asks_who` says that a person or firm is wanted, so that `CEO of Alan` is no CEO of Mistral; `unit` is the currency
    that is wanted.
    """

    question: Question
    aspect: Aspect | None
    value: Value
    wanted: Wanted
    words: dict[str, float]
    thing: str
    things: frozenset[str]
    given: frozenset[str]
    named: frozenset[str]
    asks_who: bool
    rare: frozenset[str]
    unit: str

    @property
    def subject(self) -> tuple[str, ...]:
        """What the question is about: the companies, else the first of its names that is no round and no nation."""
        names = [name for name in self.question.names if not is_series(name) and not only_describes(name)]
        return self.wanted.companies or tuple(names[:1])


def sought_by(
    question: Question, passages: Sequence[Passage], idf: Callable[[str], float], aspect: Aspect | None
) -> Sought:
    """Takes a question apart that asks for an aspect."""
    wording = question.wording
    if not question.names:
        question = replace(question, names=names_as_written(wording, passages))
    named = frozenset(terms(" ".join((*question.names, *question.companies))))
    plain = _without_values(question)
    rest = aspect.others_in(plain) if aspect else re.findall(r"[\w’'-]+", plain)
    if aspect and aspect.changes:
        rest = [word for word in rest if not _NOW.fullmatch(word)]
    thing = _THING.search(wording)
    words = {word: idf(word) for word in terms(" ".join(rest)) if word not in named}
    rare = {word for word, weight in words.items() if RARE <= weight < idf(NOWHERE)}
    return Sought(
        question=question,
        aspect=aspect,
        value=value_of(aspect, question.kind),
        wanted=wanted_of(question, passages),
        words=words,
        thing=thing[1] if thing else "",
        things=frozenset(terms(thing[1])) - named if thing else frozenset(),
        given=frozenset(terms(wording)),
        named=named,
        asks_who=_WHO.match(wording) is not None,
        rare=frozenset() if named else frozenset(rare),
        unit=_unit_of(wording),
    )


def _without_values(question: Question) -> str:
    """The wording without its days and amounts: they are compared as such, not as words."""
    wording = question.wording
    spans = [(q.start, q.end) for q in quantities(wording) if q.kind in ("date", "amount", "percent")]
    if question.period:
        spans.append((question.period.start, question.period.end))
    for start, end in sorted(spans, reverse=True):
        wording = f"{wording[:start]} {wording[end:]}"
    return wording


def _unit_of(wording: str) -> str:
    stated = _CURRENCY.search(wording)
    return _CURRENCIES[stated[1].casefold()] if stated else ""


def names_as_written(wording: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The words of a question in lower case that the passages write with a capital only: `bartz`, `mixtral`."""
    if any(character.isupper() for character in wording[1:]):
        return ()
    text = "\n".join(passage.text for passage in passages)
    found = []
    for word in dict.fromkeys(re.findall(r"[^\W\d_]{3,}", wording)):
        if word.casefold() in TRADE or word.capitalize() in MONTH_NAMES:
            continue
        written = re.findall(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE)
        inside = re.search(rf"[\w,;] {re.escape(word)}(?!\w)", text, re.IGNORECASE)
        if (inside or len(written) > 1) and all(one[0].isupper() for one in written):
            found.append(written[0])
    return tuple(found)
