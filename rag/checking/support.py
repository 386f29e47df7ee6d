"""Whether quotes say what a claim says: its quantities, names and words, its denials and reservations, and who did it.

Rules rather than a model: every refusal can be explained, and a check of one window takes about a millisecond.
What they catch and what they let through is measured on benchmarks/claims/ and on the pairs in tests/claim_pairs.py.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from rag.checking import claim_words as words
from rag.checking.amounts import (
    another_value,
    role,
    same_counts,
    same_dates,
    same_days,
    same_owners,
    same_roles,
)
from rag.checking.certainty import is_hedged, is_negated, says_the_opposite
from rag.checking.deeds import same_agents, same_doers, same_posts
from rag.checking.lexicon import GENERIC
from rag.checking.moves import other_way
from rag.checking.quantities import Quantity, missing, quantities
from rag.checking.surroundings import Surroundings, labelled
from rag.sentences import sentence_spans

# The share of a claim's content words that its quotes must hold with what stands around them. A sentence may say a
# thing in other words; a table's row, and two quotes, hold pieces that make up a third thing if few words suffice.
# Chosen on the tuning half of benchmarks/claims/, where lower values let wrong claims by that nothing else stops.
MIN_SHARE, MIN_SHARE_OF_PIECES = 0.55, 0.7
# Of the words that are no names, where one sentence has all the claim's names and figures; and what the quotes alone
# must hold.
MIN_SHARE_EXPLICIT = 0.5
MIN_OWN_SHARE, MIN_OWN_SHARE_OF_PIECES = 0.5, 0.35


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote, and what it is about when it only says `they` or `this round`: what stands around it.

    `runs` are the names of several words its article uses: `Ross` is Jonathan Ross where it says so elsewhere.
    """

    quote: str
    around: Surroundings = field(default_factory=Surroundings)
    runs: frozenset[frozenset[str]] = frozenset()

    @property
    def said(self) -> str:
        """The quote; a row of a table with the names of its columns."""
        return labelled(self.quote, self.around.header)

    @property
    def named_runs(self) -> list[frozenset[str]]:
        """The names of which the quote has a part."""
        quoted = words.tokens(self.quote)
        return [run for run in self.runs if run & quoted - GENERIC]


class Objection(NamedTuple):
    """Why evidence does not support a claim; whether it says the thing itself, but denies it or is less certain."""

    reason: str
    denies: bool = False


def objection(claim: str, evidence: Sequence[Evidence], common: AbstractSet[str] = frozenset()) -> Objection | None:
    """Why the evidence does not support the claim; None when it does.

    `common` are words that the passages also write in lower case: at the start of a sentence they are no names.
    """
    if absent := missing(claim, [e.quote for e in evidence]):
        return Objection(f"{_shown(absent[0], claim)} is not in the quotes")
    if unnamed := [name for name in words.names(claim, common) if not any(_names(e, name, common) for e in evidence)]:
        return Objection(f"{unnamed[0]} is not in the quotes")
    if not _same_subject(claim, evidence, common):
        return Objection("the quotes say it of somebody else")
    said = [e.said for e in evidence]
    if unsaid := _unsaid_topic(claim, evidence):
        return Objection(f"nothing is said of {unsaid}")
    if not _says_enough(claim, evidence, common):
        return Objection("the quotes are about something else")
    closest = [words.closest_sentence(claim, text) for text in said]
    if denial := _certainty(claim, _used(claim, said, closest)):
        return Objection(denial, denies=True)
    return Objection(bound) if (bound := _bindings(claim, evidence, said, closest)) else None


def _used(claim: str, said: Sequence[str], closest: Sequence[str]) -> list[str]:
    """The sentences the claim is drawn from: the closest of each quote, and those that have a figure it lacks."""
    used = list(closest)
    for text, nearest in zip(said, closest, strict=True):
        lacking = missing(claim, [nearest])
        others = [text[a:b] for a, b in sentences(text) if text[a:b] != nearest]
        used += [other for other in others if len(missing(claim, [nearest, other])) < len(lacking)]
    return used


def _certainty(claim: str, closest: Sequence[str]) -> str | None:
    if is_negated(claim) != any(is_negated(text, claim) for text in closest):
        return "claim and quote differ in a negation"
    if is_hedged(claim) != any(is_hedged(text, claim) for text in closest):
        return "claim and quote differ in how certain they are"
    if says_the_opposite(claim, " ".join(closest)):
        return "the quotes say the opposite"
    return None


def _bindings(claim: str, evidence: Sequence[Evidence], said: list[str], closest: list[str]) -> str | None:
    """What belongs to whom, and which figure to which thing."""
    stages = [(text, e.around.stage) for e, text in zip(evidence, said, strict=True)]
    sentences_said = [text[a:b] for text in said for a, b in sentences(text)]
    if not same_agents(claim, stages):
        return "the quotes name somebody else for it"
    if not same_doers(claim, said) or other_way(claim, said):
        return "the quotes say it of somebody else"
    if post := same_posts(claim, said):
        return f"the quotes do not say who is {post}, or name somebody else"
    if not same_roles(claim, sentences_said):
        return "an amount is another thing in the quotes"
    if not same_counts(claim, said):
        return "a number counts another thing in the quotes"
    if not all(same_days(claim, text) for text in said):
        return "the quotes give another date for it"
    if not same_dates(claim, sentences_said) or any(another_value(claim, text) for text in closest[:1]):
        return "the quotes give another date or amount for it"
    columns = [words.tokens(e.around.header) for e in evidence]
    if not all(same_owners(claim, text, named) for text, named in zip(said, columns, strict=True)):
        return "the quotes give that figure to somebody else"
    return None


def _says_enough(claim: str, evidence: Sequence[Evidence], common: AbstractSet[str]) -> bool:
    """Whether the evidence holds enough of the claim's words: fewer, where a sentence has all its names and figures."""
    in_pieces = len(evidence) > 1 or "|" in evidence[0].quote
    if share(claim, evidence) >= (MIN_SHARE_OF_PIECES if in_pieces else MIN_SHARE):
        return _own_share(claim, evidence) >= (MIN_OWN_SHARE_OF_PIECES if in_pieces else MIN_OWN_SHARE)
    if len(evidence) > 1 or not any(q.kind != "name" for q in quantities(claim)):
        return False
    said = words.closest_sentence(claim, evidence[0].said)
    explicit, named = words.tokens(said), {words.fold(name) for name in words.names(claim, common)}
    if missing(claim, [said]) or not named <= explicit:
        return False
    others, held = words.content(claim) - named, words.content(said)
    return sum(words.is_held(w, held) for w in others) >= MIN_SHARE_EXPLICIT * len(others)


def _own_share(claim: str, evidence: Sequence[Evidence]) -> float:
    """The share of the claim's words and figures that the quotes hold themselves, without what stands around them."""
    wanted = words.content(claim)
    held = words.content(" ".join(e.said for e in evidence))
    figures = sum(q.kind != "name" for q in quantities(claim))
    found = sum(words.is_held(word, held) for word in wanted)
    return (found + figures) / max(1, len(wanted) + figures)


def share(claim: str, evidence: Sequence[Evidence]) -> float:
    """The share of the claim's content words that the evidence holds."""
    wanted = words.content(claim)
    if not wanted:
        return float(bool(quantities(claim)))
    held = frozenset[str]().union(*map(_held_by, evidence))
    return sum(words.is_held(word, held) for word in wanted) / len(wanted)


@lru_cache(maxsize=1024)
def _held_by(evidence: Evidence) -> frozenset[str]:
    """The words of a quote and of what stands around it."""
    held = words.content(f"{evidence.said} {evidence.around.near}")
    priced = ["valuation"] if _prices(evidence.said) else []
    return held.union(evidence.around.subjects, *evidence.named_runs, priced)


def _unsaid_topic(claim: str, evidence: Sequence[Evidence]) -> str:
    """A topic that decides what the claim is about and that no quote shares; empty without one."""
    said = words.topics_said(" ".join(e.said for e in evidence))
    if any(_prices(e.said) for e in evidence):
        said.add("a valuation")
    if unsaid := words.topics_asked(claim) - said:
        return min(unsaid)
    stages = {stage for e in evidence for stage in words.rounds(e.said) or [e.around.stage]}
    others = [stage for stage in words.rounds(claim) if stage not in stages]
    return f"the {others[0]}" if others else ""


@lru_cache(maxsize=4096)
def _prices(text: str) -> bool:
    return any(role(q, text) == "valued" for q in quantities(text) if q.kind == "amount")


def _names(evidence: Evidence, name: str, common: AbstractSet[str]) -> bool:
    folded, quoted = words.fold(name), words.tokens(evidence.quote)
    if any(one in quoted or one in evidence.around.around for one in (folded, *words.of_country(folded))):
        return True
    if any(folded in run for run in evidence.named_runs):
        return True
    if folded not in evidence.around.subjects:
        return folded in words.tokens(evidence.around.header)
    return any(words.is_open(evidence.quote[a:b], common) for a, b in sentences(evidence.quote))


def _same_subject(claim: str, evidence: Sequence[Evidence], common: AbstractSet[str]) -> bool:
    """Whether some quote says it of the one the claim speaks of.

    The sentence that says it names the claim's subject, or leaves it open (`They have 22 employees`, not `OpenAI has
    22`) and what stands before it, in the quote or around it, names it first.
    """
    subject = words.subject_names(claim, common)
    if not subject:
        return True
    for e in evidence:
        known = subject.union(*(run for run in e.runs if run & subject))
        said = words.closest_sentence(claim, e.quote)
        if known & words.tokens(said) or subject & e.around.around:
            return True
        if words.is_open(said, common) and subject & _meant(e, said, common):
            return True
        if any(_led_by(subject, claim, e.quote[a:b], common) for a, b in sentences(e.quote)):
            return True
    return False


def _led_by(subject: frozenset[str], claim: str, sentence: str, common: AbstractSet[str]) -> bool:
    """Whether a sentence speaks of the claim's subject with one of the claim's other words."""
    if not subject <= words.subject_names(sentence, common):
        return False
    return any(words.same_stem(w, o) for w in words.content(claim) - subject for o in words.content(sentence) - subject)


def _meant(evidence: Evidence, said: str, common: AbstractSet[str]) -> frozenset[str]:
    """Whom a sentence of the quote means by `they`: who leads a sentence before, or what stands around."""
    before = evidence.quote[: evidence.quote.index(said)]
    leading = [name for a, b in sentences(before) for name in words.leading_names(before[a:b], common)]
    if leading:
        return frozenset(map(words.fold, leading)) | (evidence.around.subjects & words.tokens(before))
    return evidence.around.subjects


def _shown(q: Quantity, text: str) -> str:
    return repr(text[q.start : q.end])


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of sentences, remembered: the same passages are looked at for every claim of an answer."""
    return _spans(text)


@lru_cache(maxsize=512)
def _spans(text: str) -> list[tuple[int, int]]:
    return sentence_spans(text)
