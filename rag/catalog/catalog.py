"""The catalog as a whole: what changes several tables at once, each change in one transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence

from rag.catalog.addresses import Addresses
from rag.catalog.articles import article_row, text_hash
from rag.catalog.chunks import Chunks, chunk_row
from rag.catalog.fetched import FetchedPages
from rag.catalog.jobs import Jobs
from rag.catalog.ledger import Ledger
from rag.catalog.listed import ListedLocations
from rag.catalog.lists import Lists
from rag.catalog.raw import RawBytes
from rag.catalog.records import Change, Raw
from rag.catalog.stories import LONGEST, Stories, spans_of
from rag.documents import Article, Chunk
from rag.embedding import EmbeddingStamp, PassageVectors
from rag.embedding.sentence_vectors import Sentences
from rag.errors import ArticleNotFoundError, LibraryError
from rag.likeness import Words

TAGS = ("companies", "people", "models", "products")


class Catalog(Stories, Addresses, Chunks, Ledger, FetchedPages, ListedLocations, Lists, Jobs, RawBytes):
    """An open catalog. Thread safe; several processes may have it open.

    An article goes in whole or not at all, and every change of one takes the next change number, which is how the
    indexes know what they miss.
    """

    _required: EmbeddingStamp | None = None

    def require(self, stamp: EmbeddingStamp) -> None:
        """Makes sure that vectors of this model fit the library's; an empty library takes the model on.

        Raises LibraryError that names `dossier reindex`.
        """
        if self.stamp() is None and self.writable:
            with self._writing():
                if self.stamp() is None:  # another process may have been first
                    self._stamp_with(stamp)
        self._require(stamp)
        self._required = stamp

    def _require(self, stamp: EmbeddingStamp) -> None:
        known = self.stamp()
        if known is not None and known != stamp:
            raise LibraryError(
                f"The library in {self.folder} was embedded with {known.name} ({known.sha256[:8]}), "
                f"not with {stamp.name} ({stamp.sha256[:8]}).",
                "Set DOSSIER_EMBEDDING_MODEL and DOSSIER_EMBEDDING_PRECISION back, "
                "or embed it anew with `dossier reindex`.",
            )

    def restamp(self, stamp: EmbeddingStamp, vectors: Mapping[str, PassageVectors]) -> None:
        """Replaces the vectors of every chunk, by chunk id, and the model's stamp, in one transaction.

        Every article counts as changed by it. Raises LibraryError when a chunk came in meanwhile that has none.
        """
        with self._writing():
            self._connection.execute("DELETE FROM stamp")
            self._stamp_with(stamp)
            self._connection.executemany(
                "UPDATE chunks SET embedding = ?, sentences = ? WHERE id = ?",
                ((its.whole.tobytes(), its.sentences.tobytes(), id_) for id_, its in vectors.items()),
            )
            if set(self.chunk_ids()) != set(vectors):
                raise LibraryError("Articles changed while they were embedded anew.", "Run `dossier reindex` again.")
            for (article_id,) in self._rows("SELECT id FROM articles ORDER BY change"):
                change = self._next_change()
                self._connection.execute("UPDATE articles SET change = ? WHERE id = ?", (change, article_id))

    def add_sentences(self, sentences: Mapping[str, Sentences]) -> None:
        """Writes the vectors of the sentences of chunks that lack them. The indexes hold none: nothing has changed."""
        with self._writing():
            self._connection.executemany(
                "UPDATE chunks SET sentences = ? WHERE id = ? AND sentences IS NULL",
                ((vectors.tobytes(), id_) for id_, vectors in sentences.items()),
            )

    def put(
        self,
        article: Article,
        chunks: Sequence[Chunk],
        embeddings: Sequence[PassageVectors],
        *,
        location: str,
        fingerprint: str,
        raw: Raw | None = None,
    ) -> None:
        """Writes an article with its chunks and vectors, in the place of its old self, and its line in the ledger.

        `embeddings` are those of each chunk, in order; `raw` is what is kept of the bytes it was made of. Whose
        copy it is, and which of its passages others have too, is found here (see Stories): `article.origin_id` is not
        read. Raises LibraryError when the disk is full or read-only, or the library was embedded anew since `require`;
        then nothing of it was written.
        """
        if "\0" in article.text:
            raise ValueError("SQLite's own functions end a text at its first NUL: cleaning has to take them out")
        words = Words.of(article.text[:LONGEST])
        with self._writing():
            if self._required is not None:
                self._require(self._required)
            addresses = self._addresses(article.id)
            self._leave(article.id)
            self._connection.execute("DELETE FROM removed WHERE article_id = ?", (article.id,))
            row = article_row(article, self._next_change())
            columns, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
            self._connection.execute(f"INSERT INTO articles ({columns}) VALUES ({marks})", row)
            self._set_companies(article.id, article.companies)
            self._connection.executemany(
                "INSERT INTO chunks VALUES (?,?,?,?,?,?,?,?,?,?)",
                (chunk_row(chunk, article.title, vectors) for chunk, vectors in zip(chunks, embeddings, strict=True)),
            )
            own = [article.url] if article.url else []
            self._note_addresses(article.id, dict.fromkeys([*own, *article.addresses, *addresses]))
            self._relate(article.id, words, spans_of(chunks))
            self._note(location, fingerprint, article.id, None)
            self._keep(raw)

    def tagged_by(self) -> str | None:
        """The digest of the table of names that all articles were tagged by; None before the first time."""
        row = self._row("SELECT digest FROM tagged")
        return row[0] if row else None

    def note_tagged(self, digest: str) -> None:
        """Notes that every article has the tags of the table of names with this digest."""
        with self._writing():
            self._connection.execute("DELETE FROM tagged")
            self._connection.execute("INSERT INTO tagged VALUES (?)", (digest,))

    def retag(self, articles: Iterable[Article]) -> None:
        """Writes the tags of these articles, and nothing else of them, in one transaction.

        One whose text has changed since it was read is left as it is. The indexes hold no tags, so to them nothing
        has changed.
        """
        with self._writing():
            for article in articles:
                tags = {name: json.dumps(getattr(article, name), ensure_ascii=False) for name in TAGS}
                setting = ", ".join(f"{name} = :{name}" for name in TAGS)
                written = self._connection.execute(
                    f"UPDATE articles SET {setting} WHERE id = :id AND text_sha256 = :text",
                    {**tags, "id": article.id, "text": text_hash(article.text)},
                )
                if written.rowcount:
                    self._connection.execute("DELETE FROM article_companies WHERE article_id = ?", (article.id,))
                    self._set_companies(article.id, article.companies)

    def _set_companies(self, article_id: str, companies: Iterable[str]) -> None:
        folded = sorted({company.casefold() for company in companies})
        self._connection.executemany(
            "INSERT INTO article_companies VALUES (?, ?)", ((company, article_id) for company in folded)
        )

    def note_unchanged(
        self, location: str, fingerprint: str, article_id: str, *, addresses: Iterable[str] = (), note: str = ""
    ) -> None:
        """Writes down that a location holds an article the catalog has already, at which addresses, and what is odd."""
        with self._writing():
            self._note(location, fingerprint, article_id, None)
            if self._row("SELECT 1 FROM articles WHERE id = ?", article_id):  # else it was removed meanwhile
                self._note_addresses(article_id, addresses)
            if note:
                self._add_note(article_id, note)

    def remove(self, ids: Iterable[str]) -> int:
        """Removes articles, all of them or none; returns how many. Raises ArticleNotFoundError."""
        count = 0
        with self._writing():
            for article_id in dict.fromkeys(ids):
                if self.find(article_id) is None:
                    raise ArticleNotFoundError(article_id)
                self._remove(article_id)
                count += 1
        self._empty_log()
        return count

    def prune(self, locations: Iterable[str], source: str | None = None) -> list[str]:
        """Forgets locations, and removes the articles that were seen nowhere else; all of it or nothing of it.

        What a `source` listed is only forgotten when no other source lists it. Returns where the articles that were
        removed had been seen last.
        """
        removed = []
        with self._writing():
            for location in locations:
                if source is not None:
                    row = (source, location)
                    self._connection.execute("DELETE FROM listed WHERE source = ? AND location = ?", row)
                    if self.is_listed(location, but=source):
                        continue
                entry = self.ledger(location)
                for table in ("ledger", "fetched", "raw"):
                    self._connection.execute(f"DELETE FROM {table} WHERE location = ?", (location,))
                if entry and entry.article_id and not self.locations(entry.article_id):
                    self._remove(entry.article_id)
                    removed.append(location)
        self._empty_log()
        return removed

    def _remove(self, article_id: str) -> None:
        """Every trace of an article but its id, by which the indexes learn of it (see forget_removed)."""
        self._leave(article_id)
        here = "SELECT location FROM ledger WHERE article_id = ?"
        # A feed holds texts of what it lists.
        lists = f"SELECT source FROM listed WHERE location IN ({here})"
        self._connection.execute(f"DELETE FROM lists WHERE source IN ({lists})", (article_id,))
        for table in ("fetched", "listed", "raw"):
            self._connection.execute(f"DELETE FROM {table} WHERE location IN ({here})", (article_id,))
        self._connection.execute("DELETE FROM ledger WHERE article_id = ?", (article_id,))
        self._connection.execute("DELETE FROM jobs WHERE article_id = ?", (article_id,))
        self._connection.execute("INSERT INTO removed VALUES (?, ?)", (article_id, self._next_change()))

    def forget_removed(self, up_to: int) -> None:
        """Forgets the ids of articles that were removed, once nobody has to hear of it; they are the last trace.

        An index that missed it all the same, as one from a backup may, has more chunks than the catalog: it is rebuilt.
        """
        if self._row("SELECT 1 FROM removed WHERE change <= ? AND article_id <> ''", up_to):
            with self._writing():
                gone = "DELETE FROM removed WHERE change <= ? RETURNING change"
                last = max(row[0] for row in self._connection.execute(gone, (up_to,)))
                # Whoever follows from the beginning must come to the last change, even if it was a removal.
                self._connection.execute("INSERT INTO removed VALUES ('', ?)", (last,))
            self._empty_log()

    def last_change(self) -> int:
        """The number of the newest change; 0 in an empty library."""
        return int(self._value("SELECT last FROM changes"))

    def lineage(self, change: int) -> str:
        """Who was writing when the catalog came to this change: a token, drawn by every process that writes.

        A catalog that lost its last changes (the power went, an older copy was put back) gives their numbers out again.
        What followed it tells by the token that its number now stands for something else.
        """
        row = self._row("SELECT token FROM lineages WHERE first <= ? ORDER BY first DESC LIMIT 1", change)
        return row[0] if row else ""

    def changes(self, after: int, limit: int) -> list[Change]:
        """The changes after this number that still matter, oldest first: one for each article at the most."""
        rows = self._rows(
            "SELECT change, id, 0 FROM articles WHERE change > ?1 "
            "UNION ALL SELECT change, article_id, 1 FROM removed WHERE change > ?1 ORDER BY 1 LIMIT ?2",
            after,
            limit,
        )
        return [Change(number, article_id, bool(gone)) for number, article_id, gone in rows]

    def check(self) -> list[str]:
        """What SQLite finds wrong with the file, with the chunks' offsets and vectors; empty when all is well."""
        wrong = [row[0] for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]
        wrong += [f"a row of {row[0]} belongs to no article" for row in self._rows("PRAGMA foreign_key_check")]
        joined = "SELECT c.id FROM chunks c JOIN articles a ON a.id = c.article_id"
        odd = f"{joined} WHERE c.start < 0 OR c.end > length(a.text)"
        wrong += [f"chunk {row[0]} reaches beyond its article" for row in self._rows(odd)]
        bare = "SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM chunks)"
        wrong += [f"article {row[0]} has no chunks" for row in self._rows(bare)]
        stray = "SELECT location FROM raw WHERE location NOT IN (SELECT location FROM ledger WHERE article_id NOT NULL)"
        wrong += [f"the raw bytes of {row[0]} belong to no article" for row in self._rows(stray)]
        cut = "SELECT id FROM chunks WHERE length(embedding) IS NOT (SELECT 4 * dimension FROM stamp)"
        wrong += [f"chunk {row[0]} has no vector of the model's length" for row in self._rows(cut)]
        partial = "SELECT id FROM chunks WHERE length(sentences) % (SELECT dimension FROM stamp) <> 0"
        wrong += [f"chunk {row[0]} has half a vector of a sentence" for row in self._rows(partial)]
        if lacking := len(self.ids_without_sentences()):
            wrong.append(f"chunks whose sentences have no vectors, since an older Dossier embedded them: {lacking:,}")
        return wrong

    def _stamp_with(self, stamp: EmbeddingStamp) -> None:
        row = (stamp.name, stamp.dimension, stamp.sha256)
        self._connection.execute("INSERT INTO stamp VALUES (?, ?, ?)", row)
