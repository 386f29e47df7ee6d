"""To which thing a value in a text belongs: `a run-rate of $1 billion` is no price, `a stake worth $2 billion` neither.

Words claim the values near them for what they stand for; the nearest claim counts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.aspects import Aspect, Value
from rag.answering.windows import Span
from rag.rounds import STAGE

# Characters beyond which a word hardly belongs to a number any more.
FAR = 50
# What each joint of clauses between a word and a number costs, in characters.
CLAUSE = 15
JOINT = re.compile(r"[;,:](?= )|\b(?:and|with|but|while|after)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Claim:
    """Words that claim values of a kind. `serves` are the aspects that a value so claimed may answer; `reaches`: the
    words run up to the value, so that none can be nearer."""

    kind: Value
    words: re.Pattern[str]
    serves: frozenset[str]
    reaches: bool = False


def _claim(kind: Value, words: str, *serves: str) -> _Claim:
    return _Claim(kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE), frozenset(serves))


def _up_to_amount(words: str, *serves: str) -> _Claim:
    """Words that run up to an amount."""
    return _Claim("amount", re.compile(rf"\b(?:{words})(?=(?:US|HK)?[$€£¥])", re.IGNORECASE), frozenset(serves), True)


def _up_to_count(words: str, *serves: str) -> _Claim:
    """Words that run up to a number."""
    return _Claim("count", re.compile(rf"\b(?:{words})(?=\d)", re.IGNORECASE), frozenset(serves), True)


_RAISING = ("total raised", "round", "investment", "debt")
_ABOUT = r"(?:about |over |around |roughly |nearly |above |more than |a price of |a value of )?"
_CLAIMS = (
    _up_to_amount(r"stakes? (?:[\w,]+ ){0,4}", "stake", "investment", "purchase price"),
    _up_to_amount(
        rf"(?:round|{STAGE}|[\d.]+ (?:m|b|tr)illion|raised [^.;]{{,30}}) at {_ABOUT}",
        "valuation", "price per share", "purchase price",
    ),
    _up_to_amount(
        rf"valu(?:ed|es|ing) (?:[\w’'-]+ ){{0,5}}at {_ABOUT}|worth {_ABOUT}",
        "valuation", "stake", "purchase price",
    ),
    _claim("amount", r"loss(?:es)?|net income|profits?|ebitda", "profit or loss"),
    _claim("amount", r"per share|a share|apiece|its shares at", "price per share"),
    _claim("amount", r"suppl(?:y|ied|ies)|contribut\w+|put(?:s|ting)? in|committed|of it", "investment", "debt"),
    _claim("amount", r"revenues?|sales|turnover|arr|run[- ]?rate", "revenue"),
    _claim("amount", r"valu(?:ed|es|ation|ations|ing)|post-money", "valuation"),
    _claim("amount", r"in all|in total|altogether|to date", *_RAISING),
    _claim("amount", rf"raised|{STAGE}|round of", *_RAISING),
    _claim("amount", r"costed|gpu time", "training cost"),
    _claim("amount", r"bought|sold|acquired|purchased?|takeover", "purchase price"),
    _claim(
        "count", r"people (?:\w+ ){0,2}(?:us(?:e|es|ed|ing)|visit\w*|subscrib\w*|download\w*|pay(?:s|ing)?|paid)",
        "number of users", "number of customers", "number of downloads",
    ),
    _up_to_count(
        rf"(?:laid off|let go(?: of)?|dismiss(?:ed|ing)|shed|cut|fir(?:ed|ing)) {_ABOUT}", "layoffs",
    ),
    _claim("person", r"ceo|chief executive", "chief executive"),
    _claim("person", r"cfo|chief financial officer", "chief financial officer"),
    _claim("person", r"cto|chief technology officer", "chief technology officer"),
    _claim("person", r"coo|chief operating officer", "chief operating officer"),
    _claim("person", r"chief scientist", "chief scientist"),
    _claim("date", r"founded|incorporated|started a (?:new )?company", "founding date"),
    _claim("date", r"valued", "valuation"),
)  # fmt: skip


def is_claimed(aspect: Aspect, value: Value, span: Span, said: Sequence[Span], text: str) -> bool:
    """Whether words for another thing stand nearer to a value than those for the aspect (`said`), or say more."""
    if aspect.name == "founders":  # they are named by any title
        return False
    nearest = min(said, key=lambda other: gap_between(span, other, text), default=None)
    own = gap_between(span, nearest, text) if nearest else 10**6
    return any(
        (gap := gap_between(span, match.span(), text)) < own
        or (claim.reaches and gap == 0)
        or (nearest is not None and gap == own and _is_part_of(nearest, match.span()))
        for claim in _CLAIMS
        if claim.kind == value and aspect.name not in claim.serves
        for match in claim.words.finditer(text)
    )


def _is_part_of(said: Span, claim: Span) -> bool:
    """`people` in `people use`: the longer words say which people."""
    return claim != said and claim[0] <= said[0] and said[1] <= claim[1]


def heads_another(aspect: Aspect, value: Value, column: str) -> bool:
    """Whether the head of a column says that its values are another thing's."""
    return any(
        claim.kind == value and aspect.name not in claim.serves and claim.words.search(column) for claim in _CLAIMS
    )


def gap_between(one: Span, other: Span, text: str) -> int:
    """Characters between two spans; joints of clauses and the end of a sentence between them count as many more."""
    start, end = min(one[1], other[1]), max(one[0], other[0])
    between = text[start:end]
    joints = CLAUSE * len(JOINT.findall(between))
    return max(0, end - start) + joints + (FAR if re.search(r"[.!?;] |\n", between) else 0)
