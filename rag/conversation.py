"""What a conversation is about at its end: the companies, people, models, rounds and day that were last named."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.asked_names import NO_NAMES, names_in
from rag.checking.number_patterns import MONTH_NAMES
from rag.names import Names
from rag.names.occurrences import occurrences
from rag.periods import Period, periods_in
from rag.rounds import SPOKEN_ROUND

_WANTS_PERSON = re.compile(r"\b(?:who|whom|whose)\b", re.IGNORECASE)
_NAME = r"[A-ZÀ-Þ][\w’-]+(?: (?:de|van|von|der|la|le|du|El|Al))?(?: [A-ZÀ-Þ][\w’-]+)"
_PEOPLES_NAMES = re.compile(rf"(?<![\w-]){_NAME}{{1,2}}(?![\w-])")
_NOBODY = re.compile(
    rf"\b(?:Series|Seed|{'|'.join(MONTH_NAMES)}|Capital"
    r"|Ventures|Partners|Fund|Bank|Group|Holdings|Labs?|AI|Inc|University|The|In|At|On|San|New|United|Horowitz|Street)\b"
)
# `Has Voxly lost?`: a sentence begins with a capital anyway.
_BEGINS = re.compile(r"(?:^|[.?!]\s+)\W*$")


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation, and its answer's text."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Focus:
    """What a conversation is about at its end. `question` is the last one, as it was understood.

    `brought_in` are companies that only answers have named, `told_rounds` the round that the last answer named first;
    `period` is the day last spoken of, `written` as it was written.
    """

    question: str
    companies: tuple[str, ...] = ()
    brought_in: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()
    told_rounds: tuple[str, ...] = ()
    period: Period | None = None
    written: str = ""

    @property
    def subject(self) -> str:
        """What `it` is: the model or company that was asked about."""
        return (*self.models, *self.companies, "")[0]


def focus_of(past: Sequence[Turn], known: Names, today: date) -> Focus:
    """What the last turns name; what the last question does not name is taken from the ones before."""
    last = past[-1]
    companies: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    for turn in reversed(past):
        named = known.companies_asked(turn.question)
        if companies and named and not set(named) & set(companies):
            break  # the conversation went on to another company
        companies = companies or named
        asks_who = _WANTS_PERSON.search(turn.question)
        people = people or people_in(turn.question, known) or (people_in(turn.answer, known) if asks_who else ())
    companies = companies or _named_first(last, people, known)
    in_question = periods_in(last.question, today)
    periods = in_question or periods_in(last.answer, today)
    text = last.question if in_question else last.answer
    return Focus(
        question=last.question,
        companies=companies,
        brought_in=_brought_in(past, known),
        people=people or people_in(last.answer, known),
        models=models_in(last.question, known),
        rounds=rounds_in(last.question),
        told_rounds=rounds_in(last.answer)[:1],
        period=periods[-1] if periods else None,
        written=text[periods[-1].start : periods[-1].end] if periods else "",
    )


def _named_first(last: Turn, people: Sequence[str], known: Names) -> tuple[str, ...]:
    """The company an answer names first, or a name in the question that no table knows."""
    if found := known.companies_in(last.answer):
        return found[:1]
    names = names_in(last.question, known)
    return tuple(name for name in names if name not in people and not SPOKEN_ROUND.fullmatch(name))[:1]


def _brought_in(past: Sequence[Turn], known: Names) -> tuple[str, ...]:
    """Companies that no question has named: those of a person who was asked about, and those in the answer."""
    last = past[-1]
    asked = {name for turn in past for name in known.companies_asked(turn.question)}
    owners = [owner for person in people_in(last.question, known) for owner in _companies_of(person, known)]
    owners += [owner for word in re.findall(r"[A-Z][\w’-]+", last.question) for owner in _companies_of(word, known)]
    return tuple(dict.fromkeys(name for name in (*owners, *known.companies_in(last.answer)) if name not in asked))


def rounds_in(text: str) -> tuple[str, ...]:
    """The rounds a text names, once each."""
    return tuple(dict.fromkeys(match.group() for match in SPOKEN_ROUND.finditer(text)))


def models_in(text: str, known: Names) -> tuple[str, ...]:
    """The models and products a text names that are no company's name too."""
    found = (o for o in occurrences(text, known) if {e.kind for e in o.entries} & {"model", "family", "product"})
    return tuple(
        dict.fromkeys(text[o.start : o.end] for o in found if not any(entry.kind == "company" for entry in o.entries))
    )


def people_in(text: str, known: Names) -> tuple[str, ...]:
    """People that the table knows, and pairs of capitalised words that name no company, fund, month or place."""
    found = {
        o.start: text[o.start : o.end] for o in occurrences(text, known) if any(e.kind == "person" for e in o.entries)
    }
    for match in _PEOPLES_NAMES.finditer(text):
        name = match.group()
        is_known = any(start <= match.start() < start + len(one) for start, one in found.items())
        begins = _BEGINS.search(text[: match.start()]) and name.split()[0].casefold() in NO_NAMES
        is_nobody = begins or _NOBODY.search(name) or known.companies_in(name) or models_in(name, known)
        if not is_known and not is_nobody:
            found[match.start()] = name
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def _companies_of(person: str, known: Names) -> tuple[str, ...]:
    """The companies of a person, by the whole name or by a last name that only one person has."""
    plain = person.casefold()
    people = [entry for entry in known.entries if entry.kind == "person"]
    found = [e for e in people if e.name.casefold() == plain]
    if not found:
        found = [e for e in people if e.name.casefold().rpartition(" ")[2] == plain]
    return (
        tuple(company for entry in found for company in entry.companies) if len({e.thing for e in found}) == 1 else ()
    )
