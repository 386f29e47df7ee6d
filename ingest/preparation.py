"""Everything that happens to an article before the model reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ingest.chunking import chunk
from ingest.clean import clean
from ingest.dedupe import Origins, signature
from ingest.document import Document, with_told
from ingest.extract import Extracted, extract
from ingest.identity import Identities
from rag.catalog import Catalog, LedgerEntry, text_hash
from rag.companies import companies_in, company_of
from rag.documents import Article, Chunk
from rag.embedding import Embedder
from rag.embedding.embedder import Vectors
from rag.errors import SourceError

# Part of every fingerprint: raised when extraction, cleaning or chunking changes, so that files are read anew.
PIPELINE_VERSION = 2


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article that lacks nothing but vectors; `known` holds those the catalog has already, by embedded text."""

    name: str
    location: str
    fingerprint: str
    article: Article
    chunks: tuple[Chunk, ...]
    signature: bytes
    known: Mapping[str, Vectors]
    is_new: bool

    def texts(self) -> list[str]:
        """What the model reads of each chunk."""
        return [part.to_embed(self.article.title) for part in self.chunks]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The library has it already. A `fingerprint` is to be written down; None when the ledger has it."""

    name: str
    location: str
    article_id: str
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """It is no article, or could not be read."""

    name: str
    location: str
    fingerprint: str
    reason: str


Outcome = Prepared | Unchanged | Failed


class Preparation:
    """Prepares the articles of one run, one after the other. Reads the catalog, writes nothing."""

    def __init__(self, catalog: Catalog, embedder: Embedder, today: date) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._today = today
        self._identities = Identities(catalog)
        self._origins: Origins | None = None

    def prepare(self, location: str, name: str, read: Callable[[], bytes | Document]) -> Outcome:
        """What became of the article at `location`; `read` gives what lies there, or raises SourceError."""
        fingerprint = ""
        try:
            document = read()
            document = Document(document) if isinstance(document, bytes) else document
            fingerprint = f"{document.digest}:{PIPELINE_VERSION}"
            entry = self._catalog.ledger(location)
            if entry and (document.body is None or self._is_unchanged(entry, fingerprint)):
                return Unchanged(name, location, entry.article_id or "")
            extracted = extract(document.body or b"", name, self._today)
            found = clean(with_told(extracted, document.told, self._today))
            if not found.text.strip():
                raise SourceError(
                    f"{name} holds no text besides a subscriber wall or call-outs.", "Save the full article."
                )
        except SourceError as error:
            return Failed(name, location, fingerprint, str(error))
        return self._identified(found, location, name, f"{fingerprint}:{text_hash(found.text)}")

    def holds(self, location: str, digest: str) -> bool:
        """Whether the library has the article that a document with this digest became, when it was read there."""
        entry = self._catalog.ledger(location)
        return entry is not None and self._is_unchanged(entry, f"{digest}:{PIPELINE_VERSION}")

    def _is_unchanged(self, entry: LedgerEntry, fingerprint: str) -> bool:
        """The same bytes as last time, and their text is in the library still (also when it is a copy of another's)."""
        before, _, digest = entry.fingerprint.rpartition(":")
        return (
            before == fingerprint
            and not entry.error
            and entry.article_id is not None
            and self._identities.has_text(digest)
        )

    def _identified(self, found: Extracted, location: str, name: str, fingerprint: str) -> Outcome:
        identity = self._identities.resolve(location, name, found.url, found.text)
        if identity.copy:
            return Unchanged(name, location, identity.article_id, fingerprint)
        article = _article(identity.article_id, name, found)
        signed = signature(article.text)
        article = replace(article, origin_id=self._known_origins().origin_of(article.id, article.published, signed))
        existing = self._catalog.find(article.id)
        if existing == article and self._is_of_this_version(location):  # only its bytes differ: white space, markup
            return Unchanged(name, location, article.id, fingerprint)
        chunks = tuple(chunk(article, self._embedder.count_tokens, self._embedder.max_tokens))
        known = self._catalog.embeddings_of([part.to_embed(article.title) for part in chunks])
        return Prepared(name, location, fingerprint, article, chunks, signed, known, is_new=existing is None)

    def _is_of_this_version(self, location: str) -> bool:
        entry = self._catalog.ledger(location)
        return entry is not None and entry.fingerprint.split(":")[1:2] == [str(PIPELINE_VERSION)]

    def _known_origins(self) -> Origins:
        if self._origins is None:  # a run in which nothing is new never needs them
            self._origins = Origins(self._catalog.signatures())
        return self._origins


def _article(article_id: str, name: str, found: Extracted) -> Article:
    companies = dict.fromkeys(map(company_of, found.companies)) or companies_in(f"{found.title}\n{found.text}")
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
        companies=tuple(companies),
        flags=found.flags,
        notes=found.notes,
        boilerplate_share=found.boilerplate_share,
    )
