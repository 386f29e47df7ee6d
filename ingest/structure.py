"""What an article's text is made of: sentences, headings, list items, table rows, code, block quotes.

The text is plain Markdown, as extraction writes it: a paragraph, an item or a row is one line, code is indented by four
spaces (or fenced), each line of a quote begins with `>`.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ingest.graphemes import on_boundaries
from rag.sentences import sentence_spans

Kind = Literal["sentence", "heading", "item", "row", "code", "quote"]

HEADING = re.compile(r"(#{1,6}) (.+)")
_ITEM = re.compile(r"\s*(?:[-*•] |\d+[.)] )")
_ROW = re.compile(r"\s*\|")
_RULE = re.compile(r"[\s|:-]+")
_QUOTE = re.compile(r" {0,3}>")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_INDENT = "    "


class Stretch(NamedTuple):
    """What is kept whole where it fits: `text[start:end]`.

    `header` is where the first row of its table stands, for the rows below it. What `leads` speaks of what follows it.
    """

    start: int
    end: int
    kind: Kind
    header: tuple[int, int] | None = None
    leads: bool = False


def stretches(text: str, language: str) -> list[Stretch]:
    """The stretches of a text, in order; they hold all of it but white space, and cut no grapheme cluster in two."""
    found = list(_with_tables(text, list(_raw(text, language))))
    whole = on_boundaries(text, [(part.start, part.end) for part in found])
    return [_placed(found[number], start, end) for start, end, number in whole]


def _placed(part: Stretch, start: int, end: int) -> Stretch:
    return part if (part.start, part.end) == (start, end) else part._replace(start=start, end=end)


def _raw(text: str, language: str) -> Iterator[Stretch]:
    """Code and quotes as blocks, other lines one by one, those of prose in sentences."""
    block: tuple[Kind, int, int] | None = None
    for kind, start, end in _lines(text):
        if block and block[0] == kind and "\n\n" not in text[block[2] : start + 1]:
            block = kind, block[1], end
            continue
        if block:
            yield from _stripped(text, *block)
            block = None
        if kind in ("code", "quote"):
            block = kind, start, end
        elif kind == "sentence":
            for first, last in sentence_spans(text[start:end], language):
                yield Stretch(start + first, start + last, kind, leads=text[start + last - 1] == ":")
        else:
            yield from _stripped(text, kind, start, end)
    if block:
        yield from _stripped(text, *block)


def _stripped(text: str, kind: Kind, start: int, end: int) -> Iterator[Stretch]:
    """What of `text[start:end]` is not white space around it, if anything."""
    line = text[start:end]
    if words := line.strip():
        start += len(line) - len(line.lstrip())
        yield Stretch(start, start + len(words), kind, leads=kind == "heading" or (kind == "item" and words[-1] == ":"))


def _lines(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Each line that is not blank, with its kind. All of a fenced block is one line of code."""
    before: Kind | None = None  # of the line right above
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        if fence := _FENCE.match(line):
            end = _fence_end(text, fence[1], end)
            before = "code"
        else:
            before = _kind(line, before) if line.strip() else None
        if before:
            yield before, at, end
        at = end + 1


def _kind(line: str, before: Kind | None) -> Kind:
    if HEADING.match(line):
        return "heading"
    is_item, is_row = _ITEM.match(line), _ROW.match(line)
    # A list below a list is indented like code, but stands below an item.
    if line.startswith(_INDENT) and (before in (None, "code") or not (is_item or is_row)):
        return "code"
    if is_item:
        return "item"
    if is_row:
        return "row"
    return "quote" if _QUOTE.match(line) else "sentence"


def _fence_end(text: str, fence: str, at: int) -> int:
    """Where the block of code ends whose first line ends at `at`: at the end of the text if it never closes."""
    closing = re.compile(rf"\n {{0,3}}{fence}{fence[0]}*[ \t]*(?=\n|\Z)").search(text, at)
    return closing.end() if closing else len(text)


def _with_tables(text: str, found: list[Stretch]) -> Iterator[Stretch]:
    """The same, each row with the header of its table; the header goes with the rows below it."""
    header: Stretch | None = None
    for number, part in enumerate(found):
        above = found[number - 1] if number else None
        if part.kind != "row":
            yield part
            continue
        below = found[number + 1] if number + 1 < len(found) else None
        goes_on = below is not None and below.kind == "row" and _are_neighbours(text, part, below)
        if above is None or header is None or above.kind != "row" or not _are_neighbours(text, above, part):
            header = part
            yield part._replace(leads=goes_on)
        else:
            is_rule = _RULE.fullmatch(text, part.start, part.end) is not None
            yield part._replace(header=(header.start, header.end), leads=goes_on and is_rule)


def _are_neighbours(text: str, one: Stretch, other: Stretch) -> bool:
    return text.count("\n", one.end, other.start) == 1
