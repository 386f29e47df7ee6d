"""The vector index: Chroma, embedded. The one file that imports chromadb.

What was seen of Chroma 1.5 and shapes this: two processes on one store lose writes silently; a kill in the middle of a
write can leave a store that crashes the process which opens it; `add` of a known id is ignored; `where` is slow on many
rows. So the caller holds a lock, a store that was not closed well is opened in a child process first, only `upsert` is
used, and filters are resolved before the search (rag/indexes/exact.py).
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self, cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.types import Where
from chromadb.config import Settings

from rag.catalog import Catalog, StoredChunk
from rag.embedding.embedder import Vectors
from rag.indexes import state
from rag.indexes.following import follow
from rag.indexes.gate import Gate
from rag.indexes.hits import Hit, IndexDamagedError, IndexInterruptedError, damage_mapped
from rag.indexes.wiping import wipe

COLLECTION = "chunks"
# Chroma takes 5,461 rows at once at the most.
BATCH = 2000
# Changes after which Chroma writes its graph to the disk: its own default.
SYNC_THRESHOLD = 1000
# A child that opens a damaged store may hang as well as crash.
PROBE_SECONDS = 60


class DenseIndex:
    """Nearest chunks by cosine similarity. One process at a time (see rag/indexes/follower.py)."""

    def __init__(self, folder: Path, client: Client, last_change: int, lineage: str, *, traces: bool = False) -> None:
        self.folder = folder
        self.last_change = last_change
        self.lineage = lineage
        self.traces = traces
        self._gate = Gate()
        self._use(client)

    def _use(self, client: Client) -> None:
        self._client = client
        self._collection = client.get_or_create_collection(
            COLLECTION,
            embedding_function=None,  # else the first query tries to download a model
            configuration={"hnsw": {"space": "cosine", "ef_search": 200, "ef_construction": 200}},
        )

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Opens the store in `folder`, or an empty one. Raises IndexDamagedError when it cannot be trusted."""
        with damage_mapped(folder):
            folder.mkdir(parents=True, exist_ok=True)
            known = state.read(folder)
            if not known.closed:
                _probe(folder)
            # Chroma writes to its files as soon as it opens them: from here on, only `close` makes them trusted.
            state.write(folder, known.last_change, known.lineage, closed=False, traces=known.traces)
            client = connect(folder)
            try:
                return cls(folder, client, known.last_change, known.lineage, traces=known.traces)
            except BaseException:
                client.close()
                raise

    def count(self) -> int:
        """How many chunks it holds."""
        with damage_mapped(self.folder):
            return self._collection.count()

    def ids(self) -> set[str]:
        """The ids of all chunks it holds."""
        with damage_mapped(self.folder):
            return set(self._collection.get(include=[])["ids"])

    def apply(self, changed: Sequence[str], chunks: Sequence[StoredChunk], last_change: int, lineage: str) -> None:
        """Replaces everything of the articles `changed` by `chunks`, and moves on to `last_change`."""
        with damage_mapped(self.folder):
            if self.last_change:  # an empty index has nothing to replace
                of_changed = cast(Where, {"article_id": {"$in": list(changed)}})
                old = self._collection.get(where=of_changed, include=[])["ids"]
                gone = sorted(set(old) - {stored.chunk.id for stored in chunks})
                there = {stored.chunk.article_id for stored in chunks}
                self._overwrite([id_ for id_ in gone if Hit(id_, 0).article_id not in there])
                for at in range(0, len(gone), BATCH):
                    self._collection.delete(ids=gone[at : at + BATCH])
            for at in range(0, len(chunks), BATCH):
                part = chunks[at : at + BATCH]
                self._collection.upsert(
                    ids=[stored.chunk.id for stored in part],
                    embeddings=np.stack([stored.vector for stored in part]),
                    metadatas=[{"article_id": stored.chunk.article_id} for stored in part],
                )
            state.write(self.folder, last_change, lineage, closed=False, traces=self.traces)
        self.last_change, self.lineage = last_change, lineage

    def _overwrite(self, ids: Sequence[str]) -> None:
        """Puts a vector that says nothing in the place of those of removed articles: Chroma only marks as deleted."""
        if not ids:
            return
        self.traces = True
        some = self._collection.get(ids=[ids[0]], include=["embeddings"])["embeddings"]
        assert some is not None
        blank = np.eye(1, len(some[0]), dtype=np.float32)
        for at in range(0, len(ids), BATCH):
            part = list(ids[at : at + BATCH])
            self._collection.upsert(
                ids=part, embeddings=np.repeat(blank, len(part), axis=0), metadatas=[{"article_id": "-"}] * len(part)
            )

    def erase(self, catalog: Catalog) -> None:
        """Makes files without the removed vectors: a small store anew, a large one by Chroma's own writing.

        Chroma writes its graph, and ends its log of what was put in, when a search finds a thousand changes in the log:
        a thousand chunks are told what they are, once more. Searches wait, or are exact meanwhile.
        """
        reached, self.last_change = self.last_change, -1
        with damage_mapped(self.folder), self._gate.closed():
            state.write(self.folder, reached, self.lineage, closed=False, traces=True)
            if self._collection.count() < SYNC_THRESHOLD:
                self._make_anew(catalog)
                reached = self.last_change
            else:
                some = self._collection.get(limit=SYNC_THRESHOLD, include=["metadatas"])
                self._collection.update(ids=some["ids"], metadatas=some["metadatas"])
                blank = np.eye(1, catalog.dimension(), dtype=np.float32)
                self._collection.query(query_embeddings=blank, n_results=1, include=[])
            self._client.close()
            wipe(self.folder)
            self._use(connect(self.folder))
            state.write(self.folder, reached, self.lineage, closed=False)
        self.last_change, self.traces = reached, False

    def _make_anew(self, catalog: Catalog) -> None:
        self._client.close()
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        state.write(self.folder, 0, "", closed=False, traces=True)
        self._use(connect(self.folder))
        self.last_change, self.lineage = 0, ""
        follow(self, catalog)

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """The k nearest chunks, by cosine similarity, best first."""
        with damage_mapped(self.folder), self._gate.passed():
            found = self._collection.query(query_embeddings=vector[np.newaxis], n_results=k, include=["distances"])
        distances = found["distances"]
        assert distances is not None
        return [Hit(id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]

    def close(self) -> None:
        """Closes the store and notes that it was closed well."""
        with damage_mapped(self.folder):
            self._client.close()
            state.write(self.folder, self.last_change, self.lineage, closed=True, traces=self.traces)

    def abandon(self) -> None:
        """Lets go of the files, which are to be thrown away; else Chroma would go on with them in a new store."""
        with suppress(IndexDamagedError), damage_mapped(self.folder):
            self._client.close()


def connect(folder: Path) -> Client:
    """A client on the store in `folder`, which sends nothing to anybody."""
    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    assert isinstance(client, Client)
    return client


def _probe(folder: Path) -> None:
    """Opens, counts and queries the store in a child process, which may crash in our place."""
    command = [sys.executable, "-m", "rag.indexes.probe", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise IndexInterruptedError(f"{folder} did not answer in {PROBE_SECONDS} s") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise IndexInterruptedError(
            f"{folder} was not closed well and does not open (status {done.returncode}): {last}"
        )
