"""Which article a text is: a new one, the new self of one the library has, or a copy of one.

An id is made of what names the article everywhere: its own address when it states one, else its path as seen from the
source that was ingested. It holds nothing of the machine.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from ingest.sources import file_of, is_there
from rag.catalog import Catalog, text_hash

# Where posted articles come from: `inbox:` and the hash of what was posted, in the place of a path.
INBOX = "inbox:"
_NO_FILES = (INBOX, "feed:", "sitemap:", "http://", "https://")


@dataclass(frozen=True, slots=True)
class Identity:
    """The id of the article; `copy` tells that the library has this very text from another place that still exists."""

    article_id: str
    copy: bool = False


class Identities:
    """Gives out ids for one run, so that nothing is lost: no two living files are ever one article by accident.

    It remembers what this run gave out, since an article is written some time after it got its id.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._location_of: dict[str, str] = {}
        self._id_of_text: dict[str, str] = {}
        self._text_of: dict[str, str] = {}

    def resolve(self, location: str, name: str, url: str | None, text: str) -> Identity:
        """The identity of the article with this text that was found at `location`."""
        digest = text_hash(text)
        own = self._own_article(location, name)
        owner = own or self._id_of_text.get(digest) or self._owner_in_catalog(digest)
        if owner and own is None:
            if self._is_taken(owner, location, by_url=False):
                return Identity(owner, copy=True)
            return self._claim(owner, location, digest)  # the file was moved
        return self._claim(own or self._free_id(url or name, location, by_url=url is not None), location, digest)

    def release(self, article_id: str, location: str) -> None:
        """Takes back what `resolve` gave out to `location`, to be asked again after another process has written."""
        if self._location_of.get(article_id) == location:
            del self._location_of[article_id]
            self._id_of_text.pop(self._text_of.pop(article_id, ""), None)

    def has_text(self, digest: str) -> bool:
        """Whether the library holds the text with this hash, and will after this run."""
        return digest in self._id_of_text or self._owner_in_catalog(digest) is not None

    def _owner_in_catalog(self, digest: str) -> str | None:
        owner = self._catalog.content_owner(digest)
        is_replaced = owner is not None and self._text_of.get(owner, digest) != digest
        return None if is_replaced else owner

    def _claim(self, article_id: str, location: str, digest: str) -> Identity:
        self._location_of[article_id] = location
        self._id_of_text[digest] = article_id
        self._text_of[article_id] = digest
        return Identity(article_id)

    def _own_article(self, location: str, name: str) -> str | None:
        """The article this location is known for; not one it is merely a copy of."""
        entry = self._catalog.ledger(location)
        article = self._catalog.find(entry.article_id) if entry and entry.article_id else None
        if article is None or self._location_of.get(article.id, location) != location:
            return None
        is_first = article.source == name
        return article.id if is_first or not self._is_taken(article.id, location, by_url=False) else None

    def _free_id(self, identity: str, location: str, *, by_url: bool) -> str:
        for candidate in _candidates(identity, location):
            article_id = hashlib.sha256(candidate.encode()).hexdigest()[:16]
            if not self._is_taken(article_id, location, by_url=by_url):
                return article_id
        raise AssertionError("the candidates do not end")

    def _is_taken(self, article_id: str, location: str, *, by_url: bool) -> bool:
        """Whether another place that still exists holds this article."""
        claimed = self._location_of.get(article_id)
        if claimed is not None:
            return claimed != location
        others = (known for known in self._catalog.locations(article_id) if known != location)
        return any(_exists(known, by_url=by_url) for known in others)


def _exists(location: str, *, by_url: bool) -> bool:
    """What was posted or fetched stays where it is, unless the same address came anew: then that is its newer self."""
    return not by_url if location.startswith(_NO_FILES) else is_there(location)


def _candidates(identity: str, location: str) -> Iterator[str]:
    """The identity, then with the folders around the file, nearest first, then with a number."""
    yield identity
    folders = [] if location.startswith(_NO_FILES) else list(Path(file_of(location)).parts[1:-1])
    for i in range(len(folders) - 1, -1, -1):
        identity = f"{folders[i]}/{identity}"
        yield identity
    for number in count(2):
        yield f"{identity} ({number})"
