"""What stands right above and below an article on its page and tells of it: its byline, and a subscriber wall."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.extract.metadata import read_byline
from ingest.extract.page_blocks import Block
from ingest.extract.walls import says_wall

# How many blocks are looked at, and how long they may be: a byline or a wall is short, and near.
_ABOVE, _BELOW = 6, 4
_LONGEST = 300
_PARAGRAPH = 8  # words


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote it, and when, as a reader is told above the first paragraph; None where nobody is."""

    author: str | None = None
    published: str | None = None


def byline_above(blocks: Sequence[Block], chosen: Sequence[Block]) -> Byline:
    """The byline between the heading of the page and the first paragraph of the article."""
    first = next(filter(_is_paragraph, chosen), None)
    if first is None:
        return Byline()
    at = next(i for i, block in enumerate(blocks) if block is first)
    author = published = None
    for block in reversed(blocks[max(0, at - _ABOVE) : at]):
        if block.kind == "heading":
            break
        found_author, found_date, is_byline = read_byline(block.text)
        if is_byline and not block.beside:
            author, published = found_author or author, found_date or published
    return Byline(author, published)


def _is_paragraph(block: Block) -> bool:
    return block.kind == "text" and len(block.words) >= _PARAGRAPH and not read_byline(block.text)[2]


def is_walled(blocks: Sequence[Block], chosen: Sequence[Block]) -> bool:
    """Whether right below the last block of the article a reader is told to subscribe to go on."""
    if not chosen:
        return False
    at = next(i for i, block in enumerate(blocks) if block is chosen[-1])
    below = blocks[at + 1 : at + 1 + _BELOW]
    return any(block.beside != "hidden" and len(block.text) <= _LONGEST and says_wall(block.text) for block in below)
