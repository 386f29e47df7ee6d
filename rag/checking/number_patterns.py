"""How English business news writes numbers, currencies, dates and product names: the patterns of quantities.py."""

import re
from decimal import Decimal

# Replacements of one character by one, so that offsets stay true.
SAME_LENGTH = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009", " ") | dict.fromkeys("\u2010\u2011–—−", "-"))
# Stands where something was found already: neither a letter, a digit nor white space.
TAKEN = "\ufffc"

ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)

_SCALE_WORDS = r"(?:thousand|million|billion|trillion|mln|mio|mn|mm|bn|trn|tn)"
SCALES = {
    **dict.fromkeys(("k", "thousand"), Decimal(10**3)),
    **dict.fromkeys(("m", "mn", "mm", "mln", "mio", "million"), Decimal(10**6)),
    **dict.fromkeys(("b", "bn", "billion"), Decimal(10**9)),
    **dict.fromkeys(("t", "tn", "trn", "trillion"), Decimal(10**12)),
}

# -- dates -------------------------------------------------------------------------------------------------------------

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MONTHS = {name[:3].lower(): number for number, name in enumerate(MONTH_NAMES, 1)}
_FULL = "|".join(MONTH_NAMES)
SHORT_MONTHS = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_MONTH = rf"(?P<month>{_FULL}|(?:{SHORT_MONTHS})\b\.?)"
_ORDINAL = r"(?:st|nd|rd|th)?"
_DAYS = rf"(?P<day>\d{{1,2}}){_ORDINAL}(?:\s?(?:-|\bto\b|\band\b)\s?(?P<last_day>\d{{1,2}}){_ORDINAL})?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_START = r"(?<![\w$€£.,])"
_NO_DATE = rf"(?!\w|[.,]\d|\s?%|[\s-]?(?:{_SCALE_WORDS}|per\s?cent|dollars|euros|pounds|tokens)\b)"

# In the order in which they are tried: the most precise first.
DATES = (
    *(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"(?<![\w/.-]){_YEAR}[-/](?P<month>\d{{2}})[-/](?P<day>\d{{2}})(?!\d|[-/]\d)",
            rf"(?<![\w/.-]){_YEAR}-(?P<month>0[1-9]|1[0-2])(?![\w/]|-\d)",
            rf"{_START}{_DAYS}\s(?:of\s)?{_MONTH},?\s{_YEAR}{_NO_DATE}",
            rf"\b{_MONTH}\s{_DAYS},?\s{_YEAR}{_NO_DATE}",
            rf"\b{_MONTH},?\s(?:of\s)?{_YEAR}{_NO_DATE}",
            rf"{_START}{_DAYS}\s(?:of\s)?{_MONTH}(?!\w)",
            rf"\b{_MONTH}\s{_DAYS}{_NO_DATE}",
        )
    ),
    # A month alone is easily a verb or a first name (March, May, April): only after a word of time; case counts.
    re.compile(
        r"\b(?i:in|of|by|to|since|until|after|before|early|from|last|late|mid|this|during|following|next|previous|says)[\s-]"
        rf"(?P<month>{_FULL})\b(?!\s[A-Z])"
    ),
    re.compile(rf"(?<![\w.,/$€£])(?<!-\d-){_YEAR}{_NO_DATE}(?!/\d)"),
)

# -- names that hold numbers -------------------------------------------------------------------------------------------

NAME = re.compile(
    r"\b(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*)(?P<joint>[ -]?)(?P<number>\d+(?:[.x]\d+)*"
    r"(?!(?:st|nd|rd|th)\b)[A-Za-z]{0,3}\b)(?![.,]?\d)"
    r"|(?<![\w$€£])(?<!\d[.,])(?:\d+x\d+[a-z]?\b|\d+(?:\.\d+){2,}\b|\d+(?::\d+)+\b|\d+(?:/\d+)+\b"
    rf"|\d+(?:\.\d+)?(?!(?:[kmbtx]|st|nd|rd|th|{_SCALE_WORDS}s?)\b)[a-z]+\b)",
    re.IGNORECASE,
)
# What stands before a plain number at the start of a sentence or in a label, and glued to one (`mid-2023`).
_NOT_NAMES = """
the in at on by of for with from to and or but about around over under nearly almost some only just roughly more less
than all its their his her has have had is are was were series seed round an it they we after before since until
between up another first last next past these those this that other both least most within across against per plus
minus as if when while through monday tuesday wednesday thursday friday saturday sunday employees headcount revenue
valuation staff total amount price users mid post pre early late top sub non ex circa approximately uses supports
employs raises costs hits reaches offers includes holds gets adds sells serves counts takes runs
"""
NOT_NAMES = frozenset(_NOT_NAMES.split())

# -- numbers and amounts -----------------------------------------------------------------------------------------------

_DOLLARS = {
    "": "USD",
    "US": "USD",
    "A": "AUD",
    "AU": "AUD",
    "C": "CAD",
    "CA": "CAD",
    "HK": "HKD",
    "S": "SGD",
    "NZ": "NZD",
}
_CODES = "USD EUR GBP JPY CNY RMB INR KRW CHF SEK NOK DKK AUD CAD HKD SGD NZD ILS AED SAR PLN"
CURRENCY_CODES = frozenset(_CODES.split())
CURRENCIES = {
    **{f"{country}$": code for country, code in _DOLLARS.items()},
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    **{code: code for code in CURRENCY_CODES},
    "RMB": "CNY",
}
CURRENCY_WORDS = {
    **{code.lower(): CURRENCIES[code] for code in CURRENCY_CODES},
    "€": "EUR", "£": "GBP", "$": "USD", "yen": "JPY", "yuan": "CNY", "renminbi": "CNY", "korean won": "KRW",
    **{
        f"{country}{name}{plural}": code
        for plural in ("", "s")
        for country, name, code in (
            ("", "dollar", "USD"), ("us ", "dollar", "USD"), ("u s ", "dollar", "USD"), ("american ", "dollar", "USD"),
            ("hong kong ", "dollar", "HKD"), ("canadian ", "dollar", "CAD"), ("australian ", "dollar", "AUD"),
            ("singapore ", "dollar", "SGD"), ("", "euro", "EUR"), ("", "pound", "GBP"), ("", "rupee", "INR"),
            ("swiss ", "franc", "CHF"),
        )
    },
}  # fmt: skip
PERCENT = frozenset(("%", "percent", "per cent", "pct"))
UNITS = {
    **dict.fromkeys(("x", "times"), "times"),
    **dict.fromkeys(("st", "nd", "rd", "th"), "ordinal"),
    **dict.fromkeys(("percentage point", "percentage points"), "points"),
}

_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORD_VALUES = (
    {word: value for value, word in enumerate(_UNITS + _TEENS)}
    | {word: 10 * value for value, word in enumerate(_TENS, 2)}
    | {"a": 1, "an": 1, "dozen": 12}
)
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_UNITS[1:])}))?|{'|'.join(_TEENS + _UNITS)})"
_WORDS = (
    rf"(?:half|quarter\sof)[\s-]an?(?=[\s-]{_SCALE_WORDS}s?\b)"
    r"|half[\s-]a[\s-]dozen"
    rf"|(?:{'|'.join(_UNITS[1:])}|an?)[\s-](?:dozen|hundred(?:(?:\sand)?[\s-]{_BELOW_100})?)"
    rf"|{_BELOW_100}(?:\sand\sa\shalf)?"
    rf"|an?(?=[\s-]{_SCALE_WORDS}\b)"
)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+,\d{1,2}(?!\d)|\d+(?:\.\d+)?"
_CURRENCY = rf"(?:(?:US|AU|CA|HK|NZ|[ACS])?\$|[€£¥₹₩]|\b(?:{'|'.join(sorted(CURRENCY_CODES))})(?=\s?\d))"
_SUFFIX = "|".join(
    re.escape(word).replace(r"\ ", r"[\s.-]+")
    for word in sorted(CURRENCY_WORDS, key=len, reverse=True)
    if word.isascii() and word != "$"
)
_SCALE = rf"(?:[\s-]?{_SCALE_WORDS}s?\b|[kmb]\b|(?(currency)\s?[kmbt]\b|(?!)))"

NUMBER = re.compile(
    rf"""
    (?P<between>(?<=between\s))?
    (?P<minus>(?<![\w){TAKEN}])-(?=[\d$€£]))?
    (?:(?P<currency>{_CURRENCY})\s?|(?<!\w)(?<!\d[.,]))
    (?P<first>{_DIGITS}|(?:{_WORDS})\b)
    (?P<scale>{_SCALE})?
    (?:\s?%?\s?(?P<to>-|(?<=\s)(?(between)and|to)(?=\s))\s?
       (?P<second_currency>{_CURRENCY})?\s?(?P<second>{_DIGITS}|(?:{_WORDS})\b)(?P<second_scale>{_SCALE})?)?
    (?P<suffix>\s?(?:%|[€£$](?!\s?\d))|[\s-]?(?:percentage[\s-]points?|percent|per\scent|pct|times)\b|(?:x|st|nd|rd|th)\b
       |[\s-]?(?:{_SUFFIX})\b)?
    (?P<more>\+|[\s-]plus\b|\sor\smore\b)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
# After a number that follows a capitalised word: it counts something, so it is no part of a name.
COUNTED = re.compile(rf"\s?%|[\s-]?(?:{_SCALE_WORDS}|percent|per\scent|{_SUFFIX})\b", re.IGNORECASE)
UNDER = re.compile(
    r"\b(?:(?:less|fewer|lower|no more) than|under|below|up to|at most|as (?:little|few|much|many) as)\s$"
)
OVER = re.compile(r"\b(?:(?:more|greater|higher) than|over|above|at least|exceed(?:s|ed|ing)?|north of|upwards of)\s$")


def parse_number(text: str) -> Decimal:
    """The value of digits (`32,768`, `1.5`, `1,5`) or of the number words that `NUMBER` matches."""
    if text[0].isdigit():
        if re.fullmatch(r"\d+,\d{1,2}", text):
            return Decimal(text.replace(",", "."))
        return Decimal(text.replace(",", ""))
    words = re.split(r"[\s-]+", text.lower())
    if words[0] == "half":
        return Decimal(6) if words[-1] == "dozen" else Decimal("0.5")
    if words[0] == "quarter":
        return Decimal("0.25")
    half = words[-3:] == ["and", "a", "half"]
    value = 0
    for word in words[:-3] if half else words:
        if word in ("hundred", "dozen"):
            value *= 100 if word == "hundred" else 12
        elif word != "and":
            value += _WORD_VALUES[word]
    return value + (Decimal("0.5") if half else Decimal(0))
