"""What the sources say beside the answer: other values for the same thing, and older ones of what changes.

Values are of the same thing when they are of the same aspect and company, and of the same round or the same time. A
newer value of what changes is no conflict with an older one: the older is history. Two values of one origin are one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.claimed import gap_between
from rag.answering.claims import Claim, Disagreement, Earlier, Quote, Value
from rag.answering.dated import Dated, dated_values
from rag.answering.equivalent import same_value
from rag.answering.evidence import typed_values, values_in
from rag.answering.focus import IN_TITLE, NEARBY
from rag.answering.scoring import EXPECTED, Scored, in_time
from rag.answering.sought import Sought
from rag.answering.windows import Window
from rag.checking.quantities import quantities
from rag.dates import first_day, last_day
from rag.rounds import ROUND, round_key

# How surely a window must say the aspect, and how far behind the best it may be, for its value to count against it.
SAID, SAID_WHERE_TOLD, BEHIND = 0.5, 0.3, 0.7
# Characters by which a further value may be farther from the words of the aspect.
CLOSE = 12
# Two undated values of articles this many days apart may be of the same time; an older one is older by as many.
SAME_TIME = 31
MOST_EARLIER, MOST_VALUES = 3, 4
_DISAGREE = re.compile(
    r"\b(?:disagree\w*|differ(?:s|ed|ing)?|contradict\w*|conflict\w*|at odds"
    r"|two (?:versions|accounts|figures|sums|dates)"
    r"|(?:one|another|other|others|some) (?:accounts?|outlets?|papers?|sources?|reports?|newspapers?)"
    r"|by (?:one|another)|others? (?:say|give|put|have|date|carry)|some (?:say|date|give|put)|whereas|both are in print"
    r"|where (?:the )?(?:record|sources|outlets|reports) differ)\b",
    re.IGNORECASE,
)
_PRIMARY = re.compile(
    r"\b(?:announced|disclosed|filing|prospectus|press release|the company (?:says|said)|confirmed)\b", re.IGNORECASE
)
_YEARLY = re.compile(
    r"\b(?:calendar|full[- ]year|for (?:all of )?20\d\d|fiscal|annual revenue|revenue (?:for|of) 20\d\d)\b",
    re.IGNORECASE,
)
# `$200 million at $20 billion`: the first is what was raised.
_PRICED = re.compile(r" at (?:about |over |around |roughly |nearly )?(?:US)?[$€£¥]")
_OF_A_PRICE = re.compile(r"rais|round|series|valu|took in|came in|illion at|invest|worth|money", re.IGNORECASE)
_FOUNDED = re.compile(
    r"found|set up|incorporat|establish|register|dates? (?:the company|it)|came into being", re.IGNORECASE
)
_PREPOSITION = re.compile(r"^(?:to|in|on|of|by|since|until|from|at) ", re.IGNORECASE)
_RATE = re.compile(r"\b(?:annuali[sz]ed|run[- ]?rate|recurring|arr|a month|monthly|mrr)\b", re.IGNORECASE)
_BASIS = re.compile(r"\b(pre|post)[- ]money\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Source:
    """A value, and whether its sentence leaves no doubt that it is the one."""

    value: Dated
    is_sure: bool


def beside(best: Window, fitting: Sequence[Scored], sought: Sought) -> Iterator[Earlier | Disagreement]:
    """The disagreement about the value that the best window gives, and the earlier values, as far as there are any."""
    if not is_comparable(sought):
        return
    sources = _sources(fitting, sought)
    answered = _answered(best, sought)
    if answered is None:
        return
    at_odds = _at_odds(answered, sources, sought)
    if at_odds:
        yield _disagreement(answered, at_odds, sources, sought)
    if in_time(sought):
        told = [answered, *(source.value for source in at_odds)]
        if earlier := _earlier(answered, told, sources):
            yield Earlier(tuple(earlier))


def is_comparable(sought: Sought) -> bool:
    """Whether sources may give different values of what is sought; whose values they are must be sure."""
    is_value = sought.aspect is not None and sought.value in ("amount", "count", "percent", "date")
    return is_value and len(sought.wanted.companies or sought.question.names) == 1


def _sources(fitting: Sequence[Scored], sought: Sought) -> list[_Source]:
    """The values of single sentences and rows that are surely of the aspect, the company and the round, best first."""
    best = max((one.features.total for one in fitting), default=0.0)
    found = []
    for one in sorted(fitting, key=lambda one: -one.features.total):
        features = one.features
        needed = SAID_WHERE_TOLD if _DISAGREE.search(one.window.text) else SAID
        about_it = min(features.companies, 1.0 if sought.wanted.companies else features.names) >= IN_TITLE
        sure = about_it and features.said >= needed and features.round >= NEARBY
        if one.window.sentences > 1 or not sure or features.total < best - BEHIND:
            continue
        values = _values(one.window, sought)
        distinct = [v for at, v in enumerate(values) if not any(_same(v, other) for other in values[:at])]
        is_sure = len({v.stated for v in distinct}) == len(distinct)
        if not is_sure and not _DISAGREE.search(_around(one.window)):
            continue  # two values of one day in one sentence: which is meant?
        found += [_Source(value, is_sure) for value in values if not value.overtaken]
    return found


def _values(window: Window, sought: Sought) -> tuple[Dated, ...]:
    """The values that are surely the aspect's: in a sentence those nearest to its words."""
    aspect = sought.aspect
    assert aspect is not None
    if sought.value == "date":
        if aspect.name == "founding date" and not _FOUNDED.search(window.text):
            return ()
        spans = typed_values(aspect, "date", window, values_in("date", window.text, sought.question.known))
        by_span = {(q.start, q.end): q for q in quantities(window.text)}
        published = window.passage.published or ""
        return tuple(Dated(window, span, by_span[span], published, own=False, overtaken=False) for span in spans)
    values = [value for value in dated_values(window, sought) if value.quantity is not None]
    if window.header:
        return tuple(values)
    if aspect.name == "valuation":
        is_price = _OF_A_PRICE.search(window.text) is not None
        values = [v for v in values if is_price and not _PRICED.match(window.text, v.span[1])]
    said = [match.span() for match in aspect.said.finditer(window.text)]
    gaps = [min((gap_between(value.span, one, window.text) for one in said), default=0) for value in values]
    nearest = min(gaps, default=0)
    told = _DISAGREE.search(window.text) is not None
    return tuple(v for v, gap in zip(values, gaps, strict=True) if told or v.own or gap <= nearest + CLOSE)


def _answered(best: Window, sought: Sought) -> Dated | None:
    """The value that answers: of what changes the newest that the question reaches, else the first."""
    period = sought.question.period
    values = [value for value in _values(best, sought) if not value.overtaken]
    if in_time(sought):
        reached = [v for v in values if v.day and not (period and last_day(v.stated) > period.last and v.own)]
        return max(reached, key=lambda value: value.day or last_day("0001"), default=next(iter(values), None))
    return next(iter(values), None)


def _same(one: Dated, other: Dated) -> bool:
    assert one.quantity is not None
    assert other.quantity is not None
    return same_value(one.quantity, other.quantity, one.window.text, other.window.text)


def _at_odds(answered: Dated, sources: Sequence[_Source], sought: Sought) -> list[_Source]:
    """The first source of each other value for the same thing."""
    found: list[_Source] = []
    for source in sources:
        value = source.value
        if _same(value, answered) or any(_same(value, other.value) for other in found):
            continue
        if _same_thing(value, answered, sought) and len(found) < MOST_VALUES - 1:
            found.append(source)
    return found


def _same_thing(value: Dated, answered: Dated, sought: Sought) -> bool:
    """Whether two values are of one thing: their round, their time and their basis."""
    told = bool(_DISAGREE.search(_around(value.window)) or _DISAGREE.search(_around(answered.window)))
    same_article = value.window.passage.article_id == answered.window.passage.article_id
    if same_article and not told:
        return False
    if same_article and value.window.overlaps(answered.window) and not _DISAGREE.search(value.window.text):
        return False  # a sentence gives its second value for something else, unless it says otherwise
    if _basis(value) and _basis(answered) and _basis(value) != _basis(answered):
        return False
    expected = [EXPECTED.search(one.window.text) is not None for one in (value, answered)]
    if expected[0] != expected[1]:
        return False
    if sought.value == "date":
        both = all(_DISAGREE.search(_around(one.window)) for one in (value, answered))
        return both or (sought.aspect is not None and sought.aspect.name == "founding date")
    if in_time(sought):
        return _same_time(value, answered, told=told) and _kind_of_year(value) == _kind_of_year(answered)
    if sought.wanted.rounds:
        return True
    rounds = [frozenset(map(round_key, ROUND.findall(one.window.text))) for one in (value, answered)]
    if rounds[0] and rounds[1]:
        return bool(rounds[0] & rounds[1])
    return told and _same_time(value, answered, told=told)


def _same_time(value: Dated, answered: Dated, *, told: bool) -> bool:
    if value.own and answered.own:
        if _kind_of_year(value) == "year":
            return value.stated[:4] == answered.stated[:4]
        shorter = min(len(value.stated), len(answered.stated), 7)
        if shorter == 4 and len(value.stated) != len(answered.stated):
            return False  # a year and one of its months
        return value.stated[:shorter] == answered.stated[:shorter]
    if not value.day or not answered.day or value.own != answered.own:
        return told and value.day is not None and answered.day is not None and _apart(value, answered) <= SAME_TIME
    return _apart(value, answered) <= SAME_TIME


def _apart(one: Dated, other: Dated) -> int:
    return abs((one.day - other.day).days) if one.day and other.day else 10**6


def _around(window: Window) -> str:
    """What a window says and what stands around it in its section."""
    passage = window.passage
    return f"{window.above}\n{window.before}\n{window.text}\n{passage.text[window.last : window.last + 160]}"


def _basis(value: Dated) -> str:
    stated = _BASIS.search(value.window.text)
    return stated[1].casefold() if stated else ""


def _kind_of_year(value: Dated) -> str:
    """What revenue is of: a calendar year, or a rate."""
    text = value.window.text
    if _YEARLY.search(text):
        return "year"
    if _RATE.search(text):
        return "rate"
    return "year" if value.own and len(value.stated) == 4 else ""


def _disagreement(
    answered: Dated, at_odds: Sequence[_Source], sources: Sequence[_Source], sought: Sought
) -> Disagreement:
    """Each value with its best source, that of the answer first, and why that one is preferred."""
    values = [answered, *(source.value for source in at_odds)]
    origins = [_origins(value, sources) for value in values]
    named = " and ".join(sought.wanted.companies or sought.question.names)
    assert sought.aspect is not None
    about = f"{sought.aspect.name} of {named}" if named else sought.aspect.name
    told = tuple(replace(_told(value), origins=count) for value, count in zip(values, origins, strict=True))
    return Disagreement(about, told, _why(values, origins))


def _origins(value: Dated, sources: Sequence[_Source]) -> int:
    """How many articles give a value; the retriever has told copies of one apart already."""
    return len(
        {
            value.window.passage.article_id,
            *(s.value.window.passage.article_id for s in sources if _same(s.value, value)),
        }
    )


def _why(values: Sequence[Dated], origins: Sequence[int]) -> str:
    """Why the first of the values is the one that is given."""
    published = [value.window.passage.published or "" for value in values]
    if origins[0] > max(origins[1:]):
        return "more sources give it"
    primary = [_PRIMARY.search(value.window.text) is not None for value in values]
    if primary[0] and not any(primary[1:]):
        return "its source says who announced it"
    if published[0] > max(published[1:]):
        return "its source is the newest"
    exact = [len(value.quantity.value.strip("0")) if value.quantity else 0 for value in values]
    if exact[0] > max(exact[1:]):
        return "it is the most precise"
    return "its source fits the question best"


def _earlier(answered: Dated, told: Sequence[Dated], sources: Sequence[_Source]) -> list[Value]:
    """Older values that their own sentence or row dates, the newest first, one for each time."""
    found: list[Dated] = []
    sure = (source.value for source in sources if source.is_sure)
    older = [value for value in sure if value.own and value.day and not EXPECTED.search(value.window.text)]
    for value in sorted(older, key=lambda value: value.stated, reverse=True):
        before = answered.stated and last_day(value.stated) < first_day(answered.stated)
        again = any(_same(value, other) or value.stated == other.stated for other in (*found, *told))
        if before and not again:
            found.append(value)
    return [_told(value) for value in found[:MOST_EARLIER]]


def _told(value: Dated) -> Value:
    window = value.window
    quote = Quote(window.passage.article_id, window.start, window.end, window.text)
    written = _PREPOSITION.sub("", value.text)
    return Value(written, Claim(window.readable, quotes=(quote,)), value.stated if value.own else "", 1)
