"""Waits for files that are being written: what has changed is read when it has not changed for a while."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

# Programs write in bursts; a copy over a slow line pauses longer, and is then read twice.
SETTLE_SECONDS = 1.0

State = tuple[int, ...] | None


class Settling:
    """Paths that have changed. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: dict[Path, tuple[State, float]] = {}

    def add(self, path: Path) -> None:
        """Something happened to this path, or below it."""
        self._waiting[path] = (state_of(path), self._clock())

    def settled(self) -> list[Path]:
        """The paths that have stayed as they are; each is given once. A path that is gone has settled too."""
        now = self._clock()
        settled = []
        for path, (before, since) in list(self._waiting.items()):
            state = state_of(path)
            if state != before:
                self._waiting[path] = (state, now)
            elif now - since >= SETTLE_SECONDS:
                settled.append(path)
                del self._waiting[path]
        return sorted(settled)


def state_of(path: Path) -> State:
    """What changes when a file is written, or anything in a folder; None when there is nothing there."""
    try:
        known = path.stat()
    except OSError:
        return None
    if not path.is_dir():
        return (known.st_dev, known.st_ino, known.st_size, known.st_mtime_ns)
    return (known.st_dev, known.st_ino, hash(tuple(_states_below(path))))


def _states_below(folder: Path) -> Iterator[tuple[str, int, int]]:
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                known = os.stat(f"{place}/{name}")  # noqa: PTH116  no object for each of many files
            except OSError:
                continue
            yield name, known.st_size, known.st_mtime_ns
