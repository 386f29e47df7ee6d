"""HTML pages: trafilatura finds the article in the page, the page's own metadata says what it is."""

import re
import warnings
from collections.abc import Iterator

from lxml import etree, html

from ingest.extract.dates import to_iso
from ingest.extract.extracted import Extracted
from ingest.extract.inline import BOUNDARY, join
from ingest.extract.metadata import shortened
from ingest.extract.page_metadata import PageMetadata, read_metadata
from rag.documents import DateSource
from rag.errors import SourceError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it speaks of a package for proxies, which is not needed
    import trafilatura
    from trafilatura.settings import Document

_SILENT = ("script", "style", "noscript", "template", "svg", "iframe", "head")
_BREAKING = re.compile(
    r"p|div|section|article|main|header|aside|h[1-6]|[uo]l|li|d[ltd]|table|t[rdh]|footer|nav|form|blockquote|pre|br|hr|fig(ure|caption)|body"
)


def extract_html(text: str, name: str) -> Extracted:
    """The article in an HTML page. Raises SourceError when there is nothing to parse."""
    page = _parse(text, name)
    meta = read_metadata(page)
    document = _find_article(text)
    body = "\n\n".join(_blocks(document.body)) if document is not None else ""
    if not body.strip():
        body = _plain_text(page)
    title = meta.title or (document.title if document is not None else None) or _first_line(body) or name
    published, source = _published(meta, document)
    return Extracted(
        text=_without_title(body, shortened(title)),
        title=shortened(title),
        author=meta.author
        or (document.author.replace("; ", ", ") if document is not None and document.author else None),
        site=meta.site or (document.sitename if document is not None else None),
        url=meta.url,
        published=published,
        updated=meta.updated,
        date_source=source,
        language=meta.language,
        flags=() if meta.is_free else ("paywalled",),
    )


def _parse(text: str, name: str) -> html.HtmlElement:
    try:
        # An encoding declared in the text would be believed against what the text already is.
        return html.fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8", huge_tree=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{name} cannot be read as HTML: {error}.", "Save the page again.") from error


def _find_article(text: str) -> Document | None:
    found = trafilatura.bare_extraction(
        text,
        include_comments=False,
        include_tables=True,
        include_formatting=True,
        favor_recall=True,
        with_metadata=True,
        # Only dates that the page marks as such: a date somewhere in the words is often another's.
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    return found if isinstance(found, Document) else None


def _published(meta: PageMetadata, document: Document | None) -> tuple[str | None, DateSource | None]:
    if meta.published:
        return meta.published, meta.date_source
    found = to_iso(document.date) if document is not None and document.date else None
    if found is None or found == meta.updated:  # never the date of a change in the place of the first
        return None, None
    return found, "text"


def _blocks(element: etree._Element, depth: int = 0) -> Iterator[str]:
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
            words = join(_words(element))
            yield f"{'#' * int(level)} {words}" if words else ""
        case "list":
            yield "\n".join(_items(element))
        case "table":
            rows = ([join(_words(cell)).replace("|", "/") for cell in row.iter("cell")] for row in element.iter("row"))
            yield "\n".join(f"| {' | '.join(cells)} |" for cells in rows if any(cells))
        case "code":
            yield "\n".join(f"    {line}" for line in "".join(element.itertext()).splitlines() if line.strip())
        case _:
            yield from _blocks(element)


def _items(element: etree._Element, indent: str = "") -> Iterator[str]:
    for number, item in enumerate(element.iterchildren("item"), 1):
        words = join(_words(item, skip="list"))
        if words:
            yield f"{indent}{f'{number}.' if element.get('rend') == 'ol' else '-'} {words}"
        for below in item.iter("list"):
            if next(below.iterancestors("item"), None) is item:
                yield from _items(below, indent + "  ")


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


def _plain_text(page: html.HtmlElement) -> str:
    """Every word of the page that a reader may see: for pages in which trafilatura finds no article."""
    for element in list(page.iter(*_SILENT)):
        element.drop_tree()
    pieces: list[str] = []
    for event, element in etree.iterwalk(page, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if _BREAKING.fullmatch(element.tag):
            pieces.append("\n")
        pieces.append((element.text if event == "start" else element.tail) or "")
    lines = (" ".join(line.split()) for line in "".join(pieces).replace(BOUNDARY, "").splitlines())
    return "\n\n".join(line for line in lines if line)


def _without_title(body: str, title: str) -> str:
    first, _, rest = body.partition("\n\n")
    is_title = re.sub(r"^#+ ", "", first).casefold() == title.casefold()
    return rest if is_title and rest.strip() else body


def _first_line(body: str) -> str:
    return re.sub(r"^#+ ", "", body.strip().partition("\n")[0])
