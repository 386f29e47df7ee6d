"""A page as the blocks of text a reader sees, one after the other, with what the markup says about each.

trafilatura says which words are the article; only the page's own tree says that two of them are cells of one row, that
a paragraph is a caption, or that a line is nothing but a link.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from lxml import etree, html

from ingest.extract.inline import BOUNDARY

Kind = Literal["text", "heading", "item", "cell", "code"]

SILENT = frozenset(
    "script style noscript template svg iframe title button select textarea input object canvas audio video math "
    "datalist map".split()
)
BREAKING = frozenset(
    "p div section article main header aside h1 h2 h3 h4 h5 h6 ul ol menu li dl dt dd table caption tbody thead tfoot "
    "tr td th footer nav form fieldset legend blockquote pre hr figure figcaption body html address details summary "
    "center dialog".split()
)
_LEVELS = {f"h{level}": level for level in range(1, 7)}
# What stands in these is beside the article, whatever it says.
_BESIDE = frozenset(("nav", "aside", "footer", "figure", "figcaption", "menu", "dialog", "form"))
_WORD = re.compile(r"\w+")
# Scripts without spaces, of which each character counts as a word: kana and Chinese characters.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@dataclass(eq=False, slots=True)
class Block:
    """A stretch of text without a break in it, and the element it stands in.

    `links` is the share of its letters that are in links. `beside` names the ancestor that sets it apart from the
    article (a figure, a sidebar, something hidden), if one does. `row` and `item` are the row and the list item it is
    part of, `depth` how many lists that item stands in.
    """

    text: str
    words: tuple[str, ...]
    links: float
    kind: Kind
    element: html.HtmlElement
    beside: str = ""
    level: int = 0
    item: html.HtmlElement | None = None
    depth: int = 0
    row: html.HtmlElement | None = None
    table: html.HtmlElement | None = None


@dataclass(slots=True)
class _Run:
    """The pieces of the block that is being read."""

    pieces: list[str] = field(default_factory=list)
    letters: int = 0
    linked: int = 0
    breaks: int = 0


class _Place(NamedTuple):
    """Where in the tree the walk is: what the elements around say of the text in them.

    `row` and `table` are the innermost around it, `cell` the one of that table.
    """

    element: html.HtmlElement
    tag: str
    beside: str = ""
    item: html.HtmlElement | None = None
    depth: int = 0
    cell: html.HtmlElement | None = None
    row: html.HtmlElement | None = None
    table: html.HtmlElement | None = None


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, for comparing."""
    if not text.isascii() and _UNSPACED.search(text):
        text = _UNSPACED.sub(r" \g<0> ", text)
    return tuple(_WORD.findall(text.lower()))


def page_blocks(page: html.HtmlElement) -> list[Block]:
    """The blocks of a page in their order."""
    return list(_walk(page))


def _walk(page: html.HtmlElement) -> Iterator[Block]:
    places = [_Place(page, "")]
    tables: dict[html.HtmlElement, bool] = {}
    run = _Run()
    links = 0
    events = etree.iterwalk(page, events=("start", "end"))
    for event, element in events:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if not tag or tag in SILENT:
                events.skip_subtree()
                continue
            if tag == "br":
                run.breaks += 1
                run.pieces.append("\n" if places[-1].tag == "pre" else " ")
                if run.breaks == 2 and places[-1].tag != "pre":
                    if block := _flushed(run, places[-1], tables):
                        yield block
                    run = _Run()
                continue
            if tag in BREAKING:
                if run.pieces:
                    if block := _flushed(run, places[-1], tables):
                        yield block
                    run = _Run()
                places.append(_entered(places[-1], element, tag))
            links += tag == "a"
            if text := element.text:
                _add(run, text, links, places[-1])
            continue
        if tag in BREAKING and places[-1].element is element and len(places) > 1:
            place = places.pop()
            if run.pieces:
                if block := _flushed(run, place, tables):
                    yield block
                run = _Run()
        links -= tag == "a"
        if element is not page and (text := element.tail):
            _add(run, text, links, places[-1])
    if block := _flushed(run, places[-1], tables):
        yield block


def _add(run: _Run, text: str, links: int, place: _Place) -> None:
    if text.isspace():
        if run.pieces or place.tag == "pre":  # elsewhere white space at the beginning of a block is none
            run.pieces.append(text)
        return
    run.pieces.append(text)
    letters = len(text) - text.count(" ")
    run.breaks = 0
    run.letters += letters
    run.linked += letters if links > 0 else 0


def _entered(outer: _Place, element: html.HtmlElement, tag: str) -> _Place:
    _, around, beside, item, depth, cell, row, table = outer
    if not beside:
        beside = tag if _is_beside(element, tag) else "hidden" if _is_hidden(element) else ""
    match tag:
        case "li":
            item = element
        case "ul" | "ol":
            depth += 1
        case "td" | "th":
            cell = element
        case "tr":
            row = element
        case "table":
            table, cell = element, None
    return _Place(element, "pre" if around == "pre" else tag, beside, item, depth, cell, row, table)


def _is_beside(element: html.HtmlElement, tag: str) -> bool:
    if tag == "form":  # some servers put the whole page into one
        return element.find(".//h1") is None and len(element.findall(".//p")) < 5
    return tag in _BESIDE


def _is_hidden(element: html.HtmlElement) -> bool:
    if not element.keys():
        return False
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or element.get("aria-hidden") == "true" or "display:none" in style


def _flushed(run: _Run, place: _Place, tables: dict[html.HtmlElement, bool]) -> Block | None:
    """The block that the pieces of a run make, if there is a word in it."""
    whole = "".join(run.pieces)
    if whole.isspace() or not whole:
        return None
    is_code = place.tag == "pre"
    whole = whole.replace(BOUNDARY, "")
    text = whole.strip("\n") if is_code else " ".join(whole.split())
    words = words_of(text)
    if not words:
        return None
    row = table = None
    if place.cell is not None:
        row, table = place.row, place.table
        if table is not None and table not in tables:
            tables[table] = _holds_data(table)
        if table is not None and not tables[table]:
            row = table = None
    level = _LEVELS.get(place.tag, 0)
    kind: Kind = "text"
    if table is not None:
        kind = "cell"
    elif is_code:
        kind = "code"
    elif level:
        kind = "heading"
    elif place.item is not None:
        kind = "item"
    return Block(
        text=text,
        words=words,
        links=run.linked / max(run.letters, 1),
        kind=kind,
        element=place.cell if table is not None and place.cell is not None else place.element,
        beside=place.beside,
        level=level,
        item=place.item,
        depth=place.depth,
        row=row,
        table=table,
    )


def _holds_data(table: html.HtmlElement) -> bool:
    """Whether a table is one to its readers, and not the layout of the page."""
    if table.find(".//table") is not None or table.get("role") == "presentation":
        return False
    rows = list(table.iter("tr"))
    if len(rows) < 2 or not any(sum(cell.tag in ("td", "th") for cell in row) > 1 for row in rows):
        return False
    if next(table.iter("p", "h1"), None) is None:
        return True
    return not any(len(cell.findall(".//p")) > 2 or cell.find(".//h1") is not None for cell in table.iter("td"))
