"""`And Acme?`, `and in 2024?`, `the same for the Series B`: the last question, asked of something else of a kind."""

import re
from collections.abc import Sequence
from datetime import date

from rag.asked_names import names_in
from rag.conversation import Focus, models_in
from rag.names import Names
from rag.periods import earlier_or_later, periods_in
from rag.rounds import SPOKEN_ROUND

ASKS = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|did|does|do|has|have|had|can|could|will|would"
    r"|name|list|tell|give|show)\b",
    re.IGNORECASE,
)
NOW = re.compile(r"\b(?:now|today|currently|current|latest|these days)\b", re.IGNORECASE)
_SMALL_BEFORE = re.compile(r"^(?:(?:in|for|at|by|as of|on|of|with|the|its|their) )+", re.IGNORECASE)
_BEFORE_PERIOD = re.compile(r"\b(?:in|at|on|by|as of|during|since) (?:the )?$", re.IGNORECASE)


def asked_of_another(bare: str, focus: Focus, known: Names, today: date, *, is_sure: bool) -> str:
    """The last question asked of another company, round, model or day; empty where the words are no such thing.

    `is_sure`: words like `what about` stood before them, so that they are no question of their own.
    """
    shift = earlier_or_later(bare, focus.period)
    if shift and not shift.rest.removeprefix("the").strip(" ?.!,"):
        return _put(focus.question, "period", shift.written, known, today)
    if shift or not bare or (ASKS.search(bare) and not is_sure):
        return ""
    kind, thing = _thing(bare, known, today)
    return _put(focus.question, kind, thing, known, today) if kind else ""


def _thing(bare: str, known: Names, today: date) -> tuple[str, str]:
    """What kind of thing words name and nothing else, and how they name it; two empty texts for anything else."""
    named = _SMALL_BEFORE.sub("", bare)
    if NOW.fullmatch(named):
        return "period", named
    if (periods := periods_in(bare, today)) and _is_all(bare, periods[0].start, periods[0].end):
        return "period", bare
    if (stage := SPOKEN_ROUND.search(named)) and _is_all(named, *stage.span()):
        return "round", stage.group()
    owner = re.sub(r"[’']s$", "", named)
    if models := models_in(owner, known):
        at = owner.find(models[0])
        if _is_all(owner, at, at + len(models[0])):
            return "model", models[0]
    spans = known.company_names_in(owner)
    is_company = spans and _is_all(owner, spans[0][0], spans[-1][1])
    is_unknown_name = owner[:1].isupper() and len(owner.split()) <= 3 and names_in(f"what {owner}", known) == (owner,)
    return ("company", owner) if is_company or is_unknown_name else ("", "")


def _is_all(text: str, start: int, end: int) -> bool:
    """Whether nothing but small words stands around a stretch."""
    left = f"{text[:start]} {text[end:]}"
    return not re.sub(r"\b(?:in|for|at|by|as|of|on|the|its|their|round|early|late|end|mid|one|with)\b|[^\w]", "", left)


def _put(question: str, kind: str, new: str, known: Names, today: date) -> str:
    """The question with another thing of a kind in the place of its own; behind it where it has none."""
    plain = question.rstrip(" ?.!")
    if kind == "period" and re.match(r"\d|[A-Z]", new):
        new = f"in {new}"
    spans = _spans_of(question, kind, known, today)
    if not spans:
        return f"{plain} {new}?" if kind == "period" else f"{plain} ({new})?"
    start, end = spans[0]
    return f"{plain[:start]}{new}{plain[end:]}?"


def _spans_of(question: str, kind: str, known: Names, today: date) -> list[tuple[int, int]]:
    """Where the question has things of a kind; a period with the word before it: `in March 2025`."""
    if kind == "period":
        periods = [(period.start, period.end) for period in periods_in(question, today)]
        before = [_BEFORE_PERIOD.search(question[:start]) for start, _ in periods]
        return [(at.start() if at else start, end) for at, (start, end) in zip(before, periods, strict=True)]
    if kind == "round":
        return [match.span() for match in SPOKEN_ROUND.finditer(question)]
    if kind == "model":
        return _occurring(models_in(question, known), question)
    if spans := [(start, end) for start, end, _ in known.company_names_in(question)]:
        return spans
    return _occurring([name for name in names_in(question, known) if not SPOKEN_ROUND.fullmatch(name)][:1], question)


def _occurring(names: Sequence[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for name in names for match in re.finditer(re.escape(name), text)]
