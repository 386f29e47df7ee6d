"""trafilatura's own tree (its small vocabulary of tags) as plain Markdown."""

import re
from collections.abc import Iterator

from lxml import etree

from ingest.extract.inline import join


def tree_blocks(element: etree._Element, depth: int = 0) -> Iterator[str]:
    """The blocks of trafilatura's tree (its own small vocabulary of tags), as plain Markdown."""
    loose: list[str] = [element.text or ""]
    for child in element:
        if child.tag in ("p", "head", "list", "table", "quote", "code", "div", "ab") and _is_block(child):
            yield from filter(None, [join(loose)])
            loose = [child.tail or ""]
            yield from filter(None, _block(child))
        else:
            loose += [*_words(child), child.tail or ""]
    yield from filter(None, [join(loose)])


def _is_block(element: etree._Element) -> bool:
    return element.tag != "code" or "\n" in "".join(element.itertext())


def _block(element: etree._Element) -> Iterator[str]:
    match element.tag:
        case "head":
            level = re.sub(r"\D", "", element.get("rend") or "") or "2"
            words = _line(element)
            yield f"{'#' * int(level)} {words}" if words else ""
        case "list":
            yield "\n".join(_items(element))
        case "table":
            rows = ([_line(cell).replace("|", "/") for cell in row.iter("cell")] for row in element.iter("row"))
            yield "\n".join(f"| {' | '.join(cells)} |" for cells in rows if any(cells))
        case "code":
            yield "\n".join(f"    {line}" for line in "".join(element.itertext()).splitlines() if line.strip())
        case _ if len(element):
            yield from tree_blocks(element)
        case _:
            yield _line(element)


def _items(element: etree._Element, indent: str = "") -> Iterator[str]:
    for number, item in enumerate(element.iterchildren("item"), 1):
        words = _line(item, skip="list")
        if words:
            yield f"{indent}{f'{number}.' if element.get('rend') == 'ol' else '-'} {words}"
        for below in item.iter("list"):
            if next(below.iterancestors("item"), None) is item:
                yield from _items(below, indent + "  ")


def _line(element: etree._Element, skip: str = "") -> str:
    """The words in an element, in one line."""
    return join(_words(element, skip) if len(element) else [element.text or ""])


def _words(element: etree._Element, skip: str = "") -> Iterator[str]:
    """The words in an element, its tail left out."""
    if element.tag in (skip, "graphic") or not isinstance(element.tag, str):
        return
    if element.tag == "lb":
        yield " "
        return
    gap = " " if element.tag in ("p", "item", "div", "quote", "row", "cell") else ""
    yield gap
    yield element.text or ""
    for child in element:
        yield from _words(child, skip)
        yield child.tail or ""
    yield gap
