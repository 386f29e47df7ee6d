"""Keeps both indexes in step with the catalog, and finds something to search while they are not.

One process at a time owns the indexes' files: it holds a file lock (filelock: kept, MIT, and the operating system frees
the lock of a killed process). The others read the word index, which many may, and scan the catalog's vectors exactly.
The owner applies what changed; an index that does not open, does not answer or disagrees with the catalog is thrown
away and rebuilt from the catalog, without embedding anything.
"""

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from rag.catalog import Catalog
from rag.embedding.embedder import Vectors
from rag.errors import LibraryError
from rag.indexes import state
from rag.indexes.exact import ExactSearch
from rag.indexes.facets import Allowed, Facets, Limits
from rag.indexes.following import DenseSearch, Index, bring_up, differences, is_in_step
from rag.indexes.hits import Hit, IndexDamagedError, IndexInterruptedError
from rag.indexes.lexical import LexicalIndex
from rag.indexes.limited import searched

LOCK = "indexes.lock"
DENSE, LEXICAL = "chroma", "lexical"

log = logging.getLogger(__name__)

SomeIndex = TypeVar("SomeIndex", bound=Index)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How an index stands to the catalog. `ready`: a search of it misses nothing."""

    ready: bool
    detail: str


class Indexes:
    """The dense and the lexical leg over one catalog. Searches are thread safe; `sync` is for one thread at a time."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._folder = catalog.folder
        # The lock is the process's: whichever worker thread asks for it, owns it, gives it back.
        self._lock = FileLock(self._folder / LOCK, thread_local=False)
        self._syncing = threading.Lock()
        self._dense: DenseSearch | None = None
        self._lexical: LexicalIndex | None = None
        self._exact = ExactSearch(catalog)
        self._facets = Facets(catalog)
        self._memory: LexicalIndex | None = None
        self._filling = threading.Lock()
        self._failed: set[str] = set()  # indexes that did not answer; the next sync rebuilds them

    # following

    def own(self) -> bool:
        """Takes the indexes' files when no other process has them; whether this process has them now."""
        if self._lock.is_locked:
            return True
        if not self._catalog.writable:
            return False
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            return False
        except OSError as error:
            raise LibraryError(
                f"{self._folder / LOCK} cannot be locked: {error}.", "Check the folder's permissions."
            ) from error
        return True

    def sync(self) -> bool:
        """Applies what the indexes miss, when this process may; whether they are in step now. Blocking.

        Raises LibraryError when an index cannot be written; searches then go on without it, and miss nothing.
        """
        with self._syncing:
            if not self.own():
                return False
            self._lexical = self._brought_up(LEXICAL, LexicalIndex.open, self._lexical)
            self._memory = None
            if self._dense is None:
                self._exact.forget()  # it stood in until now; filtered searches read it again
            self._dense = self._brought_up(DENSE, _open_dense, self._dense)
            self._catalog.forget_removed(min(self._lexical.last_change, self._dense.last_change))
            return True

    def claim(self) -> None:
        """Makes sure that the indexes' files are this process's. Raises LibraryError when they cannot be."""
        if self.own():
            return
        if not self._catalog.writable:
            raise LibraryError(
                f"The library in {self._folder} cannot be written, nor its indexes.", "Check the folder's permissions."
            )
        raise LibraryError(
            f"Another process has the indexes of {self._folder}.", "Stop `dossier serve` or the running ingest first."
        )

    def rebuild(self) -> None:
        """Throws both indexes away and makes them again from the catalog. Raises LibraryError as `claim` does."""
        with self._syncing:
            self.claim()
            self._throw_away(LEXICAL, self._lexical)
            self._throw_away(DENSE, self._dense)
            self._lexical = self._dense = None
        self.sync()

    def _brought_up(self, name: str, open_index: Callable[[Path], SomeIndex], index: SomeIndex | None) -> SomeIndex:
        """The index, open and in step: as it is, after the missing changes, or rebuilt."""
        if name in self._failed:
            self._throw_away(name, index)
            index = None
        elif index is not None and is_in_step(index, self._catalog) and not index.traces:
            return index
        for _ in ("as it is", "rebuilt"):
            try:
                if index is None:
                    index = open_index(self._folder / name)
                    if odd := differences(index, self._catalog):
                        raise IndexDamagedError(f"it {odd[0]}")
                bring_up(index, self._catalog)
                if index.traces:
                    index.erase(self._catalog)
            except IndexDamagedError as error:
                log.warning("index %s thrown away, it is rebuilt from the catalog: %s", name, error)
                self._failed.add(name)
                self._throw_away(name, index)
                index = None
            else:
                self._failed.discard(name)
                return index
        raise LibraryError(
            f"The index {self._folder / name} cannot be written.",
            "Is the disk full, or the folder read-only? The articles are safe in the catalog; questions are answered "
            "from it alone until there is room.",
        )

    def _throw_away(self, name: str, index: Index | None) -> None:
        if index is not None:
            index.abandon()
        shutil.rmtree(self._folder / name, ignore_errors=True)

    # searching

    def allowed(self, limits: Limits) -> Allowed | None:
        """The articles within the limits; None when there are none."""
        return self._facets.allowed(limits)

    def search_dense(self, vector: Vectors, k: int, allowed: Allowed | None = None) -> list[Hit]:
        """The k nearest chunks by cosine similarity: by Chroma when it is in step, or exactly."""
        dense = self._dense
        if dense is not None and DENSE not in self._failed and is_in_step(dense, self._catalog):
            try:
                found = searched(lambda many: dense.search(vector, many), k, allowed)
                if found is not None:
                    return found
            except IndexDamagedError as error:
                log.warning("the vector index does not answer, searching exactly until it is rebuilt: %s", error)
                self._failed.add(DENSE)
        return self._exact.search(vector, k, allowed)

    def search_lexical(self, text: str, k: int, allowed: Allowed | None = None) -> list[Hit]:
        """The k best chunks by BM25."""
        return self._with_words(lambda index: index.search(text, k, allowed))

    def search_articles(self, text: str, k: int, allowed: Allowed | None = None) -> dict[str, float]:
        """The k best articles by BM25 over their whole texts: their scores by id, best first."""
        return self._with_words(lambda index: index.search_articles(text, k, allowed))

    def document_frequency(self, term: str) -> int:
        """In how many chunks a term stands (see rag.indexes.lexical.terms)."""
        return self._with_words(lambda index: index.document_frequency(term))

    def _with_words(self, search: Callable[[LexicalIndex], T]) -> T:
        """Searches the word index on disk when it is in step, else one in memory."""
        index = self._lexical
        if not self._lock.is_locked and (index is None or not is_in_step(index, self._catalog)):
            index = self._lexical = self._read_only_lexical()
        if index is not None and LEXICAL not in self._failed:
            try:
                if is_in_step(index, self._catalog):
                    return search(index)
            except IndexDamagedError as error:
                log.warning("the word index does not answer, searching another until it is rebuilt: %s", error)
                self._failed.add(LEXICAL)
        return search(self._in_memory())

    def _read_only_lexical(self) -> LexicalIndex | None:
        folder = self._folder / LEXICAL
        try:
            return LexicalIndex.open(folder) if (folder / state.FILE).exists() else None
        except IndexDamagedError:
            return None  # the owner rebuilds it

    def _in_memory(self) -> LexicalIndex:
        with self._filling:  # one thread makes it, the others wait for it
            memory = self._memory
            if memory is None or not is_in_step(memory, self._catalog):
                memory = LexicalIndex.in_memory()
                bring_up(memory, self._catalog)
                self._memory = memory
            return memory

    # telling

    def status(self) -> IndexStatus:
        """Whether searches use the indexes themselves."""
        in_step = all(index is not None and is_in_step(index, self._catalog) for index in (self._dense, self._lexical))
        # Where another process has the indexes, this one searches the catalog itself, which misses nothing.
        if (in_step and not self._failed) or not self._lock.is_locked:
            return IndexStatus(True, "ok")
        return IndexStatus(False, "being brought up to date")

    def differences(self) -> list[str]:
        """How the indexes on disk disagree with the catalog; empty when they do not. Mends no disagreement.

        What a kill leaves is none: an index that is merely behind catches up first, and one that was left in the middle
        of a write is rebuilt, as at every opening. Raises LibraryError when another process has the indexes.
        """
        self.claim()
        with self._syncing:
            return [*self._compared(LEXICAL, LexicalIndex.open), *self._compared(DENSE, _open_dense)]

    def _compared(self, name: str, open_index: Callable[[Path], Index]) -> list[str]:
        folder = self._folder / name
        index: Index | None = None
        try:
            try:
                index = open_index(folder)
            except IndexInterruptedError:
                self._throw_away(name, index)
                index = open_index(folder)
            found = differences(index, self._catalog)
            index.close()
        except IndexDamagedError as error:
            if index is not None:
                index.abandon()
            return [f"{name} cannot be used: {error}"]
        return [f"{name} {difference}" for difference in found]

    def close(self) -> None:
        """Closes the indexes and lets other processes have them."""
        with self._syncing:
            for name, index in ((DENSE, self._dense), (LEXICAL, self._lexical)):
                if index is None or not self._lock.is_locked:
                    continue
                if name in self._failed:
                    index.abandon()
                    continue
                try:
                    index.close()
                except IndexDamagedError as error:
                    log.warning("an index did not close, it is checked when it is opened again: %s", error)
            self._dense = self._lexical = None
            self._lock.release()


def _open_dense(folder: Path) -> DenseSearch:
    from rag.indexes.dense import DenseIndex  # chromadb takes 1.5 s to import; a reader that is no owner never does

    return DenseIndex.open(folder)
