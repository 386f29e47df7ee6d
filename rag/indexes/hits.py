"""What a search of an index finds, and the one error an index has."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found; a higher score is better, and comparable within one search only."""

    chunk_id: str
    score: float

    @property
    def article_id(self) -> str:
        """The article the chunk is of: chunk ids are `<article id>-<position>`."""
        return self.chunk_id.rpartition("-")[0]


class IndexDamagedError(Exception):
    """An index cannot be used as it is. Never shown to a user: it is rebuilt from the catalog."""


class IndexInterruptedError(IndexDamagedError):
    """It cannot be used because a process was killed while it wrote. That is no sign of anything wrong."""


@contextmanager
def damage_mapped(folder: Path | None) -> Iterator[None]:
    """Whatever an index's library reports of its own files becomes IndexDamagedError: the remedy is always to rebuild.

    Both libraries are written in Rust; a panic there arrives as a BaseException of its own kind.
    """
    try:
        yield
    except (IndexDamagedError, MemoryError):
        raise
    except Exception as error:  # what kind it is matters to nobody: nothing is swallowed, and the catalog has it all
        raise IndexDamagedError(f"{folder}: {type(error).__name__}: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise IndexDamagedError(f"{folder}: panic: {error}") from error
