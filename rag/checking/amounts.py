"""What quantities belong to: what an amount is, what a number counts, whose figure it is."""

import re

from rag.checking import claim_words as words
from rag.checking.lexicon import STOP
from rag.checking.number_patterns import TAKEN
from rag.checking.quantities import Quantity, quantities, supports
from rag.sentences import sentence_spans

_ROLES = {
    "raised": re.compile(
        r"\b(?:rais\w+|secur\w+|closed|funding|seed|series|round|brought|took in)\b|(?:^|; )amount\b",
        re.IGNORECASE,
    ),
    "invested": re.compile(r"\b(?:invest(?:s|ed|ing)?|supplied|put (?:in|up)|contributed)\b", re.IGNORECASE),
    "valued": re.compile(r"\b(?:valu\w+|worth|priced?|(?:pre|post)-money)\b", re.IGNORECASE),
    "revenue": re.compile(r"\b(?:revenues?|sales|turnover|ARR|run-rate)\b", re.IGNORECASE),
    "loss": re.compile(r"\bloss(?:es)?\b", re.IGNORECASE),
    "debt": re.compile(r"\b(?:debt|loan|credit)\b(?:\s\w+)?", re.IGNORECASE),
    "paid": re.compile(
        r"\b(?:acquir\w+|buy(?:s|ing)?|bought|purchas\w+|takeover|pay(?:s|ing|ment)?|paid|waive\w*)\b", re.IGNORECASE
    ),
    "sold": re.compile(r"\bs(?:old|ells?|elling)\b", re.IGNORECASE),
}
# Different words for what one sum can be: an investor's part, and what the company raises.
_COMPATIBLE = [{"raised", "invested"}, {"raised", "debt"}, {"invested", "debt"}, {"sold", "raised"}]
# `raised $1 billion at $13.8 billion`: a price.
_AT = re.compile(r"[\w),] at (?:an? )?(?:[a-z]+ ){0,3}$")
_SHARES = re.compile(r"\bshares?\b|\bs(?:old|ell\w*)\b|\beach\b", re.IGNORECASE)
# How far, in characters, a word may stand before or after the amount whose role it gives.
_BEFORE, _AFTER = 50, 15


def role(q: Quantity, text: str) -> str:
    """What an amount is, by the nearest word that says so: `raised`, `valued`, `revenue`, `paid` …; else empty.

    The word before counts, unless another amount stands between; the word after only when it follows closely.
    """
    amounts = [other for other in quantities(text) if other.kind == "amount"]
    since = max((other.end for other in amounts if other.end <= q.start), default=0)
    until = min((other.start for other in amounts if other.start >= q.end), default=len(text))
    between = text[max(0, since - 1) : q.start]
    if since and _AT.search(between) and not _SHARES.search(between):
        return "valued"
    found = []
    for name, pattern in _ROLES.items():
        for match in pattern.finditer(text):
            if since <= match.start() and match.end() <= q.start and q.start - match.end() <= _BEFORE:
                found.append((q.start - match.end(), name))
            elif q.end <= match.start() and match.end() <= until and match.start() - q.end <= _AFTER:
                found.append(((match.start() - q.end) * 4, name))
    return min(found)[1] if found else ""


def same_roles(claim: str, said: list[str]) -> bool:
    """`valued at $415 million` is not supported by `raised $415 million at a valuation of $2 billion`."""
    stated = [(q, role(q, text)) for text in said for q in quantities(text) if q.kind == "amount"]
    for q in quantities(claim):
        claimed = role(q, claim) if q.kind == "amount" else ""
        others = {r for other, r in stated if other == q}
        if not claimed or not others or "" in others or claimed in others:
            continue
        if not any({claimed, other} <= pair for other in others for pair in _COMPATIBLE):
            return False
    return True


# `of which 32 billion are active`, `32 billion of them active`.
_LINKS = r"^\s(?:of (?:them|which|those)|are|is|were|was)\s"


def counted(q: Quantity, text: str) -> list[str]:
    """What a number counts: the first words of meaning right after it."""
    after = re.split(r"[,;:.()|]", text[q.end : q.end + 40])[0]
    found = [words.fold(word) for word in words.WORD.findall(re.sub(_LINKS, "", after))[:3]]
    return [word for word in found if word not in STOP][:2] if found and found[0] not in STOP else []


def same_counts(claim: str, quotes: list[str]) -> bool:
    """`22 offices` is not supported by `22 employees`, nor `45B active` by `12B active out of 45B`."""
    stated = [(q, counted(q, quote)) for quote in quotes for q in quantities(quote) if q.kind == "number"]
    held = words.content(" ".join(quotes))
    for q in quantities(claim):
        things = counted(q, claim) if q.kind == "number" else []
        if not things:
            continue
        here = [noun for other, noun in stated if supports(q, other)]
        if any(_share_one(things, noun) for noun in here):
            continue
        of_that = [other for other, noun in stated if _share_one(things[:1], noun[:1])]
        if of_that and not any(supports(q, other) for other in of_that):
            return False
        other_things = here and all(here) and all(_is_plural(noun[0]) for noun in (things, *here))
        if other_things and not any(words.alike(things[0], word) for word in _beside(q, quotes)):
            return False
        if not of_that and not any(words.alike(thing, word) for thing in things for word in held):
            return False
    return True


def _beside(q: Quantity, quotes: list[str]) -> frozenset[str]:
    """The words of the sentences that have the number."""
    sentences = [quote[a:b] for quote in quotes for a, b in sentence_spans(quote)]
    return frozenset().union(*(words.content(s) for s in sentences if any(supports(q, o) for o in quantities(s))))


def _share_one(some: list[str], others: list[str]) -> bool:
    return any(words.alike(one, other) for one in some for other in others)


def _is_plural(word: str) -> bool:
    return word.endswith("s") or word in ("people", "staff", "men", "women")


def same_dates(claim: str, said: list[str]) -> bool:
    """`$35 million at the end of 2023` is not supported by `$35 million in March 2024, up from $13 million in 2023`."""
    dates, values = _dates_and_values(claim)
    if len(dates) != 1 or len(values) != 1:
        return True
    for text in said:
        stated_dates, stated_values = _dates_and_values(text)
        same = [v for v in stated_values if supports(values[0], v)]
        if len(same) == 1 and len(stated_dates) > 1 and len(stated_values) > 1:
            nearest = min(stated_dates, key=lambda d: _distance(d, same[0]))
            return supports(dates[0], nearest)
    return True


# `founded in 2023, and Zhipu in 2019`: the verb is said once.
_GAPPED = re.compile(r"[,;]\s(?:and\s)?[A-Z]\w*(?:\s[A-Z]\w*)*\s(?:on|in)\s$")


def same_days(claim: str, text: str) -> bool:
    """`completed on 26 June` is not supported by `agreed on 26 June and completed on 19 July`."""
    claimed, stated = _days_of_verbs(claim), _days_of_verbs(text)
    for verb, day in claimed:
        days = [other for said, other in stated if words.same_stem(verb, said)]
        days += [other for other in quantities(text) if other.kind == "date" and _GAPPED.search(text[: other.start])]
        if days and not any(supports(day, other) for other in days):
            return False
    return True


def _days_of_verbs(text: str) -> list[tuple[str, Quantity]]:
    """(verb, date) where a date follows a verb closely."""
    found = []
    for q in quantities(text):
        before = re.search(
            r"\b([a-z]+(?:ed|wn|ought|aid|old|ade|eld))(?: [a-z]+)? (?:on|in|since|by|to)\s(?:[a-z]+\s)?$",
            text[: q.start],
        )
        if q.kind == "date" and before:
            found.append((words.fold(before[1]), q))
    return found


def another_value(claim: str, closest: str) -> bool:
    """Whether the sentence that says the same gives another date or amount, and the claim's is from a sentence beside.

    `completed on 26 June` is not supported by `completed on 19 July. The agreement dates from 26 June`.
    """
    stated, claimed = quantities(closest), quantities(claim)
    for q in claimed:
        if q.kind not in ("date", "amount", "percent") or any(supports(q, other) for other in stated):
            continue
        same_kind = [o for o in stated if o.kind == q.kind]
        if same_kind and not any(supports(mine, other) for other in same_kind for mine in claimed):
            return True
    return False


def _dates_and_values(text: str) -> tuple[list[Quantity], list[Quantity]]:
    found = quantities(text)
    return [q for q in found if q.kind == "date"], [q for q in found if q.kind in ("amount", "number", "percent")]


def _distance(one: Quantity, other: Quantity) -> int:
    return one.start - other.end if one.start >= other.end else other.start - one.end


def same_owners(claim: str, text: str, columns: frozenset[str] = frozenset()) -> bool:
    """Where a text gives several a figure each (`Amazon gave $50 billion, Nvidia $30 billion`), nobody has another's.

    `columns` are the words of a table's header: where a column is somebody's, his figure stands in it.
    """
    stated = _owned(text)
    for owner, q in _owned(claim):
        own = [other for who, other in stated if owner & who and other.kind == q.kind]
        others = [other for who, other in stated if not owner & who and supports(q, other)]
        named = bool(own) or bool(owner & columns)
        if named and others and not any(supports(q, other) for other in own):
            return False
    return True


def _owned(text: str) -> list[tuple[frozenset[str], Quantity]]:
    """(name, figure) for each figure whose next name before it, without another figure between, is clear."""
    figures = [q for q in quantities(text) if q.kind in ("amount", "percent", "date", "number")]
    for q in figures:
        text = text[: q.start] + TAKEN * (q.end - q.start) + text[q.end :]
    known = set(map(words.fold, words.names(text)))
    runs = [(m, who) for m in words.NAME_RUN.finditer(text) if (who := words.tokens(m.group()) & known)]
    found = []
    for q in figures:
        after = re.match(r"\s(?:from|by)\s(?=[A-Z])", text[q.end : q.end + 10])
        before = [(m, who) for m, who in runs if m.end() <= q.start]
        if (after and q.kind != "date") or not before:
            continue
        since = max((o.end for o in figures if o.end <= q.start and o.kind == q.kind), default=0)
        if before[-1][0].start() >= since:
            found.append((before[-1][1], q))
    return found
