"""A question taken apart where it asks for several things: each part stands alone and is answered by itself.

`Who runs Acme and when was it founded?` has two questions; `Acme vs Bolt: headcount` and `Acme's ARR in May 2024
against May 2025` ask the same of two companies or days; `Acme: staff size & name of its app` asks two things of one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.aspects import aspect_of
from rag.names import Names
from rag.names.occurrences import occurrences
from rag.periods import periods_in
from rag.question import Question, kind_of, names_in, reworded
from rag.rounds import SPOKEN_ROUND

# More than these would no longer be read.
MOST = 4
_WH = (
    r"(?:(?:since|until|by|at|in|on|under|for|from|to) )?(?:what|which|who|whose|whom|when|where|why"
    r"|how(?: (?:much|many|big|large|long))?)\b"
)
_ASKS = re.compile(rf"(?<!\w)(?:{_WH})", re.IGNORECASE)
_CLAUSE = re.compile(rf",? (?:and|&|plus|but|\+) (?=(?:{_WH}))|\? +(?=(?:and |or )?(?:{_WH}))", re.IGNORECASE)
_ONLY_ASKS = re.compile(rf"(?:{_WH})\W*$", re.IGNORECASE)
_AND = re.compile(r",? (?:and|&|\+|plus|as well as) ", re.IGNORECASE)
_JOINT = re.compile(
    r"(?:[’']s)?[\s,]*(?:,|and|&|\+|vs\.?|versus|against|or|compared (?:to|with)|as opposed to|next to)"
    r"\s*(?:also |again |then )?"
    r"(?:(?:at|in|for|of|on|by|with|from|as of) )?(?:the |its |that of |that in )?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\b(?:between|from)(?: the)? $", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\b(?:talks|deal|merger|partnership|alliance|relation\w*|link|dispute|lawsuit|agreement)\b", re.I
)
_SIZE = re.compile(r"(?<![\w$€£.])\d+(?:\.\d+)?[bm]\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:it|its|they|their|them|he|she|his|her)\b", re.IGNORECASE)
_COMPARE = re.compile(r"^\W*(?:please )?(?:compare|contrast|set side by side)\b(?: the)? ", re.IGNORECASE)
_STRAY = re.compile(r"\s*\b(?:respectively|both|side by side|please|each)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Term:
    """Something that can stand in another's place: a company, model, round, period; a name may be of two kinds."""

    kinds: frozenset[str]
    start: int
    end: int


def parts_of(question: Question) -> tuple[Question, ...]:
    """The questions in a question, in order; itself when it has but one."""
    wordings = list(dict.fromkeys(_split(question.wording, question, MOST)))[:MOST]
    if len(wordings) < 2:
        return (question,)
    return tuple(reworded(question, wording) for wording in wordings)


def _split(wording: str, question: Question, most: int) -> Iterator[str]:
    for split in (_clauses, _pairs, _wants):
        found = split(wording, question)
        if len(found) > 1 and most > 1:
            for part in found:
                yield from _split(part, question, most - 1)
            return
    yield wording


def _clauses(wording: str, question: Question) -> list[str]:
    """`Who runs Acme, and when was it founded?`"""
    topic, _, rest = wording.rpartition(": ")
    pieces = [piece.strip(" ,") for piece in _CLAUSE.split(rest)]
    if len(pieces) < 2 or not all(_ASKS.search(piece) or _aspect(piece) for piece in pieces):
        return [wording]
    found = [_asked(f"{topic}: {pieces[0]}" if topic else pieces[0])]
    for piece in pieces[1:]:
        if _ONLY_ASKS.match(piece):  # `and when?`
            first = _ASKS.search(pieces[0])
            piece = f"{piece.rstrip('?')} {pieces[0][first.end() :].strip() if first else pieces[0]}"
        found.append(_asked(_carrying(piece, f"{topic} {pieces[0]}", question)))
    return found


def _pairs(wording: str, question: Question) -> list[str]:
    """`Acme vs Bolt: headcount`, `at the Series A and at the Series B`, `in May 2024 against May 2025`."""
    terms = _terms(wording, question)
    for at, first in enumerate(terms):
        chain = [first]
        for other in terms[at + 1 :]:
            joint = wording[chain[-1].end : other.start]
            if other.kinds & first.kinds and _JOINT.fullmatch(joint) and _sets_apart(joint, other):
                chain.append(other)
        before, after = wording[: first.start], wording[chain[-1].end :]
        if len(chain) < 2 or _RANGE.search(before) or ("company" in first.kinds and _TOGETHER.search(wording)):
            continue
        before = _COMPARE.sub("", before)  # each part is about one
        return [" ".join(_STRAY.sub("", f"{before}{_whole(wording, first, term)}{after}").split()) for term in chain]
    return [wording]


def _sets_apart(joint: str, other: _Term) -> bool:
    return "name" not in other.kinds or joint.strip(" ,&").casefold() not in ("", "and")


def _whole(wording: str, first: _Term, term: _Term) -> str:
    """The second of `Acme 3B vs 8B` is `Acme 8B`."""
    said = wording[term.start : term.end]
    if "model" in term.kinds and _SIZE.fullmatch(said):
        return _SIZE.sub(said, wording[first.start : first.end])
    return said


def _terms(wording: str, question: Question) -> list[_Term]:
    found = [_term("period", p.start, p.end) for p in periods_in(wording, question.today)]
    found += [_term("round", *match.span()) for match in SPOKEN_ROUND.finditer(wording)]
    for named in occurrences(wording, question.known):
        kinds = frozenset("model" if entry.kind in ("family", "product") else entry.kind for entry in named.entries)
        found.append(_Term(kinds, named.start, named.end))
    found += [_term("company", start, end) for start, end, _ in question.known.company_names_in(wording)]
    found += [_term("model", *match.span()) for match in _SIZE.finditer(wording)]
    for name in question.names:  # unknown ones; `Alpha and Beta` may be one of them, `Alpha vs Beta` is not
        found += [_term("name", *match.span()) for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", wording)]
    terms: list[_Term] = []
    for term in sorted(found, key=lambda term: (term.start, -term.end)):
        if not terms or term.start >= terms[-1].end:
            terms.append(term)
    return terms


def _term(kind: str, start: int, end: int) -> _Term:
    return _Term(frozenset((kind,)), start, end)


def _wants(wording: str, question: Question) -> list[str]:
    """`Acme: staff size & name of its app`, `the price of Acme and the revenue of Bolt`."""
    topic, _, rest = wording.rpartition(": ")
    for joint in _AND.finditer(rest):
        left, right = rest[: joint.start()].strip(" ,"), rest[joint.end() :].strip()
        if any(joint.start() < end and start < joint.end() for start, end in _spans_of_names(rest, question)):
            continue
        one, other = _aspect(left), _aspect(right)
        if topic and len(left.split()) > 1 and len(right.split()) > 1 and (one or other) and one != other:
            return [f"{topic}: {left}", f"{topic}: {right}"]
        own = [set(question.known.companies_asked(side)) for side in (left, right)]
        if one and other and (one != other or (own[0] and own[1] and own[0] != own[1])):
            return [_carrying(left, right, question), _carrying(right, left, question)]
    return [wording]


def _spans_of_names(wording: str, question: Question) -> list[tuple[int, int]]:
    return [(start, end) for start, end, _ in question.known.company_names_in(wording)]


def _carrying(piece: str, other: str, question: Question) -> str:
    """The piece with what the other one names, when it names nothing of its own or takes it up by a pronoun."""
    known: Names = question.known
    if names_in(piece, known) and not (_PRONOUN.search(piece) and not known.companies_in(piece)):
        return piece
    meant: Sequence[str] = known.companies_asked(other) or names_in(other, known)[:1]
    rounds = [] if SPOKEN_ROUND.search(piece) else [match.group() for match in SPOKEN_ROUND.finditer(other)]
    named = ", ".join(dict.fromkeys([*meant, *rounds]))
    return f"{piece.rstrip('?.')} ({named})" if named else piece


def _aspect(wording: str) -> str:
    aspect = aspect_of(wording, kind_of(wording))
    return aspect.name if aspect else ""


def _asked(wording: str) -> str:
    return wording if wording.endswith("?") else f"{wording}?"
