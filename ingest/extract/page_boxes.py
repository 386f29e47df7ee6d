"""Boxes on a page that hold no part of its article, whatever a text extractor makes of them: cards that lead to other
stories, and invitations to leave one's address.

They are told by their build, not by their names: cards are three and more elements of one kind beside each other, each
with a linked headline and a few words; an invitation is a small element around a field for an address.
"""

from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import html

_CARD = 45  # words
_INVITATION = 80  # words
_FEWEST = 3
_LEVELS = 4
_STORY = 80  # words of paragraphs that must be left: on a page that is nothing but cards, they are what it says
_PARAGRAPH = 15
_CARDS = frozenset(("div", "li", "article", "section", "td", "a"))
_BOXES = frozenset(("div", "section", "aside", "form", "fieldset", "p", "center", "td"))


def drop_boxes(page: html.HtmlElement, url: str | None) -> int:
    """Takes the boxes out of the page; `url` is its address. Returns how many words were in them."""
    boxes = list(dict.fromkeys((*_cards(page, url), *_invitations(page))))
    if not boxes or _left(page, set(boxes)) < _STORY:
        return 0
    dropped = 0
    for box in boxes:
        if box.getparent() is not None:
            dropped += _words(box)
            box.drop_tree()
    return dropped


def _cards(page: html.HtmlElement, url: str | None) -> Iterator[html.HtmlElement]:
    groups: dict[tuple[html.HtmlElement, str, str], dict[html.HtmlElement, None]] = defaultdict(dict)
    site = urlsplit(url or "").netloc
    for heading in page.iter("h2", "h3", "h4", "h5", "h6"):
        link = next(heading.iter("a"), None)
        link = link if link is not None else next(heading.iterancestors("a"), None)
        if link is None or not _leads_on(link.get("href") or "", site):
            continue
        for _, element in zip(range(_LEVELS), heading.iterancestors(), strict=False):
            parent = element.getparent()
            if parent is not None and element.tag in _CARDS:
                groups[parent, element.tag, element.get("class") or ""][element] = None
    for group in groups.values():
        if len(group) >= _FEWEST and all(_words(element) <= _CARD for element in group):
            yield from group


def _leads_on(address: str, site: str) -> bool:
    """Whether a link leads to another page of the same site: what it says of others' is the author's own."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.path.strip("/")) and not parts.fragment and parts.netloc in ("", site)


def _invitations(page: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for field in page.iter("input"):
        if field.get("type", "").lower() != "email" and "email" not in (field.get("name") or "").lower():
            continue
        box = None
        for element in field.iterancestors():
            if _words(element) > _INVITATION or element.find(".//h1") is not None:
                break
            box = element if element.tag in _BOXES else box
        if box is not None:
            yield box


def _left(page: html.HtmlElement, boxes: set[html.HtmlElement]) -> int:
    """Words in paragraphs outside of the boxes."""
    return sum(
        count
        for paragraph in page.iter("p")
        if (count := _words(paragraph)) >= _PARAGRAPH
        and paragraph not in boxes
        and not any(element in boxes for element in paragraph.iterancestors())
    )


def _words(element: html.HtmlElement) -> int:
    return len(element.text_content().split())
