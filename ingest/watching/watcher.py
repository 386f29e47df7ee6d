"""The loop: what has changed or is due is ingested, one source after the other, until it is stopped.

A source that fails does not keep the others from their turn. Whatever was missed while a folder was not there, while
the library could not be written, or because the system lost changes, is found when the folder is looked through again.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Event as Flag
from typing import Protocol

import structlog

from ingest.fetch import Feed, Remote, Sitemap
from ingest.report import Event, Report
from ingest.sources import Part, is_web_address
from ingest.watching.folders import Changes
from ingest.watching.schedule import Schedule
from ingest.watching.settling import Settling, State, state_of
from rag.errors import DossierError

# How long the loop waits for changes, and how often it looks at single files.
TICK = 0.5
# Folders are looked through so often in any case: systems lose changes when there are many, and some tell none.
LOOK_THROUGH = 3600.0
RETRY = 2.0

log = structlog.get_logger(__name__)

Ingest = Callable[[str | Part | Remote], Report]
MakeSchedule = Callable[[float, float], Schedule]


class Waits(Protocol):
    """What tells of changes in folders (see FolderChanges)."""

    def wait(self, seconds: float) -> Changes: ...


class Tells(Protocol):
    """What is told of articles and sources (see Teller)."""

    def tell(self, event: Event) -> None: ...
    def say(self, event: str, source: str) -> None: ...


class Watcher:
    """Keeps a library up to date with `files`, `folders` and `remote` sources, which are looked at `every` so often.

    `ingest` takes one source into the library, and reports; `teller` is told what there is to tell of the sources.
    """

    def __init__(
        self,
        files: Sequence[Path],
        folders: Sequence[Path],
        remote: Iterable[str | Remote],
        every: float,
        *,
        changes: Waits,
        ingest: Ingest,
        teller: Tells,
        schedule: MakeSchedule,
        clock: Callable[[], float],
    ) -> None:
        self._changes = changes
        self._ingest = ingest
        self._tell = teller.tell
        self._say = teller.say
        self._settling = Settling(clock)
        self._folders = {folder: schedule(LOOK_THROUGH, RETRY) for folder in folders}
        self._remote = {source: schedule(every, every) for source in remote}
        self._files: dict[Path, State] = {file: state_of(file) for file in files}
        self._file_schedules = {file: schedule(LOOK_THROUGH, RETRY) for file in files}
        self._there: set[Path] = set()

    def run(self, stopped: Flag) -> None:
        """Works until `stopped` is set."""
        while not stopped.is_set():
            self._note(self._changes.wait(TICK))
            for source, schedule in self._due():
                if stopped.is_set():
                    return
                self._look_at(source, schedule)

    def _note(self, changes: Changes) -> None:
        for path in changes.paths:
            self._settling.add(path)
        for file, before in self._files.items():
            if (state := state_of(file)) != before:
                self._files[file] = state
                self._settling.add(file)
        for folder in changes.vanished:
            self._there.discard(folder)
            self._tell(Event("failed", str(folder), f"{folder} is not there; it is looked for."))
        for folder in changes.appeared:
            self._there.add(folder)
            self._folders[folder].at_once()
            self._tell(Event("unchanged", str(folder)))  # its failure, if it was told, is over
            self._say("watching", str(folder))

    def _due(self) -> Iterable[tuple[str | Part | Remote, Schedule]]:
        settled = self._settling.settled()
        for file, schedule in self._file_schedules.items():
            if file in settled and file.exists():
                schedule.at_once()
            if schedule.is_due and file.exists():
                yield str(file), schedule
        for folder, schedule in self._folders.items():
            if folder not in self._there:
                continue
            if schedule.is_due:
                yield str(folder), schedule
            elif paths := tuple(path for path in settled if folder in path.parents):
                yield Part(str(folder), paths), schedule
        for source, schedule in self._remote.items():
            if schedule.is_due:
                yield source, schedule

    def _look_at(self, source: str | Part | Remote, schedule: Schedule) -> None:
        try:
            report = self._ingest(source)
        except DossierError as error:
            wait = schedule.looked_at(failed=True)
            self._tell(Event("failed", name_of(source), f"{error} Tried again in {wait:.0f} seconds."))
        except Exception as error:  # the boundary of the process: it goes on, whatever one source does
            log.exception("a source could not be looked at", source=name_of(source))
            wait = schedule.looked_at(failed=True)
            self._tell(Event("failed", name_of(source), f"{error!r}. Tried again in {wait:.0f} seconds."))
        else:
            if not isinstance(source, Part):
                schedule.looked_at(failed=_has_failed(source, report))


def name_of(source: str | Part | Remote) -> str:
    """What people call a source."""
    match source:
        case str():
            return source
        case Part(folder=name) | Feed(source=name) | Sitemap(address=name):
            return name


def _has_failed(source: str | Remote, report: Report) -> bool:
    """Whether the source itself could not be read, not just one of its articles."""
    if isinstance(source, str) and is_web_address(source):
        return bool(report.failed)
    return any(failure.source == name_of(source) for failure in report.failed)
