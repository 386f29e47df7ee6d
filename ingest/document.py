"""What an item holds when it is read: its bytes, and what its source says about them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from urllib.parse import urlsplit

from courlan import extract_domain

from ingest.extract import Extracted
from ingest.extract.dates import plausible


@dataclass(frozen=True, slots=True)
class Told:
    """What a feed or a server says about an article. The article itself is believed first.

    `partial` says why this is but a part of it.
    """

    url: str | None = None
    author: str | None = None
    site: str | None = None
    published: str | None = None
    updated: str | None = None
    language: str | None = None
    partial: str | None = None

    def over(self, earlier: "Told") -> "Told":
        """This, and where it is silent what was told earlier."""
        return replace(earlier, **{name: value for name, value in asdict(self).items() if value is not None})

    def to_json(self) -> str:
        """All of it, for the catalog."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Told":
        """What `to_json` wrote."""
        return cls(**json.loads(text))


NOTHING = Told()


@dataclass(frozen=True, slots=True)
class Document:
    """An item that was read. `body` is None when it is what the library has already.

    `address` and `headers` tell where it came from, when that was the web; `sent` is what came from there, where the
    body is not that to the letter.
    """

    body: bytes | None
    told: Told = NOTHING
    address: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: bytes | None = None

    @property
    def digest(self) -> str:
        """The sha256 of all of it, as hex."""
        hashed = hashlib.sha256(self.body or b"")
        if self.told != NOTHING:
            hashed.update(repr(self.told).encode())
        return hashed.hexdigest()


def with_told(found: Extracted, told: Told, today: date) -> Extracted:
    """The article with what was told in the gaps; a date of the feed goes before one that was found in the words."""
    published, notes = plausible(told.published, "published", today)
    updated, more = plausible(told.updated, "updated", today)
    if found.published and (not published or found.date_source != "text"):
        published, source = found.published, found.date_source
    else:
        source = "feed" if published else None
    updated = found.updated or updated
    if published and updated and updated < published[: len(updated)]:
        updated = None
    return replace(
        found,
        url=_own_address(found.url, told.url),
        author=found.author or told.author,
        site=found.site or told.site,
        published=published,
        updated=updated,
        date_source=source,
        language=found.language or told.language,
        flags=(*found.flags, "truncated") if told.partial else found.flags,
        notes=(*found.notes, *notes, *more, *filter(None, [told.partial])),
    )


def _own_address(stated: str | None, fetched: str | None) -> str | None:
    """The address a page gives as its own, if it may: of its own site, and no front page for one that lies deeper.

    An article's id is made of it, so a page that names another's address would take that one's place.
    """
    if stated is None or fetched is None:
        return stated or fetched
    is_of_site = _site(stated) == _site(fetched)
    is_front = urlsplit(stated).path in ("", "/") and not urlsplit(stated).query
    return stated if is_of_site and not (is_front and urlsplit(fetched).path not in ("", "/")) else fetched


def _site(address: str) -> str:
    return extract_domain(address) or urlsplit(address).netloc.lower()
