"""Everything that happens to an article before the model reads it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ingest.chunking import chunk
from ingest.document import Document
from ingest.extract import Extracted
from ingest.identity import Identities, addresses_of
from ingest.provenance import day_of, document_of, raw_of
from rag.catalog import Catalog, LedgerEntry, Raw, text_hash
from rag.documents import Article, Chunk
from rag.embedding import Embedder, PassageVectors
from rag.errors import SourceError
from rag.names import Names, shipped
from rag.retagging import tagged

# Part of every fingerprint: raised when extraction, cleaning or chunking changes, so that files are read anew.
PIPELINE_VERSION = 7


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article that lacks nothing but vectors; `known` holds those the catalog has already, by embedded text.

    It `is_new` to the library, or `is_moved`: there as it is, but known from another place.

    Its id was chosen by what was `seen` in the library; when another process has written since then, `anew` tells
    what becomes of the article now: its id or its text may have been taken.
    """

    name: str
    location: str
    fingerprint: str
    article: Article
    chunks: tuple[Chunk, ...]
    known: Mapping[str, PassageVectors]
    is_new: bool
    is_moved: bool = False
    raw: Raw | None = None
    seen: int = 0
    anew: Callable[[], "Prepared | Unchanged"] | None = None

    def passages(self) -> list[tuple[str, int]]:
        """What the model reads of each chunk, and where in that the chunk's own text begins."""
        return [part.passage(self.article.title) for part in self.chunks]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The library has it already. A `fingerprint` is to be written down; None when the ledger has it; so is `raw`."""

    name: str
    location: str
    article_id: str
    fingerprint: str | None = None
    addresses: tuple[str, ...] = ()
    note: str = ""
    raw: Raw | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """It is no article, or could not be read."""

    name: str
    location: str
    fingerprint: str
    reason: str


Outcome = Prepared | Unchanged | Failed


class Preparation:
    """Prepares the articles of one run, one after the other. Reads the catalog, writes nothing.

    `read` makes an article of a document, as ingest/reading does; `today` tells it which dates are impossible.
    `keep_raw` has the bytes of each article handed on, to be kept; `names` is the table that articles are tagged by.
    Without an embedder, which knows how long a chunk may be, articles have no chunks: it is told what becomes of them,
    and no more.
    """

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder | None,
        today: date,
        read: Callable[[Document, str, date], Extracted],
        *,
        keep_raw: bool = False,
        now: Callable[[], float] = time.time,
        names: Names | None = None,
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._read = read
        self._today = today
        self._keep_raw = keep_raw
        self._now = now
        self._names = names or shipped()
        self._identities = Identities(catalog)
        self._rehearsed: set[str] = set()  # what would have been added by a dry run

    def prepare(self, location: str, name: str, read: Callable[[], bytes | Document]) -> Outcome:
        """What became of the article at `location`; `read` gives what lies there, or raises SourceError."""
        fingerprint = ""
        try:
            document = read()
            document = Document(document) if isinstance(document, bytes) else document
            fingerprint = f"{document.digest}:{PIPELINE_VERSION}"
            entry = self._catalog.ledger(location)
            if entry and (document.body is None or self._is_unchanged(entry, fingerprint)):
                raw = self._raw_of(document, location, name) if self._lacks_raw(location) else None
                return Unchanged(name, location, entry.article_id or "", raw=raw)
            found = self._read(document, name, self._today)
        except SourceError as error:
            return Failed(name, location, fingerprint, str(error))
        outcome = self._identified(found, location, name, f"{fingerprint}:{text_hash(found.text)}")
        return replace(outcome, raw=self._raw_of(document, location, name)) if self._keep_raw else outcome

    def again(self, raw: Raw, article: Article) -> Outcome:
        """What becomes of an article when the bytes it was made of are read anew: it keeps its id, whatever they say.

        They are read as on the day they came, so that a date which was impossible then is so now.
        """
        fingerprint = ""
        try:
            document = document_of(raw)
            fingerprint = f"{document.digest}:{PIPELINE_VERSION}"
            found = self._read(document, article.source, day_of(raw))
        except SourceError as error:
            return Failed(article.source, raw.location, fingerprint, str(error))
        fingerprint = f"{fingerprint}:{text_hash(found.text)}"
        return self._completed(article.id, article.source, found, raw.location, fingerprint)

    def holds(self, location: str, digest: str) -> bool:
        """Whether the library has what a document with this digest became, when it was read there, and all of it."""
        entry = self._catalog.ledger(location)
        is_unchanged = entry is not None and self._is_unchanged(entry, f"{digest}:{PIPELINE_VERSION}")
        return is_unchanged and not self._lacks_raw(location)

    def _lacks_raw(self, location: str) -> bool:
        return self._keep_raw and not self._catalog.has_raw(location)

    def _raw_of(self, document: Document, location: str, name: str) -> Raw | None:
        return raw_of(document, location, name, self._now()) if document.body is not None else None

    def _is_unchanged(self, entry: LedgerEntry, fingerprint: str) -> bool:
        """The same bytes as last time, and their text is in the library still (also when it is a copy of another's)."""
        before, _, digest = entry.fingerprint.rpartition(":")
        return (
            before == fingerprint
            and not entry.error
            and entry.article_id is not None
            and self._identities.has_text(digest)
        )

    def _identified(self, found: Extracted, location: str, name: str, fingerprint: str) -> Prepared | Unchanged:
        seen = self._catalog.seen()
        identity = self._identities.resolve(location, name, found)
        if identity.copy:
            # In the place of a text that was left out, the one that was kept: when that goes, it is looked at again.
            fingerprint = f"{fingerprint.rpartition(':')[0]}:{identity.kept}" if identity.kept else fingerprint
            at = addresses_of(found.url, location)
            return Unchanged(name, location, identity.article_id, fingerprint, addresses=at, note=identity.note)
        noted = replace(found, notes=(*found.notes, identity.note)) if identity.note else found
        outcome = self._completed(identity.article_id, name, noted, location, fingerprint)
        if isinstance(outcome, Unchanged):
            return outcome

        def anew() -> Prepared | Unchanged:
            self._identities.release(identity.article_id, location)
            return self._identified(found, location, name, fingerprint)

        return replace(outcome, seen=seen, anew=anew)

    def _completed(
        self, article_id: str, name: str, found: Extracted, location: str, fingerprint: str
    ) -> Prepared | Unchanged:
        article = tagged(_article(article_id, name, found), self._names)
        existing = self._catalog.find(article.id)
        at = addresses_of(article.url, location)
        is_same = existing is not None and replace(existing, origin_id="", addresses=()) == article
        if is_same and self.is_current(location):  # only its bytes differ: white space, markup
            return Unchanged(name, location, article.id, fingerprint, addresses=at)
        article = replace(article, addresses=at)
        is_new, is_moved = existing is None, existing is not None and self._is_moved(existing, article, location)
        if self._embedder is None:
            is_new = is_new and article.id not in self._rehearsed
            self._rehearsed.add(article.id)
            return Prepared(name, location, fingerprint, article, (), {}, is_new=is_new, is_moved=is_moved)
        chunks = tuple(chunk(article, self._embedder.count_tokens, self._embedder.max_tokens))
        known = self._catalog.embeddings_of([part.to_embed(article.title) for part in chunks])
        return Prepared(name, location, fingerprint, article, chunks, known, is_new=is_new, is_moved=is_moved)

    def _is_moved(self, existing: Article, article: Article, location: str) -> bool:
        """Whether nothing but the place is another: one that the ledger does not know."""
        as_before = replace(existing, source=article.source, origin_id="", addresses=article.addresses)
        return as_before == article and self._catalog.ledger(location) is None

    def is_current(self, location: str) -> bool:
        """Whether what lies at `location` was read by this version of Dossier."""
        entry = self._catalog.ledger(location)
        return entry is not None and entry.fingerprint.split(":")[1:2] == [str(PIPELINE_VERSION)]


def _article(article_id: str, name: str, found: Extracted) -> Article:
    return Article(
        id=article_id,
        source=name,
        title=found.title,
        text=found.text,
        author=found.author,
        site=found.site,
        url=found.url,
        published=found.published,
        updated=found.updated,
        date_source=found.date_source,
        language=found.language,
        stated_companies=found.companies,
        flags=found.flags,
        notes=found.notes,
        boilerplate_share=found.boilerplate_share,
    )
