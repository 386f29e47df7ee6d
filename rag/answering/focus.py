"""Whether a window is about the things a question names: its companies, rounds, products and people.

What a sentence is about stands in it, or is named by what a reader has just read: its paragraph, its heading, the
header of its table, the rest of its passage, the title. The nearest of these that names any company says which one is
meant.
"""

import re
from functools import lru_cache

from rag.answering.wanted import Named, Wanted
from rag.answering.windows import Window
from rag.checking.surroundings import subject_of
from rag.indexes.lexical import terms
from rag.names import Names
from rag.rounds import ROUND, round_key

# `Bolt committed`, `Bolt Ventures invested`: who does something.
_ACTOR = re.compile(
    r"((?:[A-Z][\w&.-]*\w ){1,3})(?:has |have |had |also |then )?"
    r"(?:committed|invested|put|led|paid|bought|acquired|pledged|contributed|supplied|owns|holds|took|raised|sold)\b"
)
# A company named in the first characters of a sentence is what the sentence is about.
START = 30
IN_IT, NEARBY, IN_PASSAGE, IN_TITLE, DOUBTFUL, LATER, NOWHERE = 1.0, 0.9, 0.7, 0.6, 0.5, 0.4, 0.0


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
