"""How well a window answers a question: what speaks for it, each from 0 to 1, and what each is worth."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.answering.dated import dated_values
from rag.answering.evidence import in_currency, is_model, people, support, values_in
from rag.answering.focus import in_anothers_column, of_another, on_companies, on_names, on_round
from rag.answering.sought import Sought
from rag.answering.stated import on_amounts, on_dates
from rag.answering.windows import Span, Window
from rag.dates import first_day, last_day


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a window.

    `said`: how surely it speaks of the aspect asked for. `overlap`: the share of the question's other words it holds.
    `companies`, `names`, `described`, `round`: how near those of the question are named. `dates`: whether it speaks of
    the days asked for (below 0: of others). `amounts`: how near those stand that the question states, 0 for in it, down
    to -1. `rank`: its passage's score. `pair`: 1 for two sentences.
    """

    said: float
    overlap: float
    companies: float
    names: float
    described: float
    round: float
    dates: float
    amounts: float
    rank: float
    pair: float
    similarity: float = 0.0

    @property
    def total(self) -> float:
        """The weighted sum, by which windows are compared."""
        return float(sum(getattr(WEIGHTS, name) * getattr(self, name) for name in Features.__slots__))


# Set by hand. On the 200 questions they were developed with (sample corpus and a real newsletter) 96% of the answerable
# ones are answered rightly and all others refused; of 49 new questions about companies not seen before, at first sight,
# 84% of the answerable ones were answered rightly and 89% of the others refused.
WEIGHTS = Features(
    said=0.3,
    overlap=0.3,
    companies=0.4,
    names=0.3,
    described=0.05,
    round=0.3,
    dates=0.2,
    amounts=0.3,
    rank=0.1,
    pair=-0.1,
    similarity=0.5,
)
# Aspects of one company in another: whoever acts in the sentence must be the one who is named.
_OF_INVESTORS = ("investment", "stake")
# For a question without words that an answer should hold.
NO_WORDS = 0.8
# What is asked of the beginning does not change any more.
_THE_FIRST = re.compile(r"\b(?:first|initial(?:ly)?|original(?:ly)?|earliest|oldest)\b", re.IGNORECASE)
WITHIN, LATER = 1.0, -0.6
# Days for which an older value may be thought to hold still, when a month or season is asked about.
HOLDS, YEAR = 270, 365
# What was expected or planned, and what it loses where a later article says what came of it.
EXPECTED = re.compile(
    r"\b(?:will|would|expects?|expected|expectations?|plans?|planned|planning|seeks?|seeking|aims?|in talks|close to"
    r"|near(?:s|ing)?|about to|looking to|hopes?|could|(?-i:may)|might|target(?:s|ed)?|set to|rumou?red)\b",
    re.IGNORECASE,
)
EXPECTED_ONLY = -0.3
# What the newest of comparable windows gains where the thing asked for changes, and how far behind is comparable.
NEWEST = 0.35
COMPARABLE = 0.35


@dataclass(frozen=True, slots=True)
class Scored:
    """A window and how well it supports an answer."""

    window: Window
    features: Features
    gain: float = 0.0

    @property
    def score(self) -> float:
        """Compared with what an answer needs."""
        return self.features.total + self.gain


def features_of(window: Window, sought: Sought) -> Features | None:
    """What can be said without the embedding model; None for a window that cannot answer.

    Where no aspect is asked for, none can: see open_questions.py.
    """
    aspect = sought.aspect
    if window.is_question or aspect is None:
        return None
    values = candidates(window, sought)
    if sought.value != "any" and not values:
        return None
    if sought.rare and not sought.rare & window.passage_words:
        return None
    mine = sought.named if sought.asks_who else frozenset()
    said = support(aspect, sought.value, window, values, mine)
    wanted = sought.wanted
    companies, stage = on_companies(window, wanted), on_round(window, wanted)
    names = on_names(window, wanted.names, wanted.known, is_subject=not wanted.companies)
    if not (said and companies and names and stage):
        return None
    if wanted.names and aspect.name in _OF_INVESTORS and of_another(window, wanted):
        return None
    return Features(
        said=said,
        overlap=overlap(window, sought.words),
        companies=companies,
        names=names,
        described=on_names(window, wanted.described, wanted.known),
        round=stage,
        dates=on_period(window, sought) if in_time(sought) and sought.question.period else on_dates(window, wanted),
        amounts=on_amounts(window, wanted) - 1,
        rank=window.passage.score,
        pair=float(window.sentences > 1),
    )


def candidates(window: Window, sought: Sought) -> tuple[Span, ...]:
    """The values of the kind sought that a window holds: not those of another company's column or currency."""
    given = sought.given if sought.value in ("name", "person") else frozenset()
    values = values_in(sought.value, window.text, sought.question.known, given)
    if window.header:
        values = tuple(span for span in values if not in_anothers_column(window, span[0], sought.wanted))
    if sought.value == "person":
        values = people(values, window)
    if sought.aspect and sought.aspect.value == "name":  # who leads, buys or invests is no model
        values = tuple(span for span in values if not is_model(window.text[slice(*span)], sought.question.known))
    return in_currency(sought.unit, values, window.text) if sought.unit else values


def overlap(window: Window, words: dict[str, float]) -> float:
    """The share of the words, weighted by rarity, that the window holds; half for the words around it."""
    total = sum(words.values())
    if not total:
        return NO_WORDS
    held = sum(weight for word, weight in words.items() if word in window.words)
    near = sum(weight for word, weight in words.items() if word in window.context - window.words)
    return (held + near / 2) / total


def in_time(sought: Sought) -> bool:
    """Whether the thing asked for changes, so that the newest value of the day asked about counts."""
    return (
        sought.aspect is not None
        and sought.aspect.changes
        and not sought.wanted.rounds
        and not _THE_FIRST.search(sought.question.wording)
        and (sought.question.period is not None or not sought.wanted.dates)
    )


def on_period(window: Window, sought: Sought) -> float:
    """1 for a value of the days asked about, 0 for one shortly before, which may hold still, below 0 for others."""
    period = sought.question.period
    assert period is not None
    worths = []
    for value in dated_values(window, sought):
        if not value.stated:
            continue
        first, last = first_day(value.stated), last_day(value.stated)
        if first > period.last:
            worths.append(LATER)
        elif last >= period.first:
            worths.append(WITHIN if value.own else WITHIN / 2)
        else:
            holds = period.days < YEAR / 3 and (period.first - last).days <= HOLDS
            worths.append(0.0 if holds else LATER / 2)
    return max(worths, default=0.0)


def newest_gain(scored: Sequence[Scored], sought: Sought) -> list[Scored]:
    """For what changes over time, the newer of comparable windows gains, as far as the question reaches."""
    if not scored:
        return []
    best = max(s.score for s in scored)
    if not in_time(sought):
        return _without_expectations(scored, best)
    day = {s.window: valid_on(s.window, sought) for s in scored}
    days = sorted({day[s.window] for s in scored if s.score >= best - COMPARABLE})
    gain = {one: NEWEST * at / max(1, len(days) - 1) for at, one in enumerate(days)}
    lost = EXPECTED_ONLY if _is_certain(scored, best) and not EXPECTED.search(sought.question.wording) else 0.0
    return [
        replace(s, gain=gain.get(day[s.window], 0.0) + (lost if EXPECTED.search(s.window.text) else 0.0))
        for s in scored
    ]


def _is_certain(scored: Sequence[Scored], best: float) -> bool:
    """Whether one that is about as good as the best says what is, not what is expected."""
    return any(s.score >= best - COMPARABLE and not EXPECTED.search(s.window.text) for s in scored)


def valid_on(window: Window, sought: Sought) -> date:
    """The day of the newest value that a window states of the thing sought, as far as the question reaches."""
    period = sought.question.period
    days = [
        value.day
        for value in dated_values(window, sought)
        if value.day and not value.overtaken and not (period and first_day(value.stated) > period.last)
    ]
    return max(days, default=date.min)


def _without_expectations(scored: Sequence[Scored], best: float) -> list[Scored]:
    """What was expected loses where a later article, about as good, says what happened."""
    happened = max(
        (
            s.window.passage.published or ""
            for s in scored
            if s.score >= best - COMPARABLE and not EXPECTED.search(s.window.text)
        ),
        default="",
    )
    return [
        replace(s, gain=EXPECTED_ONLY)
        if EXPECTED.search(s.window.text) and (s.window.passage.published or "") < happened
        else s
        for s in scored
    ]
