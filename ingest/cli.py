"""The command line of Dossier: rag's commands, and `ingest`. Composed here, since only ingest knows both."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ingest.evaluation_command import evaluate
from ingest.opening import looked_into, written_to
from ingest.options import (
    FeedOption,
    FieldOption,
    PathOption,
    PruneOption,
    SinceOption,
    SitemapOption,
    SourcesArgument,
    remote_sources,
)
from ingest.watch_command import watch
from rag.cli import JsonOption, LibraryOption, app, errors_shown, print_json, serve_with
from rag.errors import ConfigurationError
from rag.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.fetch import Remote
    from ingest.report import Progress as IngestProgress
    from ingest.report import Report

__all__ = ["app", "evaluate", "watch"]

INTERRUPTED = 130


@app.command()
def ingest(
    sources: SourcesArgument = None,
    feed: FeedOption = None,
    sitemap: SitemapOption = None,
    since: SinceOption = None,
    path: PathOption = None,
    field: FieldOption = None,
    prune: PruneOption = False,
    force: Annotated[
        bool, typer.Option("--force", help="Prune also a folder or feed in which nothing is left at all.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; tell for each article what would become of it.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put articles into the library; only what is new or has changed is embedded.

    Exit status: 0 all well, 1 some articles failed or stay unpruned (the rest is done), 2 the command itself is wrong.
    """
    with errors_shown():
        if force and not prune:
            raise ConfigurationError("--force is about --prune.", "Give both, or neither.")
        wanted = [*(sources or ()), *remote_sources(feed or (), sitemap or (), since, path)]
        report = _run(wanted, library, field or (), prune=prune, force=force, dry_run=dry_run)
    _end(report, as_json=as_json)


@app.command()
def serve(
    library: LibraryOption = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(help="The port to listen on; 0 takes a free one.", show_default="8000")
    ] = None,
) -> None:
    """Serve the library: the page, and the HTTP interface under /v1. A worker process reads what is posted to it."""
    with errors_shown():
        settings = load_settings(library=library, host=host, port=port)
    serve_with(settings, [sys.executable, "-m", "ingest.worker", "--library", str(settings.library.absolute())])


@app.command()
def reextract(
    article_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID…", help="The ids of articles; without any, all are read.")
    ] = None,
    all_changed: Annotated[
        bool, typer.Option("--all-changed", help="All articles that were read by another version of Dossier.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read articles anew from their raw bytes, without file or network; needs DOSSIER_KEEP_RAW at their ingest.

    Exit status: 0 all well, 1 some articles failed (they stay as they were), 2 the command itself is wrong.
    """
    with errors_shown():
        if article_ids and all_changed:
            raise ConfigurationError("--all-changed goes without ids.", "Give one or the other.")
        report = _reextract(article_ids or (), library, only_outdated=all_changed)
    _end(report, as_json=as_json)


def _reextract(ids: "Sequence[str]", library: Path | None, *, only_outdated: bool) -> "Report":
    from ingest.preparation import Preparation
    from ingest.reading import Reader
    from ingest.reextraction import reextract
    from rag.names import names_for

    settings = load_settings(library=library)
    with (
        written_to(settings, create=False) as (catalog, embedder),
        Reader(settings) as reader,
        _progress_bar() as on_progress,
    ):
        names = names_for(settings.library, settings.companies)
        preparation = Preparation(catalog, embedder, date.today(), reader.read, names=names)
        return reextract(catalog, embedder, preparation, on_progress, ids=ids, only_outdated=only_outdated)


def _end(report: "Report", *, as_json: bool) -> None:
    if as_json:
        print_json(report.to_dict())
    else:
        show(report, Console())
    if report.interrupted:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(1 if report.failed or report.held else 0)


def _run(
    sources: "Sequence[str | Remote]",
    library: Path | None,
    fields: "Sequence[str]",
    *,
    prune: bool,
    force: bool,
    dry_run: bool,
) -> "Report":
    # Imported here, not above: they bring onnxruntime, tantivy and Chroma along, and `dossier --help` stays instant.
    from ingest.json_lines import read_mapping
    from ingest.pipeline import run
    from ingest.prune import Pruning
    from ingest.sources import find_items, is_web_address

    settings = load_settings(library=library)
    mapping = read_mapping(fields)
    if not sources:
        raise ConfigurationError("There is nothing to ingest.", "Name files, folders or addresses, or give --feed.")
    files = [source for source in sources if isinstance(source, str) and not is_web_address(source)]
    find_items(files, settings)  # a wrong source is told before a library is made for it
    pruning = Pruning.FORCED if force else Pruning.CAREFUL if prune else Pruning.NONE
    library_of = looked_into(settings) if dry_run else written_to(settings, create=True)
    with library_of as (catalog, embedder), _progress_bar() as on_progress:
        return run(sources, catalog, embedder, settings, on_progress, fields=mapping, pruning=pruning)


@contextmanager
def _progress_bar() -> "Iterator[Callable[[IngestProgress], None]]":
    """Shows how far an ingest is, where somebody is watching."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda p: bar.update(task, completed=p.done, total=p.total, description=Text(p.name[-40:]).markup)


def show(report: "Report", console: Console) -> None:
    """The summary: how many articles were added, updated, unchanged, failed, and why."""
    for event in report.events:
        console.print(Text(f"{event.kind:10}{event.name}"), soft_wrap=True)
    table = Table(show_header=False, box=None, pad_edge=False)
    counts = {
        "added": report.added,
        "updated": report.updated,
        "moved": report.moved,
        "unchanged": report.unchanged,
        "failed": len(report.failed),
        "removed": report.removed,
    }
    counts = {name: count for name, count in counts.items() if count or name not in ("moved", "removed")}
    for name, number in counts.items():
        table.add_row(name, Text(str(number), justify="right"))
    console.print(table)
    for failure in report.failed:
        console.print(Text(f"  failed: {failure.reason}"), soft_wrap=True)
    for failure in report.held:
        console.print(Text(f"  not pruned: {failure.reason}"), soft_wrap=True)
    if report.vanished:
        console.print(Text(f"{report.vanished} have vanished from these sources; --prune removes them"))
    if report.passed_over:
        console.print(Text(report.told_passed_over), soft_wrap=True)
    if report.dry_run:
        console.print(Text("a dry run: nothing was changed"))
        return
    embedded = (
        f"{report.chunks_embedded} chunks embedded in {report.embedding_seconds:.1f} s, {report.seconds:.1f} s in all"
    )
    console.print(Text(f"interrupted; {embedded}" if report.interrupted else embedded))
    if not report.done and not report.interrupted:
        from ingest.sources import EXTENSIONS

        console.print(Text(f"no article was found: articles end in {', '.join(EXTENSIONS)}"))
