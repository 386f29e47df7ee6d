"""How far `dossier eval` is, where somebody is watching; what has to be told is told in any case."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

if TYPE_CHECKING:
    from ingest.report import Progress as IngestProgress
    from rag.evaluation.records import Record


class EvaluationProgress:
    """A bar on standard error, and lines above it; lines alone where nobody is watching."""

    def __init__(self, bar: Progress | None, console: Console) -> None:
        self._bar = bar
        self._task = bar.add_task("reading", total=None) if bar else None
        self._console = console
        self._done = self._total = 0

    def tell(self, line: str) -> None:
        """A line that stays."""
        self._console.print(Text(line), soft_wrap=True)

    def ingested(self, progress: "IngestProgress") -> None:
        """One more of the suite's documents is in its library."""
        self._show("reading", progress.done, progress.total)

    def expect(self, total: int) -> None:
        """Now so many questions are asked."""
        self._done, self._total = 0, total
        self._show("asking", 0, total)

    def asked(self, record: "Record") -> None:
        """One more question has its record."""
        self._done += 1
        self._show("asking", self._done, self._total)

    def _show(self, what: str, done: int, total: int) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=what, completed=done, total=total)


@contextmanager
def progress_bar() -> Iterator[EvaluationProgress]:
    """The progress of one run."""
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        yield EvaluationProgress(None, console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        yield EvaluationProgress(bar, console)
