"""The command line of Dossier: rag's commands, and `ingest`. Composed here, since only ingest knows both."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from rag.cli import JsonOption, LibraryOption, app, errors_shown, print_json, serve_with
from rag.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.report import Progress as IngestProgress
    from ingest.report import Report

__all__ = ["app"]

INTERRUPTED = 130


@app.command()
def ingest(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE…", help="Files, folders or globs of .md, .txt, .html.")
    ],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put articles into the library; only what is new or has changed is embedded.

    Exit status: 0 all well, 1 some articles failed (the rest is in), 2 the command itself is wrong.
    """
    with errors_shown():
        report = _run(sources, library)
    if as_json:
        print_json(report.to_dict())
    else:
        show(report, Console())
    if report.interrupted:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(1 if report.failed else 0)


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


def _run(sources: list[str], library: Path | None) -> "Report":
    # Imported here, not above: they bring onnxruntime, tantivy and Chroma along, and `dossier --help` stays instant.
    from ingest.pipeline import run
    from ingest.sources import find_items
    from rag.catalog import Catalog
    from rag.embedding import build_embedder
    from rag.indexes import Indexes
    from rag.log import configure_logging

    settings = load_settings(library=library)
    # Warnings go to standard error, so that --json prints nothing but JSON; the rest would disturb the progress bar.
    configure_logging("debug" if settings.log_level == "debug" else "warning", as_json=settings.log_json)
    find_items(sources, settings)  # a wrong source is told before a library is made for it
    catalog = Catalog.open(settings.library, create=True)
    try:
        embedder = build_embedder(settings, settings.library / "model")
        with _progress_bar() as on_progress:
            report = run(sources, catalog, embedder, settings, on_progress)
        indexes = Indexes(catalog)
        try:
            indexes.sync()  # a server that has them does it by itself
        finally:
            indexes.close()
        return report
    finally:
        catalog.close()


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
    table = Table(show_header=False, box=None, pad_edge=False)
    counts = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "failed": len(report.failed),
    }
    for name, number in counts.items():
        table.add_row(name, Text(str(number), justify="right"))
    console.print(table)
    for failure in report.failed:
        console.print(Text(f"  failed: {failure.reason}"), soft_wrap=True)
    embedded = (
        f"{report.chunks_embedded} chunks embedded in {report.embedding_seconds:.1f} s, {report.seconds:.1f} s in all"
    )
    console.print(Text(f"interrupted; {embedded}" if report.interrupted else embedded))
    if not report.done and not report.interrupted:
        console.print(Text("no article was found: articles end in .md, .markdown, .txt, .html or .htm"))
