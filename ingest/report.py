"""What an ingest did, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

# So many kinds of files that were passed over are named: beside saved pages lies everything they show.
MOST_KINDS = 8

Kind = Literal["added", "updated", "moved", "unchanged", "failed", "removed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Articles dealt with, of how many, and the last of them."""

    done: int
    total: int
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """What became of one article; `reason` tells why it failed."""

    kind: Kind
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that is not in the library, or not in its newest version, and why."""

    source: str
    reason: str


@dataclass(slots=True)
class Report:
    """The outcome of one run. `interrupted`: it was stopped, and what is counted here is in the library.

    `moved` are articles found as they were, at another place. `removed` are those that vanished from their sources and
    were pruned; `vanished` locations that could have been, `held` the sources of which nothing was pruned, and why.
    `passed_over` counts the files in folders that are of kinds that are not read, by extension. Of a `dry_run`, which
    changes nothing, all of this is what would be, with each article in `events`.
    """

    added: int = 0
    updated: int = 0
    moved: int = 0
    unchanged: int = 0
    removed: int = 0
    vanished: int = 0
    failed: list[Failure] = field(default_factory=list)
    chunks_embedded: int = 0
    seconds: float = 0.0
    embedding_seconds: float = 0.0
    interrupted: bool = False
    held: list[Failure] = field(default_factory=list)
    passed_over: Mapping[str, int] = field(default_factory=dict)
    dry_run: bool = False
    events: list[Event] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Articles dealt with."""
        return self.added + self.updated + self.moved + self.unchanged + len(self.failed)

    @property
    def told_passed_over(self) -> str:
        """The files that were passed over, in words; nothing where there were none."""
        if not self.passed_over:
            return ""
        kinds = sorted(self.passed_over.items(), key=lambda kind: (-kind[1], kind[0]))
        told = [f"{count} {extension or 'without an extension'}" for extension, count in kinds[:MOST_KINDS]]
        rest = sum(count for _, count in kinds[MOST_KINDS:])
        told += [f"{rest} of other kinds"] if rest else []
        return f"passed over, of kinds that are not read: {', '.join(told)}"

    def count(self, event: Event) -> Event:
        """Counts what became of an article, and gives it back."""
        match event.kind:
            case "added":
                self.added += 1
            case "updated":
                self.updated += 1
            case "moved":
                self.moved += 1
            case "unchanged":
                self.unchanged += 1
            case "removed":
                self.removed += 1
            case "failed":
                self.failed.append(Failure(event.name, event.reason))
        if self.dry_run:
            self.events.append(event)
        return event

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON has it."""
        found: dict[str, Any] = {
            "added": self.added,
            "updated": self.updated,
            "moved": self.moved,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "vanished": self.vanished,
            "failed": [_told(failure) for failure in self.failed],
            "held": [_told(failure) for failure in self.held],
            "passed_over": dict(self.passed_over),
            "chunks_embedded": self.chunks_embedded,
            "seconds": round(self.seconds, 3),
            "embedding_seconds": round(self.embedding_seconds, 3),
            "interrupted": self.interrupted,
            "dry_run": self.dry_run,
        }
        if self.dry_run:
            found["events"] = [{"event": event.kind, "source": event.name} for event in self.events]
        return found


def _told(failure: Failure) -> dict[str, str]:
    return {"source": failure.source, "reason": failure.reason}
