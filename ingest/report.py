"""What an ingest did, and how far it is."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """Articles dealt with, of how many, and the last of them."""

    done: int
    total: int
    name: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that is not in the library, or not in its newest version, and why."""

    source: str
    reason: str


@dataclass(slots=True)
class Report:
    """The outcome of one run. `interrupted`: it was stopped, and what is counted here is in the library."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: list[Failure] = field(default_factory=list)
    chunks_embedded: int = 0
    seconds: float = 0.0
    embedding_seconds: float = 0.0
    interrupted: bool = False

    @property
    def done(self) -> int:
        """Articles dealt with."""
        return self.added + self.updated + self.unchanged + len(self.failed)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "failed": [{"source": failure.source, "reason": failure.reason} for failure in self.failed],
            "chunks_embedded": self.chunks_embedded,
            "seconds": round(self.seconds, 3),
            "embedding_seconds": round(self.embedding_seconds, 3),
            "interrupted": self.interrupted,
        }
