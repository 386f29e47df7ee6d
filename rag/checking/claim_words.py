"""Words as they are compared: folded, grouped with others of their meaning, names apart from the rest."""

import re
import unicodedata
from collections.abc import Set as AbstractSet
from functools import lru_cache

from rag.checking.lexicon import COUNTRIES, DECISIVE, DEMONYMS, GENERIC, GROUPS, PLANNED, REPORTED, ROUND, STOP
from rag.checking.quantities import Quantity, quantities
from rag.sentences import sentence_spans

WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
ANAPHOR = re.compile(
    r"\b(?:it|its|it[’']s|they|their|they[’'](?:ve|re)|he|she|his|her|we|our|"
    r"(?:the|this|that)(?:\s[A-Z][\w-]+)? "
    r"(?:[a-z]+ )?"
    r"(?:company|start-?up|firm|round|funding|lab|laboratory|team|model|business|group|founders?|deal|maker|service|"
    r"app|chatbot|editor|three|two|four|five)|an? (?:[a-z]+ )?(?:round|series [a-k]|sale))\b",
    re.IGNORECASE,
)
# Possessive, bounded and only from the start of a word: without that a page of capitals takes seconds.
PROPER = r"(?<![\w.&’'-])(?:[^\W\d_a-z][\w.&’'-]*+|[a-z]\d+[a-z]|x[A-Z]{2}|[a-z][A-Z]\w++)"
NAME_RUN = re.compile(rf"\b{PROPER}(?:\s{PROPER})*")
_LISTED_NAMES = re.compile(rf"{NAME_RUN.pattern}(?:(?:,| and|, and|,? &)\s{NAME_RUN.pattern})*")
# `According to X, …`, `X says that …`: who tells it is not whom it is about.
_TELLER = re.compile(r"^(?:according to|as reported by|per|says) [^,]{2,40}, ", re.IGNORECASE)


_NO_NAMES = STOP | GENERIC
_EVERYDAY = frozenset[str]().union(*GROUPS)
_NUMBERS = frozenset("two three four five six seven eight nine ten eleven twelve".split())


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """A word as it is compared: lower case, no accents, no possessive, one spelling of -ise."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    plain = re.sub(r"['’](?:s|ve|re|ll|d|m)?$", "", plain)
    return re.sub(r"(?<=[a-z]{3})iz(?=e[sd]?$|ing$|ations?$)", "is", plain)


@lru_cache(maxsize=4096)
def tokens(text: str) -> frozenset[str]:
    """All words of a text, folded; those with hyphens also in parts."""
    found = [fold(word) for word in WORD.findall(text)]
    return frozenset(found) | {part for word in found for part in word.split("-")}


@lru_cache(maxsize=8192)
def names(text: str, common: AbstractSet[str] = frozenset()) -> tuple[str, ...]:
    """The capitalised words that name somebody or something, in order.

    A word at the start of a sentence counts unless it is an everyday one: `common`, or one this module knows.
    """
    found = {}
    starts = {start for start, _ in sentence_spans(text)}
    for match in WORD.finditer(text):
        for part in match.group().split("-"):
            folded = fold(part)
            if part.islower() or not any(c.isupper() for c in part) or folded in _NO_NAMES or len(folded) < 2:
                continue
            everyday = (
                folded in common
                or folded in _EVERYDAY
                or (len(part) > 6 and part.endswith(("ed", "ing", "ly", "tion")))
            )
            if any(c.isdigit() for c in part) or (match.start() in starts and (everyday or folded in _NUMBERS)):
                continue
            found[folded] = part
    return tuple(found.values())


@lru_cache(maxsize=4096)
def content(text: str) -> frozenset[str]:
    """The words that carry meaning, without quantities."""
    for q in reversed(quantities(text)):
        if q.kind != "name":
            text = text[: q.start] + " " + text[q.end :]
    text = PLANNED.sub(" ", REPORTED.sub(" ", text))  # certainty.py looks at these
    return frozenset(word for word in (fold(w) for w in WORD.findall(text)) if word not in STOP and len(word) > 1)


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one, or used for one another."""
    return same_stem(one, other) or other in _used_for(one)


def is_held(word: str, held: AbstractSet[str]) -> bool:
    """Whether a word, or one that is used for it, is among others."""
    if word in held or not _used_for(word).isdisjoint(held):
        return True
    return any(other.startswith(word[:4]) and same_stem(word, other) for other in held)


@lru_cache(maxsize=8192)
def _used_for(word: str) -> frozenset[str]:
    """The words that are used for this one."""
    return frozenset(of_country(word)).union(*(group for group in GROUPS if word in group))


@lru_cache(maxsize=65536)
def same_stem(one: str, other: str) -> bool:
    """Whether two words are forms of one, by their first letters."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    return shorter >= 4 and one[: max(4, shorter - 2)] == other[: max(4, shorter - 2)]


def of_country(word: str) -> tuple[str, ...]:
    """`Polish` for `Poland`, and the other way round, folded; nothing for other words."""
    return COUNTRIES.get(word, ())


def topics_asked(text: str) -> set[str]:
    """The topics of a claim that its quote has to share."""
    return {name for name, (asked, _) in DECISIVE.items() if asked.search(text)}


def topics_said(text: str) -> set[str]:
    """The topics that a quote is about."""
    return {name for name, (_, said) in DECISIVE.items() if said.search(text)}


def rounds(text: str) -> list[str]:
    """The funding rounds a text names, in order: `seed`, `series a`."""
    return [fold(found).replace("-", " ") for found in ROUND.findall(text)]


def closest_sentence(claim: str, quote: str) -> str:
    """The sentence of the quote that has most in common with the claim: first by what is said, then by of whom."""
    wanted, figures = content(claim), {q.value for q in quantities(claim)}
    subject = {fold(name) for name in leading_names(claim)}

    def overlap(sentence: str) -> tuple[int, int, int, int]:
        held = content(sentence)
        said = sum(is_held(word, held) for word in wanted - subject)
        return said + len(figures & {q.value for q in quantities(sentence)}), said, len(subject & held), -len(held)

    return max((quote[a:b] for a, b in sentence_spans(quote)), key=overlap, default=quote)


def leading_names(sentence: str, common: AbstractSet[str] = frozenset()) -> list[str]:
    """The names with which a sentence begins, before its first `it` or `the company` and its first quantity."""
    sentence = without_teller(sentence)
    stops = [m.start() for m in ANAPHOR.finditer(sentence)] + [
        q.start for q in quantities(sentence) if q.kind != "name" and not _only_dates(sentence, q)
    ]
    return [name for name in names(sentence[: min(stops, default=len(sentence))], common) if name not in DEMONYMS]


def subject_names(sentence: str, common: AbstractSet[str] = frozenset()) -> frozenset[str]:
    """The folded words of the first name of a sentence, or of the first ones where several are listed."""
    leading = leading_names(sentence, common)
    if not leading:
        return frozenset()
    listed = _LISTED_NAMES.match(sentence, max(0, sentence.find(leading[0])))
    return frozenset(map(fold, leading)) & (tokens(listed.group()) if listed else frozenset([fold(leading[0])]))


def _only_dates(sentence: str, q: Quantity) -> bool:
    """`On 27 January 2025, Nvidia`, `September 2023, Jasper`: a date in front stops nothing."""
    return q.start == 0 or (q.kind == "date" and all(fold(w) in STOP for w in WORD.findall(sentence[: q.start])))


def without_teller(sentence: str) -> str:
    """The sentence without `According to somebody,` in front."""
    return _TELLER.sub("", sentence)


def is_open(sentence: str, common: AbstractSet[str] = frozenset()) -> bool:
    """Whether a sentence leaves to the text before it whom it is about: `They have 22 employees`, `There were 170`."""
    if sentence.lstrip().startswith("|"):
        return not names(sentence.strip().strip("|").split("|")[0].strip(), common)
    if ANAPHOR.search(sentence) or _NO_OBJECT.fullmatch(sentence.strip()):
        return True
    leading = leading_names(sentence, common)
    return not leading or sentence.find(leading[0]) > _FRONT


# `Andreessen Horowitz led.` says of what only with the sentence before.
_NO_OBJECT = re.compile(rf"{PROPER}(?:\s{PROPER})*\s[a-z]+\.?")
# A name that stands further on, in characters, is not whom the sentence is about.
_FRONT = 32
