"""Whether a text holds the kind of thing that is asked for, and how near the words that say what it is."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from rag.answering.aspects import Aspect, Value
from rag.answering.claimed import FAR, gap_between, heads_another, is_claimed
from rag.answering.windows import Span, Window
from rag.checking.number_patterns import MONTH_NAMES
from rag.checking.quantities import Quantity, quantities
from rag.indexes.lexical import terms
from rag.names import Names
from rag.names.occurrences import occurrences
from rag.question import Kind

_TITLE = re.compile(r"c[a-z]o$|chief|chair|president|head of|director", re.IGNORECASE)
# `stepped down as chief executive`: no longer.
_GIVEN_UP = re.compile(
    r"\b(?:former(?:ly)?|ex|previous(?:ly)?|outgoing|(?:stepped|steps|stepping) (?:down|back)(?: \w+)? as"
    r"|resign\w* as|left as|until .{0,20} (?:was|had been))[\s-](?:its |the |their |interim )?$",
    re.IGNORECASE,
)
# Words that take up what the text spoke of before.
_TAKEN_UP = re.compile(r"\b(?:figure|number|measure|pace|sum|amount|mark|count|total|it)\b", re.IGNORECASE)

# `MPT-7B`, `Apache-2.0`.
_VERSION = re.compile(r"-\d|\d\.\d")

# `sixty times that run-rate` says how much something else is.
_MULTIPLE = re.compile(r"\btimes (?:[\w-]+ ){0,2}$", re.IGNORECASE)

# `in six months` counts nothing that is asked of a company.
_LASTING = re.compile(
    r"[\s-](?:more )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|quarters?|decades?)\b", re.IGNORECASE
)

# The value that a question without a known aspect wants.
_WANTED: dict[Kind, Value] = {"amount": "amount", "person": "name", "date": "date", "number": "count", "other": "any"}

_CAPITAL = r"(?:[A-ZÀ-ÖØ-Þ][\w’'.&-]*\w|[A-Z]|x[A-Z]\w+|a16z)"
_NAME = re.compile(rf"{_CAPITAL}(?: (?:(?:de|van|von|der|la|le|du|of|and the|&) )?{_CAPITAL})*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:|•–—-]\s+|\n)[^\w]*$")
# The first word of a sentence names somebody when it is said to do something, or when another name follows.
_ACTS = re.compile(
    r"(?:[’']s)? (?:(?:co-)?led|has|was|is|also|anchored|invested|and [A-Z]|joined|headed|followed|agreed|bought"
    r"|founded|became)|, [A-Z]| \|"
)
# Capitalised words that name nobody.
_NOBODY = frozenset(map(str.casefold, MONTH_NAMES)) | frozenset(
    "monday tuesday "
    "wednesday thursday friday saturday sunday series seed round ceo cto cfo coo ceos api apis ai llm llms "
    "ipo arr us usa uk eu europe european american french german british chinese japanese chief officer "
    "executive scientist product the a an in on at this that these those it its he she they we our other "
    "others notably another after before since until while when where what who both some several most many "
    "all no one two three four five six seven eight nine ten first second third last next there here then "
    "now today also and but or if as by for from with over under about more less total founded former how "
    "why which according during between under state-of-the-art interim chairman president".split()
)


def value_of(aspect: Aspect | None, kind: Kind) -> Value:
    """What kind of value answers a question."""
    if aspect is None or aspect.value == "asked":
        return _WANTED[kind]
    return aspect.value


@lru_cache(maxsize=8192)
def values_in(value: Value, text: str, names: Names, known: frozenset[str] = frozenset()) -> tuple[Span, ...]:
    """Where a text holds values of a kind. Names that the question gave (`known`, as terms) answer nothing."""
    if value in ("name", "person"):
        spans = list(_names(text, known))
        if value == "person":
            spans = [_after_owner(span, text) for span in spans]
        return tuple(span for span in spans if value == "name" or not names.companies_in(text[slice(*span)]))
    if value == "model":
        return tuple(_models(text, names))
    wanted = {"amount": "amount", "date": "date", "percent": "percent", "count": "number"}.get(value)
    return tuple((q.start, q.end) for q in quantities(text) if q.kind == wanted and not _counts_nothing(q, text))


def in_currency(unit: str, spans: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Those of the spans that are amounts in a currency."""
    return tuple((q.start, q.end) for q in quantities(text) if q.unit == unit and (q.start, q.end) in spans)


def _models(text: str, names: Names) -> Iterator[Span]:
    """Models that the table has, and names with a number behind."""
    known = [(o.start, o.end) for o in occurrences(text, names) if {"model", "family"} & {e.kind for e in o.entries}]
    versions = [(q.start, q.end) for q in quantities(text) if q.kind == "name" and text[q.start].isupper()]
    for span in (*known, *versions):
        if any(map(str.isdigit, text[slice(*span)])):
            yield span


def _after_owner(span: Span, text: str) -> Span:
    """`Arthur Mensch` in `Mistral’s CEO Arthur Mensch`."""
    owner = re.match(r".*[’']s (?=\S)", text[slice(*span)])
    return (span[0] + owner.end(), span[1]) if owner else span


def _counts_nothing(q: Quantity, text: str) -> bool:
    """Ordinals, `one of them`, and digits that end a name (`R1-0528`)."""
    if q.kind != "number":
        return False
    return q.unit == "ordinal" or text[q.start : q.end].lower() in ("one", "two") or text[q.start - 1 : q.start] == "-"


def support(
    aspect: Aspect, value: Value, window: Window, values: tuple[Span, ...], mine: Collection[str] = ()
) -> float:
    """How well the window says the aspect of a value: from 1, side by side, down to 0.2; 0 when it does not.

    In a table the header of the value's own column or the row's first cell says it. `mine` are the words of the company
    asked about: `CEO of Alan` is another's.
    """
    if window.header and value != "any":
        return _in_table(aspect, value, window, values)
    said = _said(aspect, value, window, mine)
    if value == "any":
        return (0.9 if said[0][0] <= FAR else 0.7) if said else 0.3 if aspect.said.search(window.header) else 0.0
    values = typed_values(aspect, value, window, values, mine)
    if not values:
        return 0.0
    if said:
        gap = min(gap_between(one, other, window.text) for one in said for other in values)
        if value in ("count", "percent") and gap > FAR:
            return 0.0
        return max(0.5, 1 - gap / (2 * FAR))
    taken_up = any(
        gap_between(match.span(), span, window.text) <= FAR
        for match in _TAKEN_UP.finditer(window.text)
        for span in values
    )
    near = window.near if taken_up or value not in ("count", "percent") else f"{window.above}\n{window.header}"
    if aspect.said.search(near):
        return 0.3
    if value in ("count", "percent", "person"):
        return 0.0  # a number or person belongs to what its own sentence or the one before says
    earlier = window.passage.text[: window.first]
    return 0.2 if taken_up and aspect.said.search(earlier) else 0.0


def typed_values(
    aspect: Aspect, value: Value, window: Window, values: tuple[Span, ...], mine: Collection[str] = ()
) -> tuple[Span, ...]:
    """Those of the values that may be the aspect's: in a table the cells it names, else those that no other claims."""
    if window.header and value != "any":
        best = max((worth for _, worth in _cells(aspect, value, window, values)), default=0.0)
        return tuple(span for span, worth in _cells(aspect, value, window, values) if worth == best)
    said = _said(aspect, value, window, mine)
    return tuple(
        span
        for span in values
        if not is_claimed(aspect, value, span, said, window.text)
        and not (value == "count" and _LASTING.match(window.text, span[1]))
    )


def _said(aspect: Aspect, value: Value, window: Window, mine: Collection[str]) -> list[Span]:
    """Where the window says the aspect, of the company asked about."""
    return [
        match.span()
        for match in aspect.said.finditer(window.text)
        if not (
            value == "person"
            and aspect.name != "founders"
            and (_GIVEN_UP.search(window.text[: match.start()]) or (mine and _anothers(match, mine)))
        )
        and not (value == "amount" and _MULTIPLE.search(window.text[: match.start()]))
    ]


def is_model(name: str, known: Names) -> bool:
    """Whether a name is a version of something (`MPT-7B`, `Apache-2.0`) or a known model or product, and no company."""
    if _VERSION.search(name):
        return True
    kinds = {entry.kind for named in occurrences(name, known) for entry in named.entries}
    return "company" not in kinds and not kinds.isdisjoint(("model", "family", "product"))


def people(spans: Sequence[Span], window: Window) -> tuple[Span, ...]:
    """The names that may be people's: two words, a word with a title, or the end of a longer name in the passage."""
    return tuple(span for span in spans if _is_person(window.text[slice(*span)], window.passage.text))


def _is_person(name: str, passage: str) -> bool:
    words = [word.strip(".,") for word in name.split()]
    own = [word for word in words if word.casefold() not in _NOBODY]
    if len(own) != 1:
        return all(not any(map(str.isdigit, word)) for word in own)
    longer = rf"(?<![.!?:|•] )(?<!^)(?-i:[A-ZÀ-Þ][\w’-]+) {re.escape(own[0])}(?!\w)"
    return any(map(_TITLE.search, set(words) - set(own))) or re.search(longer, passage) is not None


def _in_table(aspect: Aspect, value: Value, window: Window, values: tuple[Span, ...]) -> float:
    return max((worth for _, worth in _cells(aspect, value, window, values)), default=0.0)


def _cells(aspect: Aspect, value: Value, window: Window, values: tuple[Span, ...]) -> Iterator[tuple[Span, float]]:
    """The values in cells that are said to hold the aspect: by their column, their row, or the heading above."""
    cells, at = [], 0
    for cell in window.text.strip("|").split("|"):
        cells.append((at + 1, at + 1 + len(cell)))
        at += len(cell) + 1
    columns = window.header.strip("|").split("|")
    names_it = aspect.said.search(window.above) is not None
    for number, (start, end) in enumerate(cells):
        column = columns[number] if number < len(columns) else ""
        others = [window.text[slice(*cell)] for other, cell in enumerate(cells) if other != number]
        claimed = heads_another(aspect, value, column)
        for span in values:
            if not (start - 1 <= span[0] and span[1] <= end + 1):
                continue
            if aspect.said.search(column) or (number and aspect.said.search(others[0])):
                yield span, 0.9
            elif not claimed and any(map(aspect.said.search, (*others, window.text[start:end]))):
                yield span, 0.8
            elif names_it and not claimed:
                yield span, 0.5


def _anothers(title: "re.Match[str]", mine: Collection[str]) -> bool:
    """`CEO of Alan`, `former Google CEO`: a title in another company than the one asked about."""
    if not _TITLE.match(title.group()):
        return False
    before, after = title.string[: title.start()], title.string[title.end() :]
    holder = re.match(r" (?:of|at) (?:the )?([A-Z]\w+)", after) or re.search(
        r"\b([A-Z]\w+)(?:[’']s)? (?:interim )?$", before
    )
    return bool(
        holder
        and not set(terms(holder[1])) & set(mine)
        and not re.match(r"[A-Z]{2,}$|Interim|Acting|The|Its", holder[1])
    )


def _names(text: str, known: frozenset[str]) -> Iterator[Span]:
    for match in _NAME.finditer(text):
        words = match.group().split()
        plain = len(words) == 1 and words[0].isalpha() and words[0][1:].islower()
        if plain and _SENTENCE_START.search(text[: match.start()][-6:]) and not _ACTS.match(text, match.end()):
            continue  # the first word of a sentence is capitalised anyway
        new = [word for word in words if word.casefold().strip(".’'") not in _NOBODY]
        if new and not frozenset(terms(" ".join(new))) <= known:
            yield match.span()
