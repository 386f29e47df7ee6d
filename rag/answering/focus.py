"""Whether a window is about the things a question names: its companies, rounds, products and days.

What a sentence is about stands in it, or is named by what a reader has just read: its paragraph, its heading, the
header of its table, the rest of its passage, the title. The nearest of these that names any company says which one is
meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.windows import Window
from rag.checking.quantities import Quantity, quantities
from rag.checking.surroundings import subject_of
from rag.documents import Passage
from rag.indexes.lexical import terms
from rag.names import Names
from rag.question import Question

ROUND = re.compile(r"(?<!pre-)(?<!pre )\b(?:pre-?seed|seed|series[ -][a-k]\d?)\b", re.IGNORECASE)
_ROUND_NAME = re.compile(r"series [a-k]\d?", re.IGNORECASE)
# `Bolt committed`, `Bolt Ventures invested`: who does something.
_ACTOR = re.compile(
    r"((?:[A-Z][\w&.-]*\w ){1,3})(?:has |have |had |also |then )?"
    r"(?:committed|invested|put|led|paid|bought|acquired|pledged|contributed|supplied|owns|holds|took|raised|sold)\b"
)
# Nations and regions describe; a text may say it in another way.
DESCRIBES = re.compile(
    r"(?:european|american|french|german|british|chinese|japanese|canadian|israeli|korean|indian|swiss|dutch|swedish|us"
    r"|uk|eu|europe|english|western|asian|[\w ]+-(?:based|born|made))$",
    re.IGNORECASE,
)

# `the Paris lab Mistral`: a text need not say where it is.
_EPITHET = re.compile(
    r"\b(?:the|an?) ([A-Z][\w-]+?)(?:-based)? (?:\w+ )?"
    r"(?:lab|laboratory|company|start-?up|firm|maker|developer|outfit)\b"
)

# More capitals than this are a shouted word.
LONGEST_INITIALS = 5
# A company named in the first characters of a sentence is what the sentence is about.
START = 30
IN_IT, NEARBY, IN_PASSAGE, IN_TITLE, DOUBTFUL, LATER, NOWHERE = 1.0, 0.9, 0.7, 0.6, 0.5, 0.4, 0.0


@dataclass(frozen=True)
class Named:
    """A name and how a text may say it: by all of its words, by a pattern, or with its initials written out."""

    terms: frozenset[str]
    pattern: re.Pattern[str] | None = None
    written_out: re.Pattern[str] | None = None

    def stands_in(self, text: str, words: frozenset[str]) -> bool:
        """Whether the text, whose terms are `words`, says the name."""
        if self.pattern:
            return self.pattern.search(text) is not None
        return self.terms <= words or bool(self.written_out and self.written_out.search(text))

    def places_in(self, text: str) -> list[tuple[int, int]]:
        """Where the text says the name."""
        if self.pattern:
            return [match.span() for match in self.pattern.finditer(text)]
        words = [match for match in re.finditer(r"\w+", text) if self.terms & set(terms(match.group()))]
        return [match.span() for match in words]


def named(name: str) -> Named:
    """How a name is looked for. A version that is a bare number stands beside its family: GPT-4 is not `GPT 3.5`."""
    if re.search(r"[^\W\d_][ -]?\d+(?:\.\d+)?(?!\w)", name):
        parts = re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+", name)
        joined = r"[\s-]?".join(map(re.escape, parts))
        return Named(frozenset(terms(name)), re.compile(rf"(?<!\w){joined}(?!\w|[.,]\d)", re.IGNORECASE))
    if name.isalpha() and name.isupper() and 1 < len(name) <= LONGEST_INITIALS:
        written_out = r"[\s-]".join(rf"{letter}\w+" for letter in name)
        return Named(frozenset(terms(name)), written_out=re.compile(rf"\b{written_out}\b"))
    return Named(frozenset(terms(name)))


@dataclass(frozen=True)
class Wanted:
    """What a question names, taken apart once: known companies, rounds, other names (needed or describing), days.

    `known` is the table of names by which a text is read."""

    companies: tuple[str, ...]
    rounds: frozenset[str]
    names: tuple[Named, ...]
    described: tuple[Named, ...]
    dates: tuple[Quantity, ...]
    amounts: tuple[Quantity, ...]
    known: Names
    linked: frozenset[str] = frozenset()


def wanted_of(question: Question, passages: Sequence[Passage]) -> Wanted:
    """Takes a question's names apart. `linked`: articles with a line that names a company and a round of it."""
    epithets = {match[1] for match in _EPITHET.finditer(question.wording)} if question.companies else set()
    rounds = frozenset(round_key(match) for match in ROUND.findall(question.wording))
    others = [
        name
        for name in question.names
        if question.known.company_of(name) not in question.companies
        and not _ROUND_NAME.fullmatch(name)
        and (re.search(r"\d", name) or not question.known.companies_in(name))
    ]
    describing = [
        name
        for name in others
        if DESCRIBES.match(name) or name in epithets or _owns_another(name, others, question.wording)
    ]
    return Wanted(
        companies=question.companies,
        rounds=rounds,
        names=tuple(named(name) for name in others if name not in describing and terms(name)),
        described=tuple(named(name.removesuffix("-based")) for name in others if name in describing),
        dates=tuple(q for q in quantities(question.wording) if q.kind == "date"),
        amounts=tuple(q for q in quantities(question.wording) if q.kind in ("amount", "percent")),
        known=question.known,
        linked=frozenset(p.article_id for p in passages if rounds and _links(p.text, question, rounds)),
    )


def _owns_another(name: str, others: Sequence[str], wording: str) -> bool:
    """Whether a name only says whose another is: `Jane Roe's Falcon 2`."""
    owned = re.search(rf"(?<!\w){re.escape(name)}[’']s? (\S+)", wording)
    return owned is not None and any(other.startswith(owned[1]) for other in others if other != name)


def on_companies(window: Window, wanted: Wanted) -> float:
    """How near the companies are named, 1 for each in the window itself, on average; 1 when none is asked for."""
    if not wanted.companies:
        return 1.0
    levels = [_on_company(window, company, wanted) for company in wanted.companies]
    return sum(levels) / len(levels) if min(levels) else NOWHERE


def _on_company(window: Window, company: str, wanted: Wanted) -> float:
    if company in _mentioned(wanted.known, window.text):
        return IN_IT
    in_it = [other for other in _mentioned(wanted.known, window.text) if other not in wanted.companies]
    if in_it and in_it[0] in _mentioned(wanted.known, window.text[:START]):
        return NOWHERE  # the sentence is about that one
    most = DOUBTFUL if in_it else IN_IT  # another company is named: the sentence may be about that one
    for text in (window.before, window.above, window.header):
        named = _mentioned(wanted.known, text)
        if company in named:
            return min(NEARBY, most)
        if named and text is not window.header:
            return NOWHERE
    passage = window.passage
    earlier = passage.text[: window.first]
    if company in _mentioned(wanted.known, earlier):
        return min(IN_PASSAGE, most) if _mentioned_last(wanted.known, earlier) == company else NOWHERE
    in_title = _mentioned(wanted.known, passage.title)
    if (
        company in _mentioned(wanted.known, passage.heading)
        or company in in_title[:1]
        or company in _mentioned(wanted.known, subject_of(passage.title))
    ):
        return min(IN_TITLE, most)
    return LATER if company in (*in_title, *_mentioned(wanted.known, passage.text)) and not in_it else NOWHERE


def in_anothers_column(window: Window, start: int, wanted: Wanted) -> bool:
    """Whether what stands there in a row is in a column that is headed by another company, in a table of several."""
    heads = [_mentioned(wanted.known, column) for column in window.header.split("|")] if wanted.companies else []
    number = window.text.count("|", 0, start)
    if number >= len(heads) or sum(map(bool, heads)) < 2:  # `Figure` alone is hardly the company
        return False
    return bool(heads[number]) and not set(heads[number]) & set(wanted.companies)


def on_names(window: Window, names: tuple[Named, ...], known: Names, *, is_subject: bool = False) -> float:
    """The same for products, people and whatever else is named; when they are what the question is about, a window that
    names a company must name them too."""
    if not names:
        return 1.0
    passage = window.passage
    near = f"{window.text}\n{window.near}"
    section = f"{near}\n{passage.text[window.section : window.first]}\n{passage.heading}"
    titled = f"{section}\n{passage.title}"
    places: tuple[tuple[float, str, frozenset[str]], ...] = (
        (IN_IT, window.text, window.words),
        *(
            (level, text, frozenset(terms(text)))
            for level, text in (
                (NEARBY, near),
                (IN_PASSAGE, section),
                (IN_TITLE, titled),
                (LATER, f"{titled}\n{passage.text}"),
            )
        ),
    )
    title = frozenset(terms(passage.title))
    levels = [next((at for at, text, words in places if name.stands_in(text, words)), NOWHERE) for name in names]
    if (
        is_subject
        and min(levels) < NEARBY
        and (_mentioned(known, window.text) or not any(name.terms & title for name in names))
    ):
        return NOWHERE  # in an article about several things, the paragraph or heading must name the one
    if is_subject and not any(name.terms & title for name in names) and _about_its_title(window):
        # `Bolt, a rival of Acme, raised $2 million. It has 5 employees.`
        levels = [LATER if level == IN_IT else NOWHERE for level in levels]
    return sum(levels) / len(levels) if min(levels) else NOWHERE


def of_another(window: Window, wanted: Wanted) -> bool:
    """Whether its last sentence is about somebody else who does something: `Bolt committed $4 million`."""
    last = re.split(r"(?<=[.!?]) ", window.text)[-1]
    found = _ACTOR.match(last.lstrip("*_“"))
    if not found or wanted.known.companies_in(found[1]):
        return False  # companies are looked at by themselves
    words = frozenset(terms(last))
    return not any(name.stands_in(last, words) for name in wanted.names)


def _about_its_title(window: Window) -> bool:
    """Whether the paragraph names what the title of its article is about."""
    subject = frozenset(terms(subject_of(window.passage.title)))
    return bool(subject) and subject <= frozenset(terms(f"{window.before} {window.text}"))


def on_round(window: Window, wanted: Wanted) -> float:
    """Whether it speaks of the rounds asked for: the nearest place that names a round decides."""
    if not wanted.rounds:
        return 1.0
    for level, text in ((IN_IT, window.text), (NEARBY, window.before), (NEARBY, window.above), (NEARBY, window.header)):
        stated = {round_key(match) for match in ROUND.findall(text)}
        if stated & wanted.rounds:
            return level
        if stated:
            return NOWHERE
    passage = window.passage
    earlier = ROUND.findall(passage.text[: window.first])
    if earlier and round_key(earlier[-1]) in wanted.rounds:
        return IN_PASSAGE
    if passage.article_id in wanted.linked:
        return DOUBTFUL
    stated = {round_key(match) for match in ROUND.findall(f"{passage.heading}\n{passage.title}")}
    return IN_TITLE if not earlier and stated & wanted.rounds else NOWHERE


def _links(text: str, question: Question, rounds: frozenset[str]) -> bool:
    """`| Runway | Series E |` in a table says which round `Runway's round was led by` means further down."""
    return any(
        rounds & {round_key(match) for match in ROUND.findall(line)}
        and set(question.companies) & set(_mentioned(question.known, line))
        for line in text.split("\n")
    )


def on_dates(window: Window, wanted: Wanted) -> float:
    """1 when the window gives a day asked for, less when its surroundings do, below 0 when it gives only others."""
    if not wanted.dates:
        return 0.0
    stated = [q.value for q in quantities(window.text) if q.kind == "date"]
    if any(_agree(q.value, other) for q in wanted.dates for other in stated):
        return 1.0
    near = [q.value for q in quantities(window.near) if q.kind == "date"]
    if any(_agree(q.value, other) for q in wanted.dates for other in near):
        return 0.6
    if stated and any(len(value) >= 4 and not value.startswith("-") for value in stated):
        return -0.6
    passage = [q.value for q in quantities(window.passage.text) if q.kind == "date"]
    if any(_agree(q.value, other) for q in wanted.dates for other in passage):
        return 0.4
    published = window.passage.published or ""
    return 0.3 if any(_agree(q.value, published[:7]) for q in wanted.dates) else 0.0


def on_amounts(window: Window, wanted: Wanted) -> float:
    """How near the amounts stand that the question itself states: `the round at $4bn` is not one at $10 billion."""
    if not wanted.amounts:
        return 1.0
    levels = ((IN_IT, window.text), (NEARBY, window.near), (DOUBTFUL, window.passage.text))
    return sum(
        next((level for level, text in levels if any(_same_sum(q, other) for other in quantities(text))), NOWHERE)
        for q in wanted.amounts
    ) / len(wanted.amounts)


def _same_sum(asked: Quantity, stated: Quantity) -> bool:
    same_unit = asked.unit == stated.unit or not asked.unit or not stated.unit
    return stated.kind in ("amount", "percent") and asked.value == stated.value and same_unit


def _agree(asked: str, stated: str) -> bool:
    """Whether two partial dates may be the same day."""
    if not asked or not stated or asked.startswith("-") != stated.startswith("-"):
        return False
    shorter = min(len(asked), len(stated))
    return asked[:shorter] == stated[:shorter]


def round_key(name: str) -> str:
    """The same for all spellings of a round's name."""
    return re.sub(r"[ -]", "", name).casefold()


@lru_cache(maxsize=8192)
def _mentioned(known: Names, text: str) -> tuple[str, ...]:
    return known.companies_in(text)


@lru_cache(maxsize=4096)
def _mentioned_last(known: Names, text: str) -> str:
    """The company named last."""
    for line in reversed(text.split("\n")):
        if found := known.companies_in(line):
            return found[-1]
    return ""
