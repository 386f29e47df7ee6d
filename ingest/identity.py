"""Which article a text is: a new one, the new self of one the library has, or a copy of one.

An id is made of what names the article everywhere: its own address when it states one, else its path as seen from the
source that was ingested. It holds nothing of the machine.

The same text elsewhere is the same article at a further address. Another text for the same address is another self of
it, if it is like enough: some sites state one address on every page. Of two selves one is kept (see ingest/selves.py),
and what became of the other is noted.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from ingest.extract import Extracted
from ingest.selves import Self, is_better, is_same_article, note_of, self_of
from ingest.sources import file_of, is_there
from rag.addresses import key_of, location_of
from rag.catalog import Catalog, text_hash

# Where posted articles come from: `inbox:` and the hash of what was posted, in the place of a path.
INBOX = "inbox:"
_NO_FILES = (INBOX, "feed:", "sitemap:", "http://", "https://")
# Articles of this run that may not be in the catalog yet: more than are prepared ahead or wait for their vectors.
_RECENT = 512


@dataclass(frozen=True, slots=True)
class Identity:
    """The id of the article; `copy` tells that the library has this very text from another place that still exists.

    `kept` is the hash of the text that is kept in the place of this one, `note` what is to be told of the one that is
    not kept, or of an address that two articles state.
    """

    article_id: str
    copy: bool = False
    kept: str | None = None
    note: str = ""


class Identities:
    """Gives out ids for one run, so that nothing is lost: no two living files are ever one article by accident.

    It remembers what this run gave out, since an article is written some time after it got its id.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._location_of: dict[str, str] = {}
        self._id_of_text: dict[str, str] = {}
        self._text_of: dict[str, str] = {}
        self._id_of_key: dict[str, str] = {}
        self._recent: OrderedDict[str, Self] = OrderedDict()

    def resolve(self, location: str, name: str, found: Extracted) -> Identity:
        """The identity of the article that was found at `location`."""
        here = self_of(found, name, text_hash(found.text))
        own = self._own_article(location, name)
        owner = own or self._id_of_text.get(here.digest) or self._owner_in_catalog(here.digest)
        if own:
            return self._claim(own, location, here)
        if owner:
            if self._is_taken(owner, location, by_url=False):
                return Identity(owner, copy=True)
            return self._claim(owner, location, here)  # the file was moved
        rival = self._rival(found.url)
        if rival is not None and self._is_taken(rival, location, by_url=False):
            return self._between(rival, here, location, name)
        return self._claim(self._free_id(found.url or name, location, by_url=found.url is not None), location, here)

    def release(self, article_id: str, location: str) -> None:
        """Takes back what `resolve` gave out to `location`, to be asked again after another process has written."""
        if self._location_of.get(article_id) == location:
            del self._location_of[article_id]
            self._id_of_text.pop(self._text_of.pop(article_id, ""), None)
            gone = self._recent.pop(article_id, None)
            if gone and gone.url and self._id_of_key.get(key_of(gone.url)) == article_id:
                del self._id_of_key[key_of(gone.url)]

    def has_text(self, digest: str) -> bool:
        """Whether the library holds the text with this hash, and will after this run."""
        return digest in self._id_of_text or self._owner_in_catalog(digest) is not None

    def _owner_in_catalog(self, digest: str) -> str | None:
        owner = self._catalog.content_owner(digest)
        is_replaced = owner is not None and self._text_of.get(owner, digest) != digest
        return None if is_replaced else owner

    def _rival(self, url: str | None) -> str | None:
        """The article that is known by this address, however it is spelled."""
        if url is None:
            return None
        known = self._id_of_key.get(key_of(url))
        return known or next(iter(self._catalog.at_address(url)), None)

    def _between(self, rival: str, here: Self, location: str, name: str) -> Identity:
        """Two living places state the same address: another self of that article, or another article."""
        there = self._recent.get(rival) or self._known(rival)
        if there is None or not is_same_article(here, there):
            article_id = self._free_id(name, location, by_url=False, besides=rival)
            told = there.title if there else rival
            return self._claim(
                article_id, location, here, f"the address it states is that of another article, “{told}”"
            )
        if location.startswith(INBOX) or is_better(here, there):  # what is posted is meant to replace what was there
            return self._claim(rival, location, here, note_of(there, kept=here))
        return Identity(rival, copy=True, kept=there.digest, note=note_of(here, kept=there))

    def _known(self, article_id: str) -> Self | None:
        article = self._catalog.find(article_id)
        return self_of(article, article.source, text_hash(article.text)) if article else None

    def _claim(self, article_id: str, location: str, here: Self, note: str = "") -> Identity:
        self._location_of[article_id] = location
        self._id_of_text[here.digest] = article_id
        self._text_of[article_id] = here.digest
        if here.url:
            self._id_of_key.setdefault(key_of(here.url), article_id)
        self._recent[article_id] = here
        self._recent.move_to_end(article_id)
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        return Identity(article_id, note=note)

    def _own_article(self, location: str, name: str) -> str | None:
        """The article this location is known for; not one it is merely a copy of."""
        entry = self._catalog.ledger(location)
        article = self._catalog.find(entry.article_id) if entry and entry.article_id else None
        if article is None or self._location_of.get(article.id, location) != location:
            return None
        is_first = article.source == name
        return article.id if is_first or not self._is_taken(article.id, location, by_url=False) else None

    def _free_id(self, identity: str, location: str, *, by_url: bool, besides: str = "") -> str:
        for candidate in _candidates(identity, location):
            article_id = hashlib.sha256(candidate.encode()).hexdigest()[:16]
            if article_id != besides and not self._is_taken(article_id, location, by_url=by_url):
                return article_id
        raise AssertionError("the candidates do not end")

    def _is_taken(self, article_id: str, location: str, *, by_url: bool) -> bool:
        """Whether another place that still exists holds this article."""
        claimed = self._location_of.get(article_id)
        if claimed is not None:
            return claimed != location
        others = (known for known in self._catalog.locations(article_id) if known != location)
        return any(_exists(known, by_url=by_url) for known in others)


def addresses_of(url: str | None, location: str) -> tuple[str, ...]:
    """Where an article stands on the web: at the address it states, and at the one it was fetched from."""
    fetched = location if location.startswith(("http://", "https://")) else None
    return tuple(dict.fromkeys(location_of(address) for address in (url, fetched) if address))


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
