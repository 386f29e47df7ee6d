"""How one index follows the catalog: what it misses is applied, and what it holds is compared."""

from typing import Protocol

from rag.catalog import Catalog, StoredChunk
from rag.embedding.embedder import Vectors
from rag.indexes.hits import Hit, IndexDamagedError

# Articles applied at once: enough to make a write worth its cost, few enough to keep memory level.
ARTICLES_AT_ONCE = 200


class Index(Protocol):
    """What can follow the catalog. Every method raises IndexDamagedError when the index cannot be used."""

    last_change: int
    lineage: str
    traces: bool  # its files may hold something of removed articles still

    def apply(self, changed: list[str], chunks: list[StoredChunk], last_change: int, lineage: str) -> None:
        """Replaces everything of the articles `changed` by `chunks`, and moves on to `last_change` of `lineage`."""
        ...

    def erase(self, catalog: Catalog) -> None:
        """Makes files that hold nothing of removed articles, and goes on with these."""
        ...

    def count(self) -> int:
        """How many chunks it holds."""
        ...

    def ids(self) -> set[str]:
        """The ids of all chunks it holds."""
        ...

    def close(self) -> None:
        """Closes it in order, so that the next process can trust its files."""
        ...

    def abandon(self) -> None:
        """Lets go of its files, which are to be thrown away."""
        ...


class DenseSearch(Index, Protocol):
    """An index that is searched by vector."""

    def search(self, vector: Vectors, k: int) -> list[Hit]: ...


def follow(index: Index, catalog: Catalog) -> int:
    """Applies what the index misses, and returns how many chunks the catalog holds then.

    Another process may be writing all the while: the count is of the very change that the index has come to.
    """
    while True:
        if index.last_change > catalog.last_change():
            raise IndexDamagedError("it is ahead of the catalog, which lost changes or is of another library")
        if index.lineage != catalog.lineage(index.last_change):
            raise IndexDamagedError("it followed changes that the catalog lost, or those of another library")
        while changes := catalog.changes(index.last_change, ARTICLES_AT_ONCE):
            there = [change.article_id for change in changes if not change.removed]
            last = changes[-1].number
            chunks = catalog.chunks_of(there)
            index.apply([change.article_id for change in changes], chunks, last, catalog.lineage(last))
        count = catalog.counts()[1]
        if catalog.last_change() == index.last_change:
            return count


def is_in_step(index: Index, catalog: Catalog) -> bool:
    """Whether an index holds the very changes that the catalog holds."""
    last = catalog.last_change()
    return index.last_change == last and index.lineage == catalog.lineage(last)


def bring_up(index: Index, catalog: Catalog) -> None:
    """Applies what the index misses. Raises IndexDamagedError when it then has not as many chunks as the catalog."""
    wanted = follow(index, catalog)
    if (held := index.count()) != wanted:
        raise IndexDamagedError(f"it holds {held} chunks, the catalog {wanted}")


def differences(index: Index, catalog: Catalog) -> list[str]:
    """Which chunks an index misses or has too many, once it has come up to the catalog; empty when it agrees."""
    while True:
        follow(index, catalog)
        wanted = set(catalog.chunk_ids())
        if catalog.last_change() == index.last_change:
            break
    held = index.ids()
    found = []
    if missing := wanted - held:
        found.append(f"misses {len(missing)} of {len(wanted)} chunks, {min(missing)} first")
    if left := held - wanted:
        found.append(f"holds {len(left)} chunks the catalog does not, {min(left)} first")
    return found
