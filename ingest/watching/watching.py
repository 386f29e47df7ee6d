"""Puts a watcher together: sources, library, model, signals."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from ingest.fetch import Remote
from ingest.pipeline import divided, run
from ingest.prune import Pruning
from ingest.reading import Reader
from ingest.report import Report
from ingest.sources import Part
from ingest.watching.folders import FolderChanges
from ingest.watching.schedule import Schedule
from ingest.watching.stopping import Stop
from ingest.watching.telling import Teller
from ingest.watching.watcher import Watcher, name_of
from rag.catalog import Catalog
from rag.embedding import Embedder
from rag.errors import ConfigurationError
from rag.indexes import Indexes
from rag.settings import Settings


def sorted_out(sources: Sequence[str | Remote]) -> tuple[list[Path], list[Path], list[str | Remote]]:
    """Files, folders, and what has to be fetched. Raises ConfigurationError for what cannot be watched."""
    local, remote = divided(sources)
    paths = [Path(str(source)).absolute() for source in local]
    for path in paths:
        if not path.exists():
            raise ConfigurationError(
                f"There is no file or folder {str(path)!r}.", "Check the path; of a pattern, name the folder."
            )
    return [path for path in paths if not path.is_dir()], [path for path in paths if path.is_dir()], remote


def watch(
    sources: Sequence[str | Remote],
    catalog: Catalog,
    embedder: Embedder,
    settings: Settings,
    teller: Teller,
    stop: Stop,
    *,
    every: float,
    pruning: Pruning,
    fields: Mapping[str, str],
) -> None:
    """Keeps the library up to date until `stop`. Raises ConfigurationError for what cannot be watched."""
    files, folders, remote = sorted_out(sources)
    follow = _Follower(catalog)

    def ingest(source: str | Part | Remote) -> Report:
        try:
            with stop.interruptible():
                report = run(
                    [source],
                    catalog,
                    embedder,
                    settings,
                    lambda _: None,
                    fields=fields,
                    reader=reader,
                    on_event=teller.tell,
                    pruning=pruning,
                )
        except KeyboardInterrupt:  # before the run had begun, or when it was over
            return Report(interrupted=True)
        teller.sum_up(name_of(source), report)
        follow.catch_up()
        return report

    with Reader(settings) as reader, closing(FolderChanges(folders, stop.stopped)) as changes:
        watcher = Watcher(
            files,
            folders,
            remote,
            every,
            changes=changes,
            ingest=ingest,
            teller=teller,
            schedule=partial(_schedule, time.monotonic, random.random),
            clock=time.monotonic,
        )
        for source in (*map(str, files), *remote):
            teller.say("watching", name_of(source))
        watcher.run(stop.stopped)
    teller.say("stopped", str(settings.library))


class _Follower:
    """Brings the indexes up after a change, and gives them back each time: a server that starts may have them."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._last: int | None = None

    def catch_up(self) -> None:
        """Raises LibraryError when they cannot be written."""
        last = self._catalog.last_change()
        if last == self._last:
            return
        with closing(Indexes(self._catalog)) as indexes:
            indexes.sync()  # a server that has them does it by itself
        self._last = last


def _schedule(clock: Callable[[], float], random: Callable[[], float], every: float, retry: float) -> Schedule:
    return Schedule(every, clock, random, retry=retry)
