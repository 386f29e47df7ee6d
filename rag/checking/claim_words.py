"""The words that decide whether two sentences say the same: names, content words, denials, hedges, deeds and rounds."""

import re
import unicodedata
from collections.abc import Set as AbstractSet
from functools import lru_cache

from rag.checking.quantities import Quantity, quantities
from rag.sentences import sentence_spans

_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")

_STOP = """
a an the and or but nor so yet of in on at by for with from to into onto over under about around up down out off as
than then that this these those it its itself they them their he him his she her we us our you your i my me who whom
whose which what when where why how is are was were be been being am do does did done has have had having will would
can could may might must shall should not no also both each other such more most some any all only just very too there
here while after before during since until through between among per via if because according said says company
startup start-up firm approximately nearly roughly almost currently later earlier well however meanwhile following
overall ago monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
september october november december
"""
STOP = frozenset(_STOP.split())
# Capitalised, but no name of anybody: what is meant is carried by the other words.
_GENERIC = frozenset(("ai", "inc", "ltd", "corp", "llc", "ceo", "cto", "cfo", "coo", "api", "llm", "llms", "series"))
_DEMONYM_LIST = (
    "French German American British Israeli Chinese Canadian European Indian Japanese Swedish Korean Swiss Dutch"
)
DEMONYMS = frozenset(_DEMONYM_LIST.split())

# Words that news uses for one another. A word may stand in several lines.
_GROUPS = [
    frozenset(line.split())
    for line in """
    raise raised raises raising secure secured secures close closed closes closing land landed collect collected funding
    found founded founding founder founders co-founded cofounded co-founder co-founders start started establish set
    launch launched launches release released releases publish published unveil unveiled introduced announced opened
    employee employees employs employed employ staff people workers headcount team employing
    value valued valuation values valuing worth valuations
    acquire acquired acquires acquiring acquisition buy bought buys buying purchase purchased takeover
    lead led leads leading leader
    ceo chief executive head boss
    announce announced announces disclosed revealed unveiled
    invest invested investor investors investing investment investments backer backers backed participant participants
    participant participants participated participating joined included investors backers other
    fund funding financing round rounds fundraising fundraise capital raise raised
    support supports offer offers feature features provides handle handles
    big biggest large largest huge
    develop developed develops developing build builds built make makes made maker creates
    revenue revenues sales turnover
    total altogether raised
    token tokens context window
    """.strip().splitlines()
]
# A claim about one of these needs a quote about the same; by the first letters of the word.
_DECISIVE = {
    "the seed round": r"(?<!pre-)\bseed\b",
    "a pre-seed round": r"\bpre-?seed\b",
    "debt": r"\bdebt\b|\bloan\b|\bcredit\b",
    "revenue": r"\brevenues?\b|\bsales\b|\bturnover\b|\bARR\b",
    "a valuation": r"\bvalu(?:ed|es|ing|ations?|e)\b|\bworth\b",
    "employees": r"\bemploy(?:s|ees?|ed|ing)?\b|\bstaff\b|\bheadcount\b|\bpeople\b|\bworkers\b|\bteam\b",
    "profit": r"\bprofit(?:s|able)?\b",
    "losses": r"\bloss(?:es)?\b",
    "a founder": r"\b(?:co-?)?found(?:ed|ers?|ing)\b|\bstarted\b|\bset up\b",
    "an acquisition": r"\bacqui(?:r|s)\w+|\bb(?:uy|uys|ought|uying)\b|\bpurchase\w*|\btakeover\b",
    "a context window": r"\bcontext\b",
    "parameters": r"\bparameters?\b|(?<![$€£\d.])\b\d+(?:\.\d+)?B\b",
    "a chief executive": r"\bCEO\b|\bchief executive\b",
    "a chief technology officer": r"\bCTO\b|\bchief technology officer\b",
    "a chief scientist": r"\bchief scientist\b",
    "a chief financial officer": r"\bCFO\b|\bchief financial officer\b",
    "who leads": r"\b(?:co-?)?le(?:d|ads?|ading)\b|\bheaded\b",
    "layoffs": r"\blayoffs?\b|\blaid off\b|\bjob cuts\b",
    **{f"Series {letter}": rf"\bseries[\s-]{letter}\b" for letter in "ABCDEFGHIJK"},
}
_DECISIVE_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _DECISIVE.items()}
_ROUND = re.compile(r"\b(pre-?seed|seed|series[\s-][A-K])\b", re.IGNORECASE)

_NEGATION = re.compile(
    r"\b(?:not(?!\s+only)|never|no(?!\.|\s+(?:doubt|less))|without|neither|nor|none|cannot|nobody|"
    r"fail(?:s|ed)?\s+to|declin(?:ed|es)\s+to|den(?:ied|ies|y)|refus(?:ed|es)|rejected|ruled\s+out)\b|n['’]t\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\breportedly\b|\brumou?r\w*|\balleged(?:ly)?\b|\bin (?:\w+ )?talks\b|\btalks (?:to|with|about|on|for|over)\b|"
    r"\bnegotiat\w+|\bsaid to (?:be|have)\b|\bpeople familiar\b|\bunconfirmed\b|\bspeculat\w+",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:plan(?:s|ned|ning)?(?: to)?|expect(?:s|ed|ing)? to|aim(?:s|ed|ing)? to|intend(?:s|ed|ing)? to|"
    r"hop(?:es|ed|ing) to|"
    r"seek(?:s|ing)?(?: to)?|sought|looking to|consider(?:s|ed|ing)?|propos(?:es|ed|ing)|would|will|could|might|likely|"
    r"set to|about to|weighing|exploring|discuss(?:es|ed|ing|ions?)|agreed to|potential(?:ly)?)\b|\bmay\b(?!\s*\d)",
)

ANAPHOR = re.compile(
    r"\b(?:it|its|it[’']s|they|their|they[’'](?:ve|re)|he|she|his|her|we|our|"
    r"(?:the|this|that)(?:\s[A-Z][\w-]+)? "
    r"(?:company|start-?up|firm|round|funding|lab|team|model|business|group|founders|deal|maker))\b",
    re.IGNORECASE,
)
# Possessive, bounded and only from the start of a word: without that a page of capitals takes seconds.
_PROPER = r"(?<![\w.&’'-])(?:[^\W\d_a-z][\w.&’'-]*+|[a-z]\d+[a-z]|x[A-Z]{2}|[a-z][A-Z]\w++)"
NAME_RUN = re.compile(rf"\b{_PROPER}(?:\s{_PROPER})*")
_RUN = rf"{_PROPER}(?:\s(?:{_PROPER}|of|de)){{0,6}}"
_LIST = rf"{_RUN}(?:(?:,\s(?:and\s)?|\s(?:and|&)\s){_RUN}){{0,12}}"
_HELPERS = (
    r"(?:\s(?:has|have|had|also|then|jointly|again|will|would|may|might|could|plans to|is to|agreed to|has agreed to))*"
)
_DEEDS = {
    "lead": r"co-?led|leads?|led|leading|headed",
    "acquire": r"acquire[sd]?|acquiring|buy(?:s|ing)?|bought|purchased",
    "found": r"co-?founded|founded|started|set up",
    "invest": r"invest(?:s|ed)?",
}
# Who did it (`led by X`, `X led`), and to whom (`X was bought`, `bought X`).
_AGENTS = [
    (deed + side, re.compile(pattern))
    for deed, verbs in _DEEDS.items()
    for side, pattern in (
        ("", (rf"\b(?:{verbs})\b(?:\s[a-z]+){{0,3}}?(?:\s(?:in|on)\s(?:{_PROPER}\s?)?\d{{0,4}})?"
         rf"\sby\s(?:[a-z]+\s){{0,4}}?(?P<who>{_LIST})")),
        ("", rf"(?P<who>{_LIST}){_HELPERS}\s(?:{verbs})\b(?!\s+(?:\w+\s+)?by\b)"),
        ("ed", rf"(?P<who>{_LIST})(?:,\s[^,]{{1,60}},)?\s(?:was|were|is|ha[sd] been)(?:\s[a-z]+ly)?\s(?:{verbs})\b"),
        ("ed", rf"\b(?:{verbs})\s(?P<who>{_LIST})"),
    )
    if deed in ("acquire", "found") or not side
]  # fmt: skip
_ROLES = {
    "raised": re.compile(r"\b(?:rais\w+|secur\w+|closed|funding|seed|series|round|invest\w+)\b", re.IGNORECASE),
    "valued": re.compile(r"\b(?:valu\w+|worth)\b", re.IGNORECASE),
    "revenue": re.compile(r"\b(?:revenues?|sales|turnover|ARR)\b", re.IGNORECASE),
    "debt": re.compile(r"\b(?:debt|loan|credit)\b(?:\s\w+)?", re.IGNORECASE),
    "paid": re.compile(r"\b(?:acquir\w+|buy(?:s|ing)?|bought|purchas\w+|takeover)\b", re.IGNORECASE),
}
# How far, in characters, a word may stand before or after the amount whose role it gives.
_BEFORE, _AFTER = 50, 15


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """A word as it is compared: lower case, no accents, no possessive."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    return re.sub(r"['’]s?$", "", plain)


@lru_cache(maxsize=4096)
def tokens(text: str) -> frozenset[str]:
    """All words of a text, folded; those with hyphens also in parts."""
    found = [fold(word) for word in _WORD.findall(text)]
    return frozenset(found) | {part for word in found for part in word.split("-")}


def names(text: str, common: AbstractSet[str] = frozenset()) -> list[str]:
    """The capitalised words that name somebody or something, in order.

    A word at the start of a sentence counts unless it is an everyday one: `common`, or one this module knows.
    """
    found = {}
    starts = {start for start, _ in sentence_spans(text)}
    for match in _WORD.finditer(text):
        for part in match.group().split("-"):
            folded = fold(part)
            if part.islower() or not any(c.isupper() for c in part) or folded in STOP | _GENERIC or len(folded) < 2:
                continue
            everyday = folded in common or any(folded in group for group in _GROUPS)
            everyday = everyday or (len(part) > 6 and part.endswith(("ed", "ing", "ly", "tion")))
            if any(c.isdigit() for c in part) or (match.start() in starts and everyday):
                continue
            found[folded] = part
    return list(found.values())


@lru_cache(maxsize=4096)
def content(text: str) -> frozenset[str]:
    """The words that carry meaning, without quantities."""
    for q in reversed(quantities(text)):
        if q.kind != "name":
            text = text[: q.start] + " " + text[q.end :]
    text = _PLANNED.sub(" ", _REPORTED.sub(" ", text))  # is_hedged looks at these
    return frozenset(word for word in (fold(w) for w in _WORD.findall(text)) if word not in STOP and len(word) > 1)


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one, or used for one another."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    if shorter >= 4 and one[: max(4, shorter - 2)] == other[: max(4, shorter - 2)]:
        return True
    return any(one in group and other in group for group in _GROUPS)


def decisive(text: str) -> set[str]:
    """The topics of a text that a quote has to share."""
    return {name for name, pattern in _DECISIVE_PATTERNS.items() if pattern.search(text)}


def closest_sentence(claim: str, quote: str) -> str:
    """The sentence of the quote that has most in common with the claim."""
    wanted = content(claim) | {q.value for q in quantities(claim)}

    def overlap(sentence: str) -> int:
        return len(wanted & (content(sentence) | {q.value for q in quantities(sentence)}))

    return max((quote[a:b] for a, b in sentence_spans(quote)), key=overlap, default=quote)


def is_negated(text: str, claim: str | None = None) -> bool:
    """Whether a text denies; with a claim, only the clauses that share a word with it are looked at."""
    if claim is None:
        return bool(_NEGATION.search(text))
    wanted = content(claim)
    for clause in re.split(r"[,;:()—–]|\b(?:but|though|although|while)\b", text):
        if _NEGATION.search(clause) and any(alike(w, o) for w in wanted for o in content(clause)):
            return True
    return False


def is_hedged(text: str, claim: str | None = None) -> bool:
    """Whether a text reports a plan or a rumour; with a claim, plans count only where the claim's words follow them."""
    if _REPORTED.search(text) or (claim is None and _PLANNED.search(text)):
        return True
    if claim is None:
        return False
    wanted = content(claim)
    return any(
        any(alike(w, o) for w in wanted for o in content(text[match.end() : match.end() + 60]))
        for match in _PLANNED.finditer(text)
    )


def round_named(text: str) -> str:
    """The funding round a text names last: `seed`, `series a`; empty without one."""
    found = _ROUND.findall(text)
    return fold(found[-1]).replace("-", " ") if found else ""


def agents(text: str, stage: str) -> list[tuple[str, str, frozenset[str]]]:
    """Who led, acquired or founded: (deed, funding round, folded names). `stage` is the round named before the text."""
    found = []
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        rounds = [(m.start(), fold(m.group()).replace("-", " ")) for m in _ROUND.finditer(sentence)]
        for deed, pattern in _AGENTS:
            for match in pattern.finditer(sentence):
                verb = match.start() if match.start("who") > match.start() else match.end()
                near = min((abs(at - verb), name) for at, name in rounds or [(0, stage)])[1]
                who = {fold(w) for w in _WORD.findall(match["who"])} - STOP - _GENERIC
                if who:
                    found.append((deed, near, frozenset(who)))
        stage = rounds[-1][1] if rounds else stage
    return found


def role(q: Quantity, text: str) -> str:
    """What an amount is, by the nearest word that says so: `raised`, `valued`, `revenue`, `debt`, `paid`; else empty.

    The word before counts, unless another amount stands between; the word after only when it follows closely.
    """
    amounts = [other for other in quantities(text) if other.kind == "amount"]
    since = max((other.end for other in amounts if other.end <= q.start), default=0)
    until = min((other.start for other in amounts if other.start >= q.end), default=len(text))
    found = []
    for name, pattern in _ROLES.items():
        for match in pattern.finditer(text):
            if since <= match.start() and match.end() <= q.start and q.start - match.end() <= _BEFORE:
                found.append((q.start - match.end(), name))
            elif q.end <= match.start() and match.end() <= until and match.start() - q.end <= _AFTER:
                found.append(((match.start() - q.end) * 4, name))
    return min(found)[1] if found else ""


def counted(q: Quantity, text: str) -> str:
    """What a number counts: the first word of meaning right after it."""
    for word in _WORD.findall(text[q.end : q.end + 40])[:2]:
        if fold(word) not in STOP:
            return fold(word)
    return ""


def leading_names(sentence: str, common: AbstractSet[str] = frozenset()) -> list[str]:
    """The names with which a sentence begins, before its first `it` or `the company` and its first quantity."""
    stops = [m.start() for m in ANAPHOR.finditer(sentence)] + [
        q.start for q in quantities(sentence) if q.kind != "name"
    ]
    return names(sentence[: min(stops, default=len(sentence))], common)
