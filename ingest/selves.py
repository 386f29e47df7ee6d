"""Two texts for one address: whether they are selves of one article, and which of them is kept.

Kept is the one with the later date of its last change, the one that is not cut off where the dates do not tell, then
the longer one, then the one that is there. This is an order of all selves, so that however many there are, and in
whatever order they come, no run undoes what another did.
"""

import re
from dataclasses import dataclass

from ingest.extract import Extracted
from rag.addresses import location_of
from rag.documents import Article
from rag.likeness import Words, share

# Of the words of the one in the other: a page with every second sentence changed has more, one on the same events less.
ALIKE, BARELY = 0.3, 0.05
# A title of fewer words may be that of every page: `Latest news`.
_TELLING = 4
_CUT = ("truncated", "paywalled")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Self:
    """What an article is at one place."""

    name: str
    url: str | None
    title: str
    text: str
    digest: str
    changed: str
    is_cut: bool


def self_of(found: Extracted | Article, name: str, digest: str) -> Self:
    """The self that was found, or is known, under a name."""
    changed = found.updated or found.published or ""
    return Self(name, found.url, found.title, found.text, digest, changed, any(flag in _CUT for flag in found.flags))


def is_same_article(one: Self, other: Self) -> bool:
    """Whether two texts at one address are selves of one article.

    A front page has every article's text in it, but another title; a section's pages have one title and other texts. So
    a text within another counts with a title that fits; a title alone when it is telling, the address spelled the same,
    and the texts share something.
    """
    ours, theirs = Words.of(one.text), Words.of(other.text)
    shares = share(ours.common(theirs)), share(theirs.common(ours))
    if min(shares) >= ALIKE:
        return True
    titles = [_WORD.findall(title.casefold()) for title in (one.title, other.title)]
    shorter, longer = sorted((set(title) for title in titles), key=len)
    fits = bool(shorter) and shorter <= longer
    if max(shares) >= ALIKE and fits:
        return True
    return fits and len(shorter) >= _TELLING and max(shares) >= BARELY and _is_same_address(one, other)


def is_better(new: Self, old: Self) -> bool:
    """Whether the new self takes the place of the old one."""
    return _rank(new) > _rank(old)


def _rank(one: Self) -> tuple[str, bool, int]:
    return one.changed, not one.is_cut, len(one.text)


def note_of(left: Self, *, kept: Self) -> str:
    """What is told of the self that is not kept."""
    sizes = f"{len(left.text.split())} words, this one has {len(kept.text.split())}"
    return f"another text for its address, of {left.name}, was left out: {sizes}"


def _is_same_address(one: Self, other: Self) -> bool:
    return bool(one.url and other.url) and location_of(one.url or "") == location_of(other.url or "")
