"""The lines of a PDF's pages put together again: paragraphs, headings and items; what frames the pages goes.

A PDF knows no paragraphs, only where letters stand. A paragraph ends where the next line stands further down than lines
do, begins with a mark, is set larger or smaller, or follows a short line that ends a sentence.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_EDGE = 2
_ON_MANY = 0.4
_NUMBER = re.compile(
    r"\W*(?:page |p\. ?|seite )?(?:\d{1,4}|[ivxlc]{1,7})(?: ?(?:of|/|von) ?\d{1,4})?\W*", re.IGNORECASE
)
_ITEM = re.compile(r"(?:[•‣▪●◦∙·–*-]|\(?\d{1,2}[.)])\s+(?=\S)")
_BULLET = re.compile(r"^[•‣▪●◦∙·–*-]\s+")
_ENDED = re.compile(r"[.!?:;…][\"'”’)\]\d]*$")
_HYPHEN = re.compile(r"(?P<before>[^\W\d_]+)[-\u00ad\u2010]$")
_HEADING_SIZE = 1.12
_LONGEST_HEADING = 150
_SHORT = 0.8


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its text, the size of most of its letters, and how far up the page it stands."""

    text: str
    size: float
    y: float


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or an item; `size` tells a title from a heading."""

    text: str
    size: float
    is_heading: bool = False
    is_item: bool = False


@dataclass(slots=True)
class _Open:
    """A block that may go on; in pieces, since a text that grows line by line is copied with every line."""

    pieces: list[str]
    size: float
    is_heading: bool
    is_item: bool


def blocks_of(pages: Sequence[Sequence[Line]]) -> list[Block]:
    """The blocks of a document, from the lines of its pages."""
    pages = _without_frames(pages)
    lines = [line for page in pages for line in page]
    if not lines:
        return []
    words = Counter(word.lower() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text))
    body_size = _usual(lines)
    leading = _leading(pages)
    width = median(sorted(len(line.text) for line in lines)[len(lines) // 2 :])
    blocks: list[_Open] = []
    for page in pages:
        before: Line | None = None
        for line in page:
            is_heading = line.size >= _HEADING_SIZE * body_size and len(line.text) <= _LONGEST_HEADING
            last = blocks[-1] if blocks else None
            if last is not None and _continues(last, before, line, is_heading, leading, width):
                last.pieces[-1], more = _joined(last.pieces[-1], line.text, words)
                last.pieces.append(more)
            else:
                is_item = not is_heading and bool(_ITEM.match(line.text))
                blocks.append(_Open([_BULLET.sub("- ", line.text)], line.size, is_heading, is_item))
            before = line
    return [Block("".join(block.pieces), block.size, block.is_heading, block.is_item) for block in blocks]


def _without_frames(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without running headers, footers and page numbers; the first page keeps its head: a title."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_framed(line.text) for line in (*page[:_EDGE], *page[-_EDGE:])})
    often = max(3, _ON_MANY * len(pages))
    kept: list[list[Line]] = []
    for number, page in enumerate(pages):
        first, last = 0, len(page)
        while first < min(_EDGE, last) and (
            (number and seen[_framed(page[first].text)] >= often)
            or (len(pages) > 1 and _NUMBER.fullmatch(page[first].text))
        ):
            first += 1
        while last > max(first, len(page) - _EDGE) and (
            seen[_framed(page[last - 1].text)] >= often or (len(pages) > 1 and _NUMBER.fullmatch(page[last - 1].text))
        ):
            last -= 1
        kept.append(list(page[first:last]))
    return kept


def _framed(text: str) -> str:
    return re.sub(r"\d+", "#", text).casefold()


def _usual(lines: Sequence[Line]) -> float:
    """The size in which most letters are set."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[round(line.size, 1)] += len(line.text)
    return letters.most_common(1)[0][0]


def _leading(pages: Sequence[Sequence[Line]]) -> float:
    """How far apart the lines of a paragraph are."""
    gaps = Counter(round(above.y - below.y) for page in pages for above, below in pairwise(page) if above.y > below.y)
    return float(gaps.most_common(1)[0][0]) if gaps else 0.0


def _continues(last: _Open, before: Line | None, line: Line, is_heading: bool, leading: float, width: float) -> bool:
    """Whether the line is more of the last block. `before` is the line above it, None at the top of a page."""
    if is_heading != last.is_heading or _ITEM.match(line.text):
        return False
    if before is None:  # over the page's end a sentence goes on
        return (
            not is_heading
            and not _ENDED.search(last.pieces[-1][-20:])
            and (line.text[0].islower() or _HYPHEN.search(last.pieces[-1][-50:]) is not None)
        )
    if is_heading:
        return abs(line.size - before.size) < 0.5 and 0 < before.y - line.y <= 2 * line.size
    gap = before.y - line.y
    if leading and gap > 1.35 * max(leading, 1.0):
        return False
    return not (_ENDED.search(before.text[-20:]) and len(before.text) < _SHORT * width)


def _joined(text: str, more: str, words: Counter[str]) -> tuple[str, str]:
    """A line and the next as they stand in one text; a word that was broken at the line's end is whole again."""
    broken = _HYPHEN.search(text[-50:])
    if broken is None or not more[:1].islower():
        return text, f" {more}"
    after = re.match(r"[^\W\d_]*", more)
    assert after is not None
    whole, compound = (f"{broken['before']}{sign}{after[0]}".lower() for sign in ("", "-"))
    keeps = text.endswith("-") and words[compound] > words[whole]
    return (text if keeps else text[:-1]), more


def written(blocks: Sequence[Block]) -> Iterator[str]:
    """The blocks as Markdown; items that follow each other make one list."""
    waiting: list[str] = []
    for block in blocks:
        if waiting and not block.is_item:
            yield "\n".join(waiting)
            waiting = []
        if block.is_item:
            waiting.append(block.text)
        else:
            yield f"## {block.text}" if block.is_heading else block.text
    if waiting:
        yield "\n".join(waiting)
