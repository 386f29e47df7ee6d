"""Why the passages do not answer: they tell it of another company, day, round or quantity, or as a rumour only.

The nearest miss is told: each condition of the question is dropped by itself, and what then fits says what is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answering.aspects import ASPECTS, Aspect
from rag.answering.claims import Refusal
from rag.answering.dated import dated_values
from rag.answering.evidence import support, value_of, values_in
from rag.answering.focus import IN_TITLE, NEARBY, on_companies, on_names
from rag.answering.scoring import Scored, features_of
from rag.answering.sought import Sought
from rag.answering.windows import Window, windows_of
from rag.checking.certainty import is_hedged
from rag.documents import Passage
from rag.refusals import (
    at_another_round,
    not_of_that_amount,
    not_said,
    of_another_company,
    of_another_day,
    of_another_quantity,
    only_rumoured,
)
from rag.rounds import ROUND

# How surely a window must say an aspect to be told of.
SAID = 0.5
# How many of the days that are told of instead are named.
MOST_DAYS = 3
# The quantities that are named where another one is asked for; the words that say the others are said of much else.
FIGURES = ("revenue", "valuation", "total raised", "headcount", "number of users", "number of customers")


def shortfall(sought: Sought, passages: Sequence[Passage], fitting: Sequence[Scored]) -> Refusal:
    """What the passages say instead of the answer; `fitting` are the windows that might have been it."""
    aspect = sought.aspect
    subject = sought.subject
    if aspect is None or not subject:
        return not_said(subject, aspect.name if aspect else "")
    sentences = [window for passage in passages for window in windows_of(passage) if window.sentences == 1]
    sure = [one for one in fitting if one.features.said >= SAID and _is_near(one)]
    if sure:
        return _but(sure, subject, aspect, sought)
    if stages := list(_rounds_told(sentences, sought)):
        return at_another_round(subject, aspect.name, stages)
    if told := _quantities_told(sentences, sought):
        return of_another_quantity(subject, aspect.name, told)
    if sought.wanted.companies and (others := _told_of(sentences, sought)):
        return of_another_company(subject, aspect.name, others)
    return not_said(subject, aspect.name)


def _but(sure: Sequence[Scored], subject: Sequence[str], aspect: Aspect, sought: Sought) -> Refusal:
    """What is wrong with sentences that do say the aspect of the subject."""
    if all(is_hedged(one.window.text) for one in sure):
        return only_rumoured(subject, aspect.name)
    if sought.wanted.dates and all(one.features.dates < 0 for one in sure):
        days = {value.stated: True for one in sure for value in dated_values(one.window, sought) if value.own}
        return of_another_day(subject, aspect.name, sorted(days)[-MOST_DAYS:])
    if sought.wanted.amounts and all(one.features.amounts <= -1 for one in sure):
        asked = [sought.question.wording[q.start : q.end] for q in sought.wanted.amounts]
        return not_of_that_amount(subject, asked)
    return not_said(subject, aspect.name)


def _is_near(one: Scored) -> bool:
    return min(one.features.companies, one.features.names) >= IN_TITLE


def _is_about(window: Window, sought: Sought) -> bool:
    wanted = sought.wanted
    names = on_names(window, wanted.names, wanted.known, is_subject=not wanted.companies)
    return min(on_companies(window, wanted), names) >= IN_TITLE


def _fitting_without(sentences: Sequence[Window], sought: Sought) -> Iterator[Window]:
    for window in sentences:
        features = features_of(window, sought)
        if features and features.said >= SAID and min(features.companies, features.names) >= NEARBY:
            yield window


def _rounds_told(sentences: Sequence[Window], sought: Sought) -> Iterator[str]:
    """The rounds of which the aspect is told, each once, where another one was asked for."""
    if not sought.wanted.rounds:
        return
    anyhow = replace(sought, wanted=replace(sought.wanted, rounds=frozenset()))
    found = (ROUND.search(f"{window.text}\n{window.near}") for window in _fitting_without(sentences, anyhow))
    yield from dict.fromkeys(match.group() for match in found if match)


def _told_of(sentences: Sequence[Window], sought: Sought) -> list[str]:
    """The companies of which the aspect is told, in the order of the passages."""
    of_anybody = replace(sought, wanted=replace(sought.wanted, companies=(), names=()))
    known = sought.wanted.known
    found = (known.companies_in(window.text)[:1] for window in _fitting_without(sentences, of_anybody))
    return list(dict.fromkeys(name for names in found for name in names if name not in sought.wanted.companies))


def _quantities_told(sentences: Sequence[Window], sought: Sought) -> list[str]:
    """The names of other figures of the same kind that the passages tell of the subject."""
    if sought.value not in ("amount", "count"):
        return []
    about = [window for window in sentences if _is_about(window, sought)]
    others = (aspect for aspect in ASPECTS if aspect.name in FIGURES and aspect != sought.aspect)
    return [aspect.name for aspect in others if _is_told(aspect, about, sought)]


def _is_told(aspect: Aspect, about: Sequence[Window], sought: Sought) -> bool:
    value = value_of(aspect, "other")
    if value != sought.value:
        return False
    known = sought.question.known
    return any(support(aspect, value, window, values_in(value, window.text, known)) > SAID for window in about)
