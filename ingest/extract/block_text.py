"""Blocks of a page as plain Markdown: `## headings`, `- items`, `| rows |`, `> quotes`, code indented."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from lxml import html

from ingest.extract.page_blocks import Block


def written(blocks: Sequence[Block]) -> str:
    """The text of these blocks, blank lines between what does not belong together."""
    return "\n\n".join("\n".join(lines) for _, lines in _grouped(_lines(blocks)))


def _grouped(lines: Iterator[tuple[object, str]]) -> Iterator[tuple[object, list[str]]]:
    for key, group in groupby(lines, key=lambda line: line[0]):
        yield key, [line for _, line in group]


def _lines(blocks: Sequence[Block]) -> Iterator[tuple[object, str]]:
    """Each line with what tells the group it is part of: its list, its table, or itself."""
    numbers: dict[html.HtmlElement, int] = {}
    has_quotes = bool(blocks) and blocks[0].element.getroottree().find(".//blockquote") is not None
    quotes = _quotes(blocks) if has_quotes else set()
    for _, group in groupby(blocks, key=_line):
        same = list(group)
        first = same[0]
        if first.row is not None:
            cells = (" ".join(b.text for b in cell) for _, cell in groupby(same, key=lambda block: block.element))
            yield first.table, f"| {' | '.join(text.replace('|', '/') for text in cells)} |"
        elif first.kind == "item":
            yield (
                _outermost(first),
                f"{'  ' * (first.depth - 1)}{_mark(first, numbers)} {' '.join(b.text for b in same)}",
            )
        elif first.kind == "heading":
            yield first, f"{'#' * first.level} {first.text}"
        elif first.kind == "code":
            yield first, "\n".join(f"    {line}" for line in first.text.splitlines() if line.strip())
        elif quotes and (quote := _quote_of(first)) in quotes:
            yield quote, f"> {first.text}"
        else:
            yield first, first.text


def _quotes(blocks: Sequence[Block]) -> set[html.HtmlElement | None]:
    """The block quotes; one that holds most of the article is how the page is laid out."""
    words = Counter[html.HtmlElement]()
    for block in blocks:
        if (quote := _quote_of(block)) is not None:
            words[quote] += len(block.words)
    total = sum(len(block.words) for block in blocks)
    return {quote for quote, count in words.items() if count <= total / 2}


def _quote_of(block: Block) -> html.HtmlElement | None:
    """The outermost block quote around a paragraph."""
    around = [block.element, *block.element.iterancestors()]
    return next((element for element in reversed(around) if element.tag == "blockquote"), None)


def _line(block: Block) -> object:
    """What the blocks of one line have in common: a row, a list item, or that there is but one."""
    if block.row is not None:
        return block.row
    return block.item if block.kind == "item" else block


def _outermost(block: Block) -> object:
    assert block.item is not None
    return next(reversed(list(block.item.iterancestors("ul", "ol"))), block.item)


def _mark(block: Block, numbers: dict[html.HtmlElement, int]) -> str:
    assert block.item is not None
    parent = block.item.getparent()
    if parent is None or parent.tag != "ol":
        return "-"
    if block.item not in numbers:
        numbers.update({item: number for number, item in enumerate(parent.iterchildren("li"), 1)})
    return f"{numbers[block.item]}."
