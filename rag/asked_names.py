"""What a question names: companies, products, people, rounds, as they are written in it."""

import re

from rag.checking.number_patterns import MONTH_NAMES
from rag.checking.quantities import quantities
from rag.names import Names, shipped
from rag.rounds import SERIES
from rag.spelling import TRADE

# Words that begin a question, and capitals that name nothing one could look for.
NO_NAMES = frozenset(
    "a an and are as at be but by can could did do does for from give had has have how i if in is it its "
    "list may me name names of on or since so tell that the their then there these they this those to under "
    "until was we were what when where which who whom whose why will with would you per according please "
    "ai inc ltd llc gmbh any all also after before during compare contrast describe explain between about not no vs "
    "versus hi hello hey thanks ok okay please both two three four five several some".split()
)
# Measures, posts and times: a name ends where one of them stands (`Acme ARR June 2025` is about `Acme`).
_CUTS = frozenset(map(str.casefold, MONTH_NAMES)) | frozenset(
    "jan feb mar apr jun "
    "jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday q1 q2 q3 q4 h1 h2 fy "
    "yoy qoq mom ytd ceo ceos cto cfo coo cmo cro cpo api apis llm llms gpu gpus us usa uk eu usd eur gbp ipo "
    "ipos vc vcs arr mrr gmv ebitda hq faq latest current total post pre net gross debt biggest largest first "
    "last next new old number size date day days month months year years yes no".split()
)
# A fund may be called after what it does: `Founders Fund`, `First Round Capital`.
_FUND = frozenset("fund capital ventures partners holdings group labs technologies ai".split())
_AMOUNT = re.compile(r"\b\d+(?:[.,]\d+)*(?:bn|mn|mln|tn|trn|m|k)$", re.IGNORECASE)
_PERIOD = re.compile(r"(?<!\w)(?:(?:FY|CY|Q[1-4]|H[12]|[1-4]Q|[12]H)[ '’-]?(?:(?:20)?\d\d)?)(?!\w)", re.IGNORECASE)
_NAME = re.compile(
    r"(?<![\w.-])(?:[A-Z][\w.&-]*\w|[A-Z]|\w*\d+[a-z]\w*)(?:[ -](?:[A-Z][\w.&-]*\w|[A-Z]\b|\d+(?:\.\d+)?[A-Za-z]?\w*))*"
)
_ROUND = re.compile(rf"\b{SERIES}\b", re.I)
_BEFORE_ROUND = re.compile(rf"\b(?:pre|post)[ -](?:{SERIES}|seed|money)\b", re.I)
# Families of models: with a number behind, in any case, they name one of them (`llama 2`, `claude 3.5`).
_VERSION = re.compile(
    r"\b(?:(?:gpt|llama|claude|gemini|gemma|grok|qwen|phi|palm|dall-e|sora|veo|imagen|falcon|command|codestral|pixtral"
    r"|mixtral|kimi|glm|ernie|jamba|dbrx|nova|titan|whisper|stable diffusion|gen)[ -]?[a-z]?\d{1,2}(?:\.\d+)?\w*"
    r"|(?:mistral|deepseek|midjourney|yi)[ -](?:[a-z]\d\w*|\d+b\b)(?:\.\d+)?)(?!\w)",
    re.IGNORECASE,
)


def names_in(wording: str, known: Names | None = None) -> tuple[str, ...]:
    """The things a question names: runs of capitalised words and product names, known companies, rounds.

    Dates, amounts, measures and posts are no part of a name. A question that is written with a capital at every word
    names nothing by them.
    """
    long_words = re.findall(r"[^\W\d_]{4,}", wording)
    rest = _BEFORE_ROUND.sub("|", wording)
    found = [match.group().replace("-", " ") for match in _ROUND.finditer(rest)]
    versions = [match.group() for match in _VERSION.finditer(rest) if not match.group()[:1].isupper()]
    rest = _without_values(_VERSION.sub(_kept_if_capital, _ROUND.sub("|", rest)))
    if len(long_words) < 4 or not all(word[0].isupper() for word in long_words):
        found += [name for match in _NAME.finditer(rest) for name in _trimmed(match.group())]
    found += versions
    found = _without_first_word(found, wording)
    found += [
        rest[q.start : q.end]
        for q in quantities(rest)
        if q.kind == "name"
        and not _AMOUNT.search(rest[q.start : q.end])
        and not any(rest[q.start : q.end] in name for name in found)
    ]
    table = known or shipped()
    companies = table.companies_asked(wording)
    others = [name for name in companies if not any(table.company_of(part) == name for part in found)]
    return tuple(dict.fromkeys([*found, *others]))


def _without_first_word(names: list[str], wording: str) -> list[str]:
    """The names without an ordinary first word, `Max input of Acme 2`: a sentence begins with a capital anyway."""
    first = re.match(r"\W*([A-Z][a-z]+) (?=[a-z])", wording)
    others = [name for name in names if not first or name != first[1]]
    return others or names


def _kept_if_capital(match: "re.Match[str]") -> str:
    """A version in capitals is found with the words around it: `Claude 3 Opus`."""
    return match.group() if match.group()[:1].isupper() else "|"


def _without_values(wording: str) -> str:
    """The wording with a bar for each date, amount and large number."""
    rest = _PERIOD.sub("|", wording)
    for q in reversed(quantities(rest)):
        stated = rest[q.start : q.end]
        if q.kind in ("date", "amount", "percent") or (q.kind == "number" and not stated.isdigit()):
            rest = f"{rest[: q.start]}|{rest[q.end :]}"
    return rest


def _trimmed(run: str) -> list[str]:
    """The names in a run of capitals: `What Mistral AI` is about `Mistral AI`, `Acme CEO Jane Roe` about two."""
    names: list[list[str]] = [[]]
    words = re.sub(r"[’']s\b", "", run).split()
    for word, after in zip(words, [*words[1:], ""], strict=True):
        plain = word.casefold()
        measure = (
            _AMOUNT.fullmatch(word)
            or plain in _CUTS
            or (plain in TRADE and after.casefold() not in _FUND and plain not in _FUND)
        )
        if measure or (plain in NO_NAMES and not names[-1] and plain != "ai"):
            names.append([])
        else:
            names[-1].append(word)
    return [name for words in names if (name := _without_tail(words))]


def _without_tail(words: list[str]) -> str:
    while words and words[-1].casefold() in NO_NAMES - ({"ai"} if len(words) > 1 else set()):
        words = words[:-1]
    return " ".join(words) if any(character.isalpha() for word in words for character in word) else ""
