"""Chunks and their vectors. A chunk is kept as offsets; its text is always cut from the article's.

The vectors of a chunk's sentences are empty where the model gives none, and missing where an older version wrote it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from rag.catalog.database import Database
from rag.catalog.records import StoredChunk
from rag.documents import Chunk
from rag.embedding import EmbeddingStamp, PassageVectors
from rag.embedding.embedder import Vectors
from rag.embedding.sentence_vectors import Sentences, in_8_bits

# How many values one statement takes; SQLite's own limit is far higher.
SLICE = 500


def embedded_hash(text: str) -> bytes:
    """The key under which a vector is found again: what was embedded, to the letter."""
    return hashlib.sha256(text.encode()).digest()


class Chunks(Database):
    """The chunks of a catalog, to be read, and the model that made their vectors."""

    def stamp(self) -> EmbeddingStamp | None:
        """The model whose vectors the library holds; None while it is empty."""
        row = self._row("SELECT name, dimension, sha256 FROM stamp")
        return EmbeddingStamp(*row) if row else None

    def dimension(self) -> int:
        """The length of a vector; 0 while there is none."""
        stamp = self.stamp()
        return stamp.dimension if stamp else 0

    def chunks(self, ids: Sequence[str]) -> dict[str, StoredChunk]:
        """Chunks by id; ids that are gone are left out."""
        return {stored.chunk.id: stored for stored in self._stored("c.id", ids)}

    def chunks_of(self, article_ids: Sequence[str]) -> list[StoredChunk]:
        """Every chunk of these articles, in the order of the text."""
        return list(self._stored("c.article_id", article_ids))

    def chunk_ids(self) -> list[str]:
        """Every chunk's id."""
        return [row[0] for row in self._rows("SELECT id FROM chunks ORDER BY id")]

    def vectors(self) -> tuple[list[str], list[str], Vectors]:
        """Every chunk's id, its article's id and its vector: the matrix an exact search scans."""
        rows = self._rows("SELECT id, article_id, embedding FROM chunks ORDER BY rowid")
        matrix = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.float32).reshape(len(rows), self.dimension())
        return [row[0] for row in rows], [row[1] for row in rows], matrix

    def sentences(self, ids: Iterable[str]) -> dict[str, Sentences]:
        """The vectors of the sentences of chunks, a row each; a chunk that has none counts as one sentence."""
        query = (
            "SELECT id, sentences, CASE WHEN length(sentences) > 0 THEN NULL ELSE embedding END FROM chunks "
            "WHERE id IN (SELECT value FROM json_each(?))"
        )
        dimension = self.dimension()
        found = {}
        for id_, sentences, whole in self._rows(query, json.dumps(list(ids))):
            if whole is None:
                found[id_] = np.frombuffer(sentences, dtype=np.int8).reshape(-1, dimension)
            else:
                found[id_] = in_8_bits(np.frombuffer(whole, dtype=np.float32))[np.newaxis]
        return found

    def ids_without_sentences(self) -> list[str]:
        """The chunks whose sentences were never embedded, since an older version wrote them."""
        return [row[0] for row in self._rows("SELECT id FROM chunks WHERE sentences IS NULL ORDER BY id")]

    def embeddings_of(self, texts: Sequence[str]) -> dict[str, PassageVectors]:
        """The vectors the catalog already has for exactly these embedded texts (`Chunk.to_embed`)."""
        hashes = {embedded_hash(text): text for text in texts}
        dimension = self.dimension()
        found: dict[str, PassageVectors] = {}
        keys = list(hashes)
        for at in range(0, len(keys), SLICE):
            part = keys[at : at + SLICE]
            marks = ",".join("?" * len(part))
            query = (
                "SELECT embedded_sha256, embedding, sentences FROM chunks "
                f"WHERE embedded_sha256 IN ({marks}) AND sentences IS NOT NULL"
            )
            for digest, vector, sentences in self._rows(query, *part):
                found[hashes[digest]] = PassageVectors(
                    np.frombuffer(vector, dtype=np.float32),
                    np.frombuffer(sentences, dtype=np.int8).reshape(-1, dimension),
                )
        return found

    def _stored(self, column: str, values: Sequence[str]) -> Iterator[StoredChunk]:
        query = (
            "SELECT c.id, c.article_id, c.position, c.start, c.end, "
            "substr(a.text, c.start + 1, c.end - c.start), c.heading, c.header, a.title, a.published, c.embedding, "
            "coalesce(a.site || char(10), '') || coalesce(a.author, '') "
            "FROM chunks c JOIN articles a ON a.id = c.article_id "
            f"WHERE {column} IN (SELECT value FROM json_each(?)) ORDER BY c.article_id, c.position"
        )
        for row in self._rows(query, json.dumps(list(values))):
            yield StoredChunk(Chunk(*row[:8]), row[8], row[9], np.frombuffer(row[10], dtype=np.float32), row[11])


def chunk_row(
    chunk: Chunk, title: str, vectors: PassageVectors
) -> tuple[str, str, int, int, int, str, bytes, bytes, str, bytes]:
    """A chunk as its table holds it: without its text, with its vectors."""
    key = embedded_hash(chunk.to_embed(title))
    place = chunk.id, chunk.article_id, chunk.position, chunk.start, chunk.end
    return *place, chunk.heading, key, vectors.whole.tobytes(), chunk.header, vectors.sentences.tobytes()
