"""A question that leans on the conversation before it, worded so that it stands alone. Rules, no language model.

`and the Series B?` asks the last question of another round, `who led it?` of what was last named: in the questions
first, in the answers where they bring something new. What stands alone stays as it is.
"""

import re
from collections.abc import Sequence
from datetime import date

from rag.asked_names import names_in
from rag.conversation import Focus, Turn, focus_of, people_in
from rag.descriptions import FIRM
from rag.ellipses import ASKS, NOW, asked_of_another
from rag.names import Names
from rag.periods import earlier_or_later, periods_in
from rag.rounds import SPOKEN_ROUND

_LEAD = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|then|or|also|plus|thanks?(?: you)?|right|great)[,.!]* )+(?=\S)", re.IGNORECASE
)
_ABOUT = re.compile(
    r"^(?:(?:what|how) about|(?:and )?(?:the )?same (?:question |thing )?(?:for|with|of|in|about)|for) ", re.IGNORECASE
)
_WH = (
    r"(?:since |until |by |at |in |on |for |from |to |with )?"
    r"(?:who|whom|when|where|why|how(?: (?:much|many|come))?|what|which one)"
)
_ONLY_ASKS = re.compile(rf"^{_WH}(?: (?:was|is) (?:it|that))?\W*$", re.IGNORECASE)
_FIRST_ASKS = re.compile(rf"^{_WH}\b", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?P<owner>his|her(?= \w)(?! (?:at|in|to|for)\b))\b|\b(?:he|she|him|her)\b"
    r"|\b(?:that|this|the same) (?:man|woman|person|founder|executive)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\bthe two of them\b|\bboth of them\b|\b(?:these|those) (?:two|three|people|founders)\b"
    r"|\b(?:they|them)\b(?=.*\b(?:work|study|studied|worked|meet|met|old|from|left|leave|join|joined|before|born)\b)",
    re.IGNORECASE,
)
_OTHER_COMPANY = re.compile(rf"\b(?:that|this|the) (?:other|second|acquired|older|newer) {FIRM}\b", re.IGNORECASE)
_COMPANY = re.compile(
    rf"\b(?P<owner>its|their)\b|\b(?:it|they|them|this one|that one|(?:the|this|that) {FIRM})\b(?P<of>[’']s)?"
    r"|\bthat(?= (?:exist|company)|\W*$)",
    re.IGNORECASE,
)
_THERE = re.compile(r"\bthere(?! (?:is|are|was|were|been)\b)", re.IGNORECASE)
_THAT_ROUND = re.compile(r"\b(?:that|this|the|the same) (?:funding |financing )?(?:round|deal|raise|financing)\b", re.I)
_THEN = re.compile(
    r"\b(?:then|back then|at (?:the|that) time|(?:in|at|on) (?:the same|that)"
    r" (?:year|month|day|moment|point|quarter))\b",
    re.IGNORECASE,
)
# What is said of a round as well as of a company; what is asked of the present is not said of a round.
_OF_A_ROUND = re.compile(
    r"\b(?:led|lead|leads|investors?|invested|backed|backers?|took part|participat\w+|joined|valuation|valued|worth"
    r"|how much|how big|how large|amount|size|raised?|when|date|clos(?:e|ed)|announced|post-money|terms"
    r"|anyone else|who else|why)\b",
    re.IGNORECASE,
)
_PLACED_AFTER = re.compile(
    r"\b(?:into|in|of|for|from|with|by|about|to|at|behind|on) (?:it|them|him|her)\W*$", re.IGNORECASE
)
_WANTS_COMPANY = re.compile(
    rf"\b(?:which|what) (?:\w+ ){{0,2}}{FIRM}\b|\b(?:which|what) (?:\w+ ){{0,3}}(?:rival|competitor|editor|supplier)\b"
    r"|\b(?:who|whom|what) (?:did|has|does) .{1,40} (?:buy|bought|acquired?|take over)\b",
    re.IGNORECASE,
)
_WHO_IS = re.compile(r"^\W*who(?: is|[’']s| was| are| were) (?P<role>(?:the|its) .{3,80}?)\W*$", re.IGNORECASE)


# Words of a question that may be nothing but another thing to ask the last question of.
SHORT = 4
# `Who founded Acme?` asked by `when?` is `When was Acme founded?`.
_WHO_DID = re.compile(r"^\W*who (?P<did>\w+ed|led|bought|built|sold|made|won|put) (?P<what>.+?)\W*$", re.IGNORECASE)


def stand_alone(wording: str, history: Sequence[Turn], known: Names, today: date) -> str:
    """The question with what it leaves to the conversation; unchanged where it leaves nothing."""
    past: list[Turn] = []
    for turn in history:
        past.append(Turn(_resolved(turn.question, past, known, today), turn.answer))
    return _resolved(wording, past, known, today)


def _resolved(wording: str, past: Sequence[Turn], known: Names, today: date) -> str:
    if not past:
        return wording
    pieces = re.split(r"(?<=\?) +(?=\S)", wording)
    if len(pieces) > 1:  # `And Acme? Since when does that exist?`
        found: list[str] = []
        for piece in pieces:
            found.append(_resolved(piece, [*past, *(Turn(one, "") for one in found)], known, today))
        return " ".join(found)
    focus = focus_of(past, known, today)
    led = _LEAD.search(wording)
    plain = wording[led.end() :] if led else wording
    about = _ABOUT.match(plain)
    rest = (plain[about.end() :] if about else plain).strip(" ?.!,")
    if about or led or len(plain.split()) <= SHORT:
        if asked := asked_of_another(rest, focus, known, today, is_sure=about is not None):
            return asked
        if focus.subject and not ASKS.search(rest) and not known.companies_asked(rest):  # `and the valuation?`
            return _with_subject(rest, focus, today)
    if not focus.subject and not focus.people:
        return wording
    if _ONLY_ASKS.match(plain):
        return _asked_by(plain, focus)
    return _with_references(wording if not led else plain, focus, known, today)


def _asked_by(wording: str, focus: Focus) -> str:
    """`and when?`: the last question with another question word."""
    word = re.sub(r" (?:was|is) (?:it|that)$", "", wording.strip(" ?.!"), flags=re.IGNORECASE)
    if not re.match(r"who|whom|what|which", word, re.IGNORECASE) and (did := _WHO_DID.match(focus.question)):
        return f"{word[:1].upper()}{word[1:]} was {did['what']} {did['did']}?"
    left = _FIRST_ASKS.sub("", focus.question.strip(" ?.!")).strip()
    return f"{word[:1].upper()}{word[1:]} {left}?" if left else f"{word} ({focus.subject})?"


def _with_references(wording: str, focus: Focus, known: Names, today: date) -> str:
    """The question with names in the place of pronouns; with its subject behind it where it names nothing at all."""
    companies = [start for start, _, _ in known.company_names_in(wording)]
    found = wording
    if match := _OTHER_COMPANY.search(found):
        other = next(iter(focus.brought_in), "")
        found = f"{found[: match.start()]}{other}{found[match.end() :]}" if other else found
        return _with_day(found, focus)
    if shift := earlier_or_later(found, focus.period):
        found = f"{shift.rest.rstrip(' ?.!')} in {shift.written}?"
    found = _with_people(found, focus, known)
    it = focus.subject
    if (
        _WANTS_COMPANY.search(focus.question)
        and focus.brought_in
        and re.search(rf"\b(?:that|this) {FIRM}\b", found, re.I)
    ):
        it = focus.brought_in[0]
    if match := _THAT_ROUND.search(found):
        if (stages := focus.rounds or focus.told_rounds) and not SPOKEN_ROUND.search(found):
            stage = re.sub(r" rounds?$", "", stages[0])
            company = "" if companies else f"{_owned(focus.companies[0])} " if focus.companies else ""
            found = f"{found[: match.start()]}{company}{stage} round{found[match.end() :]}"
    elif it:
        found = _with_it(found, it, companies[0] if companies else None)
        if match := _THERE.search(found):
            found = f"{found[: match.start()]}at {it}{found[match.end() :]}" if not companies else found
    found = _with_day(found, focus)
    if found == wording and not names_in(found, known) and not known.companies_asked(found) and not _is_general(found):
        return _with_subject(found, focus, today)
    if found != wording:
        return _with_rest(found, wording, focus, known)
    if not known.companies_asked(found) and not _things(found, known) and not _is_general(found):
        return _with_subject(found, focus, today)
    return found


def _with_people(wording: str, focus: Focus, known: Names) -> str:
    people = people_in(wording, known)
    if focus.people and (match := _PEOPLE.search(wording)) and len(focus.people) > 1:
        two = "two" in match.group()
        return f"{wording[: match.start()]}{' and '.join(focus.people[: 2 if two else 3])}{wording[match.end() :]}"
    if people or not (match := _PERSON.search(wording)):
        return wording
    role = _WHO_IS.match(focus.question)
    person = focus.people[0] if focus.people else role["role"] if role else ""
    if not person:
        return wording
    written = _owned(person) if match["owner"] else person
    return f"{wording[: match.start()]}{written}{wording[match.end() :]}"


def _with_it(wording: str, subject: str, company_at: int | None) -> str:
    """The first `it`, `its` or `the company` is named; not where a company stands before it that it may mean."""
    match = _COMPANY.search(wording)
    if not match:
        return wording
    if company_at is not None and company_at < match.start() and not _PLACED_AFTER.search(wording):
        return wording
    written = _owned(subject) if match["owner"] or match["of"] else subject
    return f"{wording[: match.start()]}{written}{wording[match.end() :]}"


def _with_day(wording: str, focus: Focus) -> str:
    if not focus.written or not (match := _THEN.search(wording)):
        return wording
    return f"{wording[: match.start()]}in {focus.written}{wording[match.end() :]}"


def _with_rest(found: str, wording: str, focus: Focus, known: Names) -> str:
    """Behind what was resolved, the round it speaks of, and the company where only a person or a day was named."""
    extra = []
    if focus.rounds and _OF_A_ROUND.search(wording) and not _has_its_time(found):
        extra.append(focus.rounds[0])
    if (
        not known.companies_asked(found)
        and not people_in(found, known)
        and focus.companies
        and not _things(found, known)
    ):
        extra.insert(0, focus.companies[0])
    if (
        _WANTS_COMPANY.search(focus.question)
        and focus.brought_in
        and re.search(r"\b(?:pay|paid|cost|price)\b", wording)
    ):
        extra.append(focus.brought_in[0])
    return f"{found.rstrip(' ?.!')} ({', '.join(extra)})?" if extra else found


def _has_its_time(wording: str) -> bool:
    """Whether it names a round or a day, so that the round spoken of before is not meant."""
    return bool(SPOKEN_ROUND.search(wording) or NOW.search(wording) or periods_in(wording, date.max))


def _with_subject(wording: str, focus: Focus, today: date) -> str:
    """The wording with what it is about in brackets behind it: company or model, round, day."""
    named = [focus.subject]
    if focus.rounds and _OF_A_ROUND.search(wording) and not SPOKEN_ROUND.search(wording) and not NOW.search(wording):
        named.append(focus.rounds[0])
    plain = wording.rstrip(" ?.!")
    asks_of_a_day = focus.period and periods_in(focus.question, today) and not ASKS.search(plain)
    if asks_of_a_day and not periods_in(plain, today) and not NOW.search(plain):
        plain = f"{plain} in {focus.written}"
    return f"{plain} ({', '.join(filter(None, named))})?"


def _things(wording: str, known: Names) -> tuple[str, ...]:
    """What a question names beside rounds."""
    return tuple(name for name in names_in(wording, known) if not SPOKEN_ROUND.fullmatch(name))


def _is_general(wording: str) -> bool:
    """A question about companies in general, which takes nothing up: `Which start-ups are based in London?`."""
    return bool(
        re.search(
            rf"\b(?:which|what|name|list|any|all|how many) (?:\w+ ){{0,3}}(?:{FIRM}|compan(?:y|ie))s\b", wording, re.I
        )
        or re.match(r"\W*(?:name|list)\b", wording, re.IGNORECASE)
    )


def _owned(name: str) -> str:
    return f"{name}’" if name.endswith("s’") else f"{name}'s"
