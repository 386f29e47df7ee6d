"""How a text says a thing: that it is not so, that it is only planned or reported, or the opposite of it."""

import re

from rag.checking.claim_words import alike, content
from rag.checking.lexicon import OPPOSITES, PLANNED, REPORTED, TIME_UNITS

_NEGATION = re.compile(
    r"\b(?:not(?!\s+only)|never|no(?!\.|\s+(?:doubt|less))|without|neither|nor|none|cannot|nobody|nothing|nowhere|"
    r"undisclosed|undecided|unknown|unpublished|kept secret|non(?=-)|"
    r"fail(?:s|ed)?\s+to|declin(?:ed|es)\s+to|den(?:ied|ies|y)|refus(?:ed|es)|rejected|ruled\s+out)\b|n['’]t\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:()—–]|\b(?:but|though|although|while|and)\b")


def is_negated(text: str, claim: str | None = None) -> bool:
    """Whether a text denies; with a claim, only the clauses that share a word with it are looked at."""
    if claim is None:
        return bool(_NEGATION.search(text))
    wanted = content(claim)
    for clause in _CLAUSE.split(text):
        if _NEGATION.search(clause) and any(alike(w, o) for w in wanted for o in content(clause)):
            return True
    return False


def is_hedged(text: str, claim: str | None = None) -> bool:
    """Whether a text reports a plan or a rumour; with a claim, plans count only where the claim's words follow them."""
    if claim is None:
        return bool(REPORTED.search(text) or PLANNED.search(text))
    wanted = content(claim)
    if any(
        any(alike(w, o) for w in wanted for o in content(text[match.end() : match.end() + 80]))
        or any(alike(w, o) for w in wanted for o in content(text[max(0, match.start() - 60) : match.start()]))
        for match in REPORTED.finditer(text)
    ):
        return True
    return any(
        any(alike(w, o) for w in wanted for o in content(text[match.end() : match.end() + 60]))
        for match in PLANNED.finditer(text)
    )


def says_the_opposite(claim: str, text: str) -> bool:
    """`left` for `joined`, `including` for `excluding`, `a day` for `a week`: one where the other stands."""
    for one, other in OPPOSITES:
        for said, excluded in ((one, other), (other, one)):
            if said.search(claim) and not excluded.search(claim) and excluded.search(text) and not said.search(text):
                return True
    return _other_units(claim, text)


def _other_units(claim: str, text: str) -> bool:
    claimed = {unit for unit, pattern in TIME_UNITS.items() if pattern.search(claim)}
    stated = {unit for unit, pattern in TIME_UNITS.items() if pattern.search(text)}
    return bool(claimed and stated and not claimed & stated)
