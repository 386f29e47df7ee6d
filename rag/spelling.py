"""Typing errors in questions: the words of the trade and the names of companies, one slip away.

Only what is surely a slip is touched: two letters swapped, one lost or one too many, in a name also a wrong one.
All else stays as it was written, since a word that is unknown here may be the very name that is asked for.
"""

import re
from functools import lru_cache

from rag.names import Names, shipped

# What questions about start-ups are made of.
TRADE = frozenset(
    "acquired acquisition acquire active address advise adviser advisor altogether announce announced "
    "annual annualised api backed backer backers based billion board bought buy capital chair chief close "
    "company context cost count customer customers date deal debt did director employ employee employees "
    "employer employers engineers executive fees financial financing finance first float founded founder "
    "founders funding fundraising headcount headquarters investment investor investors invested latest "
    "launch launched launch layoffs lead leader leading led licence license list location made many "
    "million model models money much number office officer operating owner paid parameters participants "
    "partner partners people per price pricing product profit public purchase raise raised raises raising "
    "recurring release released revenue revenues round rounds sales scientist seed series shareholder "
    "shareholders size staff stake start started subscription team technology tokens total training "
    "turnover unveiled users valuation value valued weekly when where which window worth workforce year".split()
)
# Short forms of the trade, in lower case or at the start: `ctx`, `yr`, `hq`.
SHORT = {
    "ctx": "context", "params": "parameters", "param": "parameters", "yr": "year", "yrs": "years", "hq": "headquarters",
    "emp": "employee", "emps": "employees", "empl": "employees", "ppl": "people", "val": "valuation",
    "vals": "valuations", "rev": "revenue", "revs": "revenue", "mo": "month", "mcap": "market cap",
    "acq": "acquisition", "acqd": "acquired", "tot": "total", "amt": "amount", "est": "estimated", "approx": "about",
    "ann": "announced",
    "inv": "investment", "devs": "developers", "dev": "developer", "govt": "government", "mgmt": "management",
    "sub": "subscription", "subs": "subscribers", "cust": "customer", "custs": "customers", "num": "number",
    "mkt": "market", "lic": "licence", "exec": "executive", "execs": "executives", "comp": "company", "tok": "tokens",
    "toks": "tokens", "raisd": "raised", "w/": "with", "whos": "who is", "whats": "what is", "wheres": "where is",
    "hows": "how is", "bil": "billion", "mil": "million", "fundraise": "fundraising",
}  # fmt: skip
_SHORT = re.compile(
    rf"(?<![\w.’'-])(?:{'|'.join(sorted(map(re.escape, SHORT), key=len, reverse=True))})(?![\w’'-])(?!\.\w)"
)
_WORD = re.compile(r"(?<![\w.-])[^\W\d_]{5,}(?![\w-])")
# Words one letter from those above, and no slips.
ORDINARY = frozenset("advisory backend brought directory founding funded funder funders licensee minima stated".split())
_ENDINGS = ("", "s", "es", "d", "ed", "r", "rs", "ing")


def corrected(wording: str, known: Names | None = None) -> str:
    """The wording with sure slips put right: `rasied`, `paramters`, `Antropic`."""
    names = known or shipped()
    return _WORD.sub(lambda match: _meant(match.group(), names), wording)


def spelled_out(wording: str) -> str:
    """The wording with the short forms of the trade written out."""
    start = wording[:1].lower() + wording[1:]
    return _SHORT.sub(lambda match: SHORT[match.group()], start if _SHORT.match(start) else wording)


@lru_cache(maxsize=4096)
def _meant(word: str, table: Names) -> str:
    lower = word.casefold()
    names = table.plain_names
    if lower in names or _known(lower):
        return word
    for choices, is_name in ((names, True), ({trade: trade for trade in TRADE}, False)):
        near = [known for known in choices if _is_slip(lower, known, is_name=is_name)]
        if len(near) == 1:
            return choices[near[0]]
    return word


def _known(word: str) -> bool:
    """A word of the trade, or a form of one."""
    return word in ORDINARY or any(word.removesuffix(ending) in TRADE for ending in _ENDINGS) or f"{word}s" in TRADE


def _is_slip(typed: str, meant: str, *, is_name: bool) -> bool:
    """Whether one slip makes the one from the other. A wrong letter is believed in names only: `inventor` is a word."""
    if typed[0] != meant[0] or abs(len(typed) - len(meant)) > 1 or min(len(typed), len(meant)) < 5:
        return False
    at = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    if len(typed) == len(meant):
        swapped = typed[at : at + 2] == meant[at : at + 2][::-1] and typed[at + 2 :] == meant[at + 2 :]
        return swapped or (is_name and len(meant) >= 8 and typed[at + 1 :] == meant[at + 1 :])
    longer, shorter = sorted((typed, meant), key=len, reverse=True)
    return len(shorter) >= 6 and longer[at + 1 :] == shorter[at:]
