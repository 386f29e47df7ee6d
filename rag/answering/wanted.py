"""What a question names, taken apart, and how a text may say each of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.checking.quantities import Quantity, quantities
from rag.descriptions import FIRM, only_describes
from rag.documents import Passage
from rag.indexes.lexical import terms
from rag.names import Names
from rag.question import Question
from rag.rounds import ROUND, is_series, round_key

# `the Paris lab Mistral`: a text need not say where it is.
_EPITHET = re.compile(rf"\b(?:the|an?) ([A-Z][\w-]+?)(?:-based)? (?:\w+ )?{FIRM}\b")

# More capitals than this are a shouted word.
LONGEST_INITIALS = 5


@dataclass(frozen=True)
class Named:
    """A name and how a text may say it: by all of its words, by a pattern, or with its initials written out."""

    terms: frozenset[str]
    pattern: re.Pattern[str] | None = None
    written_out: re.Pattern[str] | None = None

    def stands_in(self, text: str, words: frozenset[str]) -> bool:
        """Whether the text, whose terms are `words`, says the name."""
        if self.pattern:
            return self.pattern.search(text) is not None
        return self.terms <= words or bool(self.written_out and self.written_out.search(text))

    def places_in(self, text: str) -> list[tuple[int, int]]:
        """Where the text says the name."""
        if self.pattern:
            return [match.span() for match in self.pattern.finditer(text)]
        words = [match for match in re.finditer(r"\w+", text) if self.terms & set(terms(match.group()))]
        return [match.span() for match in words]


def named(name: str) -> Named:
    """How a name is looked for. A version that is a bare number stands beside its family: GPT-4 is not `GPT 3.5`."""
    if re.search(r"[^\W\d_][ -]?\d+(?:\.\d+)?(?!\w)", name):
        parts = re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+", name)
        joined = r"[\s-]?".join(map(re.escape, parts))
        return Named(frozenset(terms(name)), re.compile(rf"(?<!\w){joined}(?!\w|[.,]\d)", re.IGNORECASE))
    if name.isalpha() and name.isupper() and 1 < len(name) <= LONGEST_INITIALS:
        written_out = r"[\s-]".join(rf"{letter}\w+" for letter in name)
        return Named(frozenset(terms(name)), written_out=re.compile(rf"\b{written_out}\b"))
    return Named(frozenset(terms(name)))


@dataclass(frozen=True)
class Wanted:
    """What a question names, taken apart once: known companies, rounds, other names (needed or describing), days.

    `known` is the table of names by which a text is read."""

    companies: tuple[str, ...]
    rounds: frozenset[str]
    names: tuple[Named, ...]
    described: tuple[Named, ...]
    dates: tuple[Quantity, ...]
    amounts: tuple[Quantity, ...]
    known: Names
    linked: frozenset[str] = frozenset()


def wanted_of(question: Question, passages: Sequence[Passage]) -> Wanted:
    """Takes a question's names apart. `linked`: articles with a line that names a company and a round of it."""
    epithets = {match[1] for match in _EPITHET.finditer(question.wording)} if question.companies else set()
    rounds = frozenset(round_key(match) for match in ROUND.findall(question.wording))
    others = [
        name
        for name in question.names
        if question.known.company_of(name) not in question.companies
        and not is_series(name)
        and (re.search(r"\d", name) or not question.known.companies_in(name))
    ]
    describing = [
        name
        for name in others
        if only_describes(name) or name in epithets or _owns_another(name, others, question.wording)
    ]
    return Wanted(
        companies=question.companies,
        rounds=rounds,
        names=tuple(named(name) for name in others if name not in describing and terms(name)),
        described=tuple(named(name.removesuffix("-based")) for name in others if name in describing),
        dates=tuple(q for q in quantities(question.wording) if q.kind == "date"),
        amounts=tuple(q for q in quantities(question.wording) if q.kind in ("amount", "percent")),
        known=question.known,
        linked=frozenset(p.article_id for p in passages if rounds and _links(p.text, question, rounds)),
    )


def _owns_another(name: str, others: Sequence[str], wording: str) -> bool:
    """Whether a name only says whose another is: `Jane Roe's Falcon 2`."""
    owned = re.search(rf"(?<!\w){re.escape(name)}[’']s? (\S+)", wording)
    return owned is not None and any(other.startswith(owned[1]) for other in others if other != name)


def _links(text: str, question: Question, rounds: frozenset[str]) -> bool:
    """`| Runway | Series E |` in a table says which round `Runway's round was led by` means further down."""
    return any(
        rounds & {round_key(match) for match in ROUND.findall(line)}
        and set(question.companies) & set(question.known.companies_in(line))
        for line in text.split("\n")
    )
