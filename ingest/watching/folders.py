"""What changes in folders, as the operating system tells it (watchfiles: kept, MIT, wheels for every platform).

A folder may vanish and come back, as removable disks do; the system's own watch dies with it, so that each is known by
its device and number, and watched anew when these change.
"""

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from watchfiles import Change, watch

# Changes within this time are told together.
DEBOUNCE_MS = 200
STEP_MS = 50
# Where the system cannot watch, folders are compared this often.
POLL_MS = 2_000

log = structlog.get_logger(__name__)

Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Changes:
    """The paths that something happened to, and the folders that are there again, or are not any more."""

    paths: frozenset[Path] = frozenset()
    appeared: tuple[Path, ...] = ()
    vanished: tuple[Path, ...] = ()


class FolderChanges:
    """Watches folders, those that are there; a wait ends early when `stopped` is set. Close it in the end."""

    def __init__(self, folders: Sequence[Path], stopped: threading.Event) -> None:
        self._folders = folders
        self._stopped = stopped
        self._known: dict[Path, Identity] = {}
        self._stream: Generator[set[tuple[Change, str]]] | None = None
        self._polls = False

    def wait(self, seconds: float) -> Changes:
        """What has changed since the last call; waits for it, but no longer than about `seconds`.

        The first call starts the watch: all folders appear.
        """
        there = {folder: known for folder in self._folders if (known := _identity(folder))}
        if there != self._known:
            return self._watch_anew(there)
        if self._stream is None:
            self._stopped.wait(seconds)
            return Changes()
        return Changes(self._changed())

    def _changed(self) -> frozenset[Path]:
        if self._stream is None:
            return frozenset()
        try:
            found = next(self._stream, None)
        except (OSError, RuntimeError) as error:
            self._recover(error)
            return frozenset()
        if found is None:  # the end of the stream: `stopped` was set
            self._stream = None
        return frozenset(Path(path) for _, path in found or ())

    def _watch_anew(self, there: dict[Path, Identity]) -> Changes:
        before, self._known = self._known, there
        self._open()
        return Changes(
            # Asked once at once: the watch has begun then, and nothing is missed while the folders are looked through.
            self._changed(),
            appeared=tuple(folder for folder in there if before.get(folder) != there[folder]),
            vanished=tuple(folder for folder in before if folder not in there),
        )

    def _open(self) -> None:
        self.close()
        if not self._known:
            return
        self._stream = watch(
            *self._known,
            watch_filter=None,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=self._stopped,
            rust_timeout=500,
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=self._polls or None,
            poll_delay_ms=POLL_MS,
            ignore_permission_denied=True,
        )

    def _recover(self, error: Exception) -> None:
        """Watches by comparing, when the system gives no more watches; a folder that is just gone is told next time."""
        self.close()
        if all(_identity(folder) == known for folder, known in self._known.items()):
            log.warning("folders cannot be watched, they are compared instead", error=str(error))
            self._polls = True
        self._known = {}  # all of them appear again, and are looked through: changes were missed

    def close(self) -> None:
        """Ends the watch."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()


def _identity(folder: Path) -> Identity | None:
    try:
        known = folder.stat()
    except OSError:
        return None
    return (known.st_dev, known.st_ino) if folder.is_dir() else None
