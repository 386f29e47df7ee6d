"""Whether quotes say what a claim says: its quantities, names and words, its denials and reservations, and who did it.

Rules rather than a model: every refusal can be explained, and a check takes well under a millisecond. What they catch
and what they let through is measured on the pairs in tests/claim_pairs.py.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from rag.checking import claim_words as words
from rag.checking.quantities import Quantity, missing, quantities, supports
from rag.sentences import sentence_spans

# The share of a claim's content words its quotes must hold. On tests/claim_pairs.py the right claims begin at .75; the
# wrong ones that nothing else stops end at .67 (`python -m tests.claim_pairs`).
MIN_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote, and what it is about when it only says `they` or `this round`: heading and subject of its article."""

    quote: str
    context: str = ""


def objection(claim: str, evidence: Sequence[Evidence], common: AbstractSet[str] = frozenset()) -> str | None:
    """Why the evidence does not support the claim; None when it does.

    `common` are words that the passages also write in lower case: at the start of a sentence they are no names.
    """
    quotes = [e.quote for e in evidence]
    if absent := missing(claim, quotes):
        return f"{_shown(absent[0], claim)} is not in the quotes"
    if unnamed := [name for name in words.names(claim, common) if not any(_names(e, name) for e in evidence)]:
        return f"{unnamed[0]} is not in the quotes"
    if not _same_subject(claim, evidence, common):
        return "the quotes say it of somebody else"
    topic = " ".join(quotes) + " " + " ".join(e.context for e in evidence)
    if unsaid := words.decisive(claim) - words.decisive(topic):
        return f"nothing is said of {min(unsaid)}"
    if share(claim, evidence) < MIN_SHARE:
        return "the quotes are about something else"
    said = [words.closest_sentence(claim, quote) for quote in quotes]
    if words.is_negated(claim) != any(words.is_negated(text, claim) for text in said):
        return "claim and quote differ in a negation"
    if words.is_hedged(claim) != any(words.is_hedged(text, claim) for text in said):
        return "claim and quote differ in how certain they are"
    if not _same_agents(claim, evidence):
        return "the quotes name somebody else for it"
    if not _same_roles(claim, quotes):
        return "an amount is another thing in the quotes"
    if not _same_counts(claim, quotes):
        return "a number counts another thing in the quotes"
    if not _same_dates(claim, quotes):
        return "the quotes give another date for it"
    return None


def share(claim: str, evidence: Sequence[Evidence]) -> float:
    """The share of the claim's content words that the evidence holds."""
    wanted = words.content(claim)
    held = words.content(" ".join(f"{e.quote} {e.context}" for e in evidence))
    if not wanted:
        return 0.0
    return sum(any(words.alike(word, other) for other in held) for word in wanted) / len(wanted)


@lru_cache(maxsize=256)
def subject_of(title: str) -> str:
    """The first name in a title, which an article's `they` and `the company` usually mean."""
    for match in words.NAME_RUN.finditer(title):
        run = [w for w in match.group().split() if w.lower() not in words.STOP and w not in words.DEMONYMS]
        if run and not run[0].lower().endswith("-based"):
            return " ".join(run)
    return ""


def _names(evidence: Evidence, name: str) -> bool:
    return words.fold(name) in words.tokens(evidence.quote) | words.tokens(evidence.context)


def _same_subject(claim: str, evidence: Sequence[Evidence], common: AbstractSet[str]) -> bool:
    """Whether some quote says it of the one the claim speaks of.

    The sentence that says it names the claim's subject, or leaves it open (`They have 22 employees`, not `OpenAI has
    22`) and what stands before it, in the quote or as heading and title, names it first.
    """
    subject = {words.fold(name) for name in words.leading_names(claim, common)[:2]}
    if not subject:
        return True
    for e in evidence:
        said = words.closest_sentence(claim, e.quote)
        if subject & words.tokens(said):
            return True
        before = e.quote[: e.quote.index(said)]
        led = {words.fold(name) for name in words.leading_names(before, common)} | words.tokens(e.context)
        if subject & led and not words.leading_names(said, common):
            return True
    return False


def _same_agents(claim: str, evidence: Sequence[Evidence]) -> bool:
    """`Lightspeed led the Series A` is not supported by `the Series A, led by Andreessen Horowitz`."""
    stated = [found for e in evidence for found in words.agents(e.quote, words.round_named(e.context))]
    for deed, stage, names in words.agents(claim, ""):
        same = [(s, n) for d, s, n in stated if d == deed]
        same = [(s, n) for s, n in same if s == stage] or ([] if stage and all(s for s, _ in same) else same)
        doers = {name for _, found in same for name in found}
        if doers and not names <= doers:
            return False
        if not doers and stage and any(d == deed for d, _, _ in stated):
            return False
    return True


def _same_roles(claim: str, quotes: Sequence[str]) -> bool:
    """`valued at $415 million` is not supported by `raised $415 million at a valuation of $2 billion`."""
    said = [quote[a:b] for quote in quotes for a, b in sentences(quote)]
    stated = [(q, words.role(q, text)) for text in said for q in quantities(text) if q.kind == "amount"]
    for q in quantities(claim):
        role = words.role(q, claim) if q.kind == "amount" else ""
        others = {r for other, r in stated if other == q}
        if role and others and "" not in others and role not in others:
            return False
    return True


def _same_counts(claim: str, quotes: Sequence[str]) -> bool:
    """`22 offices` is not supported by `22 employees`, nor `45B active` by `12B active out of 45B`."""
    stated = [(q, words.counted(q, quote)) for quote in quotes for q in quantities(quote) if q.kind == "number"]
    held = words.content(" ".join(quotes))
    for q in quantities(claim):
        thing = words.counted(q, claim) if q.kind == "number" else ""
        if not thing:
            continue
        of_that = [other for other, noun in stated if words.alike(thing, noun)]
        if of_that and not any(supports(q, other) for other in of_that):
            return False
        if not of_that and not any(words.alike(thing, word) for word in held):
            return False
    return True


def _same_dates(claim: str, quotes: Sequence[str]) -> bool:
    """`$35 million at the end of 2023` is not supported by `$35 million in March 2024, up from $13 million in 2023`."""
    dates, values = _dates_and_values(claim)
    if len(dates) != 1 or len(values) != 1:
        return True
    for quote in quotes:
        for a, b in sentences(quote):
            stated_dates, stated_values = _dates_and_values(quote[a:b])
            same = [v for v in stated_values if supports(values[0], v)]
            if len(same) == 1 and len(stated_dates) > 1 and len(stated_values) > 1:
                nearest = min(stated_dates, key=lambda d: _distance(d, same[0]))
                return supports(dates[0], nearest)
    return True


def _dates_and_values(text: str) -> tuple[list[Quantity], list[Quantity]]:
    found = quantities(text)
    return [q for q in found if q.kind == "date"], [q for q in found if q.kind in ("amount", "number", "percent")]


def _distance(one: Quantity, other: Quantity) -> int:
    return one.start - other.end if one.start >= other.end else other.start - one.end


def _shown(q: Quantity, text: str) -> str:
    return repr(text[q.start : q.end])


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of sentences, remembered: the same passages are looked at for every claim of an answer."""
    return _spans(text)


@lru_cache(maxsize=512)
def _spans(text: str) -> list[tuple[int, int]]:
    return sentence_spans(text)
