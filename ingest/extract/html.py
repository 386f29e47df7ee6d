"""HTML pages: trafilatura finds the article in the page, the page's own metadata says what it is."""

import re
import warnings
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from functools import cache

from lxml import etree, html

from ingest.extract.article_blocks import Line, are_stated, choose, coverage, leaves_out, match, within
from ingest.extract.block_text import written
from ingest.extract.boilerplate import is_of_others, without_frame
from ingest.extract.dates import find_date, to_iso
from ingest.extract.extracted import Extracted
from ingest.extract.metadata import shortened
from ingest.extract.page_authors import tidy
from ingest.extract.page_blocks import Block, page_blocks, words_of
from ingest.extract.page_boxes import drop_boxes
from ingest.extract.page_metadata import PageMetadata, date_in_address, read_metadata
from ingest.extract.page_surroundings import byline_above, is_walled
from ingest.extract.trafilatura_rules import narrow
from ingest.extract.trafilatura_tree import tree_blocks
from rag.dates import DateSource
from rag.errors import SourceError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it speaks of a package for proxies, which is not needed
    import trafilatura
    from trafilatura import xpaths
    from trafilatura.metadata import extract_metadata
    from trafilatura.settings import Document, Extractor

narrow(
    (
        xpaths.BODY_XPATH,
        xpaths.RAW_TREE_PRUNE_XPATH,
        xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH,
        xpaths.OVERALL_DISCARD_XPATH,
        xpaths.DISCARD_IMAGE_ELEMENTS,
    )
)

# Titles in which a day is that of the issue: in others it is what the story is about.
_EDITION = re.compile(r"\b(?:edition|issue|weekly|digest|newsletter|briefing|bulletin|round-?up)\b", re.IGNORECASE)
_ENOUGH = 0.8  # of the extractor's words, that must be found again in the page's blocks
_FEW = 60  # words
_TEASER = 150  # words: of a longer article, no more than its beginning


def extract_html(text: str, name: str, today: date = date.max) -> Extracted:
    """The article in an HTML page; of dates later than `today` those are taken that are not, where there are some.

    Raises SourceError when there is nothing to parse.
    """
    page = _parse(text, name)
    meta = read_metadata(page, today)
    found = _guessed(page) if not (meta.title and meta.author and meta.published) else None
    boxed = drop_boxes(page, meta.url)
    blocks = page_blocks(page)
    body, count, chosen = _article(page, blocks, meta)
    byline = byline_above(blocks, chosen)
    title = _headed(meta.title or (found.title if found else None) or _first_line(body) or name, body)
    published, source = _published(meta, found, title, byline.published)
    return Extracted(
        text=_without_title(body, shortened(title)),
        title=shortened(title),
        author=meta.author or byline.author or (tidy(found.author.split("; ")) if found and found.author else None),
        site=meta.site or meta.host,
        url=meta.url,
        published=published,
        updated=meta.updated,
        date_source=source,
        language=meta.language,
        flags=_flags(meta, count, is_walled=is_walled(blocks, chosen)),
        boilerplate_share=_boilerplate_share(blocks, count, boxed),
    )


def _parse(text: str, name: str) -> html.HtmlElement:
    try:
        return html.fromstring(text.encode(), parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{name} cannot be read as HTML: {error}.", "Save the page again.") from error


@cache
def _parser() -> html.HTMLParser:
    # Comments would part the text that stands around them; trafilatura's own parser drops them too. The encoding is
    # given: one declared in the text would be believed against what the text already is.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # One class for all: lxml's own way asks for that of each element in Python, for what forms can do besides.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    return parser


def _article(page: html.HtmlElement, blocks: Sequence[Block], meta: PageMetadata) -> tuple[str, int, Sequence[Block]]:
    """The text of the article, its words, and the blocks it stands in; all of the page where no article is found."""
    known = {block.text: block.words for block in blocks}
    body, lines = _found(page, known, fast=True)
    matched = match(blocks, lines)
    if leaves_out(blocks, matched):  # a second opinion takes nearly as long again, and seldom differs otherwise
        body, lines = _found(page, known, fast=False)
        matched = match(blocks, lines)
    stated = [words_of(line) for line in meta.body]
    is_stated = are_stated(lines, stated)
    if is_stated:
        chosen = choose(blocks, match(blocks, [*lines, *stated]), [*lines, *stated])
    else:
        chosen = choose(blocks, matched, lines)
    if coverage(chosen, stated if is_stated else lines) > _ENOUGH:
        body, count = _told(within(chosen, stated) if is_stated else chosen, meta)
    elif is_stated:
        body, count = "\n\n".join(meta.body), sum(map(len, stated))
    else:
        count = sum(map(len, lines))
        if count < _FEW:  # of a page that says so little, an extractor takes all, menus included
            chosen = [block for block in blocks if not block.beside and block.links < 0.5]
            body, count = _told(chosen, meta)
    if not body.strip():
        body, count = "\n\n".join(block.text for block in blocks), sum(len(block.words) for block in blocks)
    return body, count, chosen


def _told(blocks: Sequence[Block], meta: PageMetadata) -> tuple[str, int]:
    """What these blocks tell of the story, and its words."""
    blocks = without_frame(blocks, meta.author)
    return written(blocks), sum(len(block.words) for block in blocks)


def _found(page: html.HtmlElement, known: Mapping[str, Line], *, fast: bool) -> tuple[str, list[Line]]:
    """What trafilatura takes for the article, and the words of its lines; compared with others' ways if not `fast`.

    `known` are the words of texts that are split already.
    """
    found = trafilatura.bare_extraction(page, options=_options(fast))
    body = "\n\n".join(tree_blocks(found.body)) if isinstance(found, Document) else ""
    return body, [known.get(line) or words_of(line) for line in body.splitlines() if line.strip()]


@cache
def _options(fast: bool) -> Extractor:
    """Of trafilatura's tree alone: as "python" it would write that out as text too, which nobody reads."""
    return Extractor(output_format="txt", fast=fast, recall=True, comments=False, tables=True, formatting=True)


def _guessed(page: html.HtmlElement) -> Document:
    """What trafilatura and htmldate make of the page, where it states too little itself."""
    page = deepcopy(page)
    for element in [element for element in page.iter() if is_of_others(element)]:
        element.drop_tree()
    # Only dates that the page marks as such: a date somewhere in the words is often another's.
    found = extract_metadata(page, date_config={"original_date": True, "extensive_search": False})
    assert isinstance(found, Document)
    return found


def _published(
    meta: PageMetadata, found: Document | None, title: str, shown: str | None
) -> tuple[str | None, DateSource | None]:
    """The date, and where it is from; `shown` is that of the byline a reader sees."""
    filed = date_in_address(meta.url)
    if meta.published:
        is_finer = filed is not None and len(filed) > len(meta.published) and filed.startswith(meta.published)
        return (filed, "address") if is_finer else (meta.published, meta.date_source)
    if filed and len(filed) == 10:
        return filed, "address"
    if _EDITION.search(title) and (named := find_date(title)):
        return named, "text"
    if shown and shown != meta.updated:
        return shown, "text"
    guessed = to_iso(found.date) if found is not None and found.date else None
    if guessed and guessed != meta.updated:  # never the date of a change in the place of the first
        return guessed, "text"
    return filed, "address" if filed else None


def _flags(meta: PageMetadata, count: int, *, is_walled: bool) -> tuple[str, ...]:
    """Paywalled where the page says so; truncated where it says how long the article is, and its words are fewer.

    A wall below many words is an offer: what stands above it is the article.
    """
    is_behind = is_walled and count < 2 * _TEASER
    is_teaser = not meta.is_free and count < _TEASER
    is_short = meta.word_count - count > _TEASER and count * 2 < meta.word_count
    flags = {"paywalled": not meta.is_free or is_behind, "truncated": is_teaser or is_short or is_behind}
    return tuple(flag for flag, holds in flags.items() if holds)


def _boilerplate_share(blocks: Sequence[Block], count: int, boxed: int) -> float:
    words = sum(len(block.words) for block in blocks) + boxed
    return round(max(0.0, 1 - count / max(1, words)), 2)


def _without_title(body: str, title: str) -> str:
    """The text without the title above it, which has a place of its own; it may be worded otherwise there."""
    first, _, rest = body.partition("\n\n")
    is_title = re.sub(r"^#+ ", "", first).casefold() == title.casefold()
    is_only_one = first.startswith("# ") and not re.search(r"^# ", rest, re.MULTILINE)
    return rest if (is_title or is_only_one) and rest.strip() else body


def _headed(title: str, body: str) -> str:
    """The title as the first line of the text has it, where it is that and the name of the site."""
    first = _first_line(body)
    rest = title[len(first) :] if first and title.casefold().startswith(first.casefold()) else ""
    return first if re.fullmatch(r"\s*[|•·»–—-]\s+.{2,40}", rest) else title


def _first_line(body: str) -> str:
    return re.sub(r"^#+ ", "", body.strip().partition("\n")[0])
