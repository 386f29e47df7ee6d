"""HTML of which everything is the article (a chapter, a document, a newsletter) as plain Markdown."""

from lxml import etree, html

from ingest.extract.block_text import written
from ingest.extract.page_blocks import page_blocks


def whole_text(page: html.HtmlElement) -> str:
    """Every word that a reader of the page sees; nothing is taken for the frame of an article."""
    return written([block for block in page_blocks(page) if block.beside != "hidden"])


def parse_html(text: str) -> html.HtmlElement | None:
    """The page, or None when there is nothing to parse."""
    # An encoding declared in the text would be believed against what the text already is.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True)
    try:
        return html.document_fromstring(text.encode(errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
