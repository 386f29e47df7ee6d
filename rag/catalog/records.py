"""What the catalog hands out besides articles and chunks."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.documents import Chunk
from rag.embedding.embedder import Vectors


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What happened the last time a location was ingested."""

    location: str
    fingerprint: str
    article_id: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """An article that was put in, replaced or removed; `number` rises over the whole catalog."""

    number: int
    article_id: str
    removed: bool


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk with what the indexes and the answers need of its article, and its vector.

    `source` says who published it: the site and the author, as far as they are known.
    """

    chunk: Chunk
    title: str
    published: str | None
    vector: Vectors
    source: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave the last time: its validators, and the digest of what came.

    `version` is what its feed or sitemap said of it then, `checked` when that was (seconds since 1970); `told` is what
    feeds have said about the article, as JSON.
    """

    location: str
    etag: str | None
    last_modified: str | None
    digest: str
    version: str | None
    checked: float
    told: str = "{}"


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes an article was made of, as they came from `address` or from a file, and what was told about it.

    `fetched` is when that was, in seconds since 1970; `headers` are the server's, without those that hold secrets;
    `told` is what feeds and servers said, as JSON.
    """

    location: str
    name: str
    body: bytes
    address: str | None
    fetched: float
    headers: Mapping[str, str] = field(default_factory=dict)
    told: str = "{}"

    @property
    def sha256(self) -> str:
        """The sha256 of the bytes, as hex."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class KeptList:
    """A feed or a sitemap as it came last: its bytes, its validators, and the `address` it was at in the end."""

    source: str
    address: str
    etag: str | None
    last_modified: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Job:
    """A posted document, or one that lies at a posted `address`, on its way into the library."""

    id: str
    name: str
    media_type: str
    status: str
    article_id: str | None = None
    error: str | None = None
    address: str | None = None
