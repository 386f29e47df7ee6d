"""The command line of Dossier: rag's commands, and `ingest`. Composed here, since only ingest knows both."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from rag.cli import JsonOption, LibraryOption, app, errors_shown, print_json, serve_with
from rag.dates import first_day
from rag.errors import ConfigurationError
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.fetch import Remote
    from ingest.report import Progress as IngestProgress
    from ingest.report import Report
    from rag.catalog import Catalog
    from rag.embedding import Embedder

__all__ = ["app"]

INTERRUPTED = 130


@app.command()
def ingest(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE…", help="Files, folders, globs, and addresses (https://…) of articles."),
    ] = None,
    feed: Annotated[
        list[str] | None,
        typer.Option("--feed", metavar="URL|FILE", help="The articles of an RSS or Atom feed; may be repeated."),
    ] = None,
    sitemap: Annotated[
        list[str] | None,
        typer.Option("--sitemap", metavar="URL", help="The pages that a sitemap lists; may be repeated."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help="Of a sitemap, only pages changed since: 2024-01-31, 2024-01, 2024."
        ),
    ] = None,
    path: Annotated[
        str | None,
        typer.Option("--path", metavar="PREFIX", help="Of a sitemap, only pages below this path, such as /news/."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            metavar="NAME=FIELD",
            help="What a field is called in JSON Lines: text=body_html; may be repeated.",
        ),
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put articles into the library; only what is new or has changed is embedded.

    Exit status: 0 all well, 1 some articles failed (the rest is in), 2 the command itself is wrong.
    """
    with errors_shown():
        report = _run([*(sources or ()), *_remote(feed or (), sitemap or (), since, path)], library, field or ())
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
        _written_to(settings, create=False) as (catalog, embedder),
        Reader(settings) as reader,
        _progress_bar() as on_progress,
    ):
        names = names_for(settings.library, settings.companies)
        preparation = Preparation(catalog, embedder, date.today(), reader.read, names=names)
        return reextract(catalog, embedder, preparation, on_progress, ids=ids, only_outdated=only_outdated)


@contextmanager
def _written_to(settings: Settings, *, create: bool) -> "Iterator[tuple[Catalog, Embedder]]":
    """The library's catalog and its model; the indexes follow when the articles are in."""
    from rag.catalog import Catalog
    from rag.embedding import build_embedder
    from rag.indexes import Indexes
    from rag.log import configure_logging

    # Warnings go to standard error, so that --json prints nothing but JSON; the rest would disturb the progress bar.
    configure_logging("debug" if settings.log_level == "debug" else "warning", as_json=settings.log_json)
    with closing(Catalog.open(settings.library, create=create)) as catalog:
        yield catalog, build_embedder(settings, settings.library / "model")
        with closing(Indexes(catalog)) as indexes:
            indexes.sync()  # a server that has them does it by itself


def _end(report: "Report", *, as_json: bool) -> None:
    if as_json:
        print_json(report.to_dict())
    else:
        show(report, Console())
    if report.interrupted:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(1 if report.failed else 0)


def _remote(
    feeds: "Sequence[str]", sitemaps: "Sequence[str]", since: str | None, path: str | None
) -> "Iterator[Remote]":
    """The feeds and sitemaps that were asked for. Raises ConfigurationError for what cannot be one."""
    if not feeds and not sitemaps and since is None and path is None:
        return  # the packages that fetch stay out of a run that does not
    from ingest.fetch import Feed, Sitemap
    from ingest.sources import is_web_address

    if (since is not None or path is not None) and not sitemaps:
        raise ConfigurationError("--since and --path are about a sitemap.", "Give one with --sitemap.")
    for feed in feeds:
        if not is_web_address(feed) and not Path(feed).is_file():
            raise ConfigurationError(
                f"There is no feed {feed!r}.", "Give an address that begins with https://, or a file."
            )
        yield Feed(feed)
    try:
        day = first_day(since) if since else None
    except ValueError as error:
        raise ConfigurationError(f"{since!r} is not a date.", "Write it as 2024-01-31, 2024-01 or 2024.") from error
    for sitemap in sitemaps:
        if not is_web_address(sitemap):
            raise ConfigurationError(f"{sitemap!r} is no address.", "A sitemap begins with https://.")
        yield Sitemap(sitemap, day, path or "")


def _run(sources: "Sequence[str | Remote]", library: Path | None, fields: "Sequence[str]" = ()) -> "Report":
    # Imported here, not above: they bring onnxruntime, tantivy and Chroma along, and `dossier --help` stays instant.
    from ingest.json_lines import read_mapping
    from ingest.pipeline import run
    from ingest.sources import find_items, is_web_address

    settings = load_settings(library=library)
    mapping = read_mapping(fields)
    if not sources:
        raise ConfigurationError("There is nothing to ingest.", "Name files, folders or addresses, or give --feed.")
    files = [source for source in sources if isinstance(source, str) and not is_web_address(source)]
    find_items(files, settings)  # a wrong source is told before a library is made for it
    with _written_to(settings, create=True) as (catalog, embedder), _progress_bar() as on_progress:
        return run(sources, catalog, embedder, settings, on_progress, fields=mapping)


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
        from ingest.sources import EXTENSIONS

        console.print(Text(f"no article was found: articles end in {', '.join(EXTENSIONS)}"))
