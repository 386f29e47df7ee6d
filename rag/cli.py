"""The commands on an existing library. `ingest/cli.py` adds those that read articles, and is the entry point."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rag.dates import written_out
from rag.display import place_line, to_lines, to_text
from rag.errors import DossierError, LibraryError
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from rag.catalog import Catalog
    from rag.library import Library

app = typer.Typer(
    name="dossier",
    help="Answers questions about AI start-ups from a library of articles, with citations one can check.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

LibraryOption = Annotated[
    Path | None, typer.Option("--library", help="The folder of the library.", show_default="library", envvar=None)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Use only what was published by then: 2023-12-14, 2023-12 or 2023."),
]
CompanyOption = Annotated[
    list[str] | None,
    typer.Option("--company", metavar="NAME", help="Use only articles about this company; may be repeated."),
]
SiteOption = Annotated[
    list[str] | None, typer.Option("--site", metavar="NAME", help="Use only articles of this site; may be repeated.")
]
AuthorOption = Annotated[
    list[str] | None,
    typer.Option("--author", metavar="NAME", help="Use only articles by this author; may be repeated."),
]

WRONG_COMMAND = 2


@contextmanager
def errors_shown() -> Iterator[None]:
    """An error of Dossier ends the command with its message and hint on standard error, and status 2."""
    try:
        yield
    except DossierError as error:
        typer.echo(f"error: {error.message}", err=True)
        if error.hint:
            typer.echo(f"hint: {error.hint}", err=True)
        raise typer.Exit(WRONG_COMMAND) from error


def print_json(content: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


@contextmanager
def _opened(library: Path | None, **given: Any) -> Iterator["Library"]:
    from rag.library import open_with  # what a library needs takes a second to import; `--help` does not

    with errors_shown(), open_with(load_settings(library=library, **given)) as opened:
        yield opened


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What to ask.")],
    as_of: AsOfOption = None,
    company: CompanyOption = None,
    site: SiteOption = None,
    author: AuthorOption = None,
    model: Annotated[
        str | None, typer.Option(metavar="SPEC", help="extractive, provider:model or local:PATH.gguf.")
    ] = None,
    k: Annotated[int | None, typer.Option("-k", min=1, max=50, help="How many passages to draw on.")] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question, with quotes and sources."""
    with _opened(library, model=model) as opened:
        answer = opened.ask(question, as_of=as_of, companies=company or (), sites=site or (), authors=author or (), k=k)
    if as_json:
        print_json(answer.to_dict())
    else:
        typer.echo(to_text(answer))


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 10,
    as_of: AsOfOption = None,
    company: CompanyOption = None,
    site: SiteOption = None,
    author: AuthorOption = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what each signal says of a passage: its place, score and weight.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the passages nearest to a question."""
    with _opened(library) as opened:
        passages = opened.search(
            question,
            k=k,
            as_of=as_of,
            companies=company or (),
            sites=site or (),
            authors=author or (),
            explain=explain,
        )
    if as_json:
        print_json([passage.model_dump(mode="json") for passage in passages])
        return
    for passage in passages:
        typer.echo(f"{passage.score:.3f}  {passage.title}  ({_day(passage.published)}, {passage.chunk_id})")
        for signal in passage.signals or ():
            place = f"place {signal.rank}" if signal.rank else "not found"
            scaled = f"scaled {signal.scaled:.3f} × {signal.weight:g}"
            typer.echo(f"       {signal.name:9} {place:12} score {signal.score:8.3f}, {scaled}")
        typer.echo(f"       {' '.join(passage.text.split())}")
        if passage.also_in:
            typer.echo(f"       also in: {'; '.join(map(place_line, passage.also_in))}")
        typer.echo()


@app.command()
def articles(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the articles, newest first."""
    with errors_shown(), closing(_catalog_only(library)) as catalog:
        found = catalog.articles()
    if as_json:
        print_json([article.to_dict() for article in found])
        return
    if not sys.stdout.isatty():  # for cut, awk and grep: a line for each, whatever stands in a title
        for article in found:
            columns = (article.id, article.published or "", article.title, article.source)
            typer.echo("\t".join(" ".join(column.split()) for column in columns))
        return
    table = Table("id", "published", "title", "source", box=None, pad_edge=False)
    for article in found:
        table.add_row(article.id, _day(article.published), escape(article.title), escape(article.source))
    Console().print(table)


@app.command()
def failures(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List what could not be read the last time it was ingested, and why; ingesting it again tries again."""
    with errors_shown(), closing(_catalog_only(library)) as catalog:
        found = catalog.failures()
    if as_json:
        columns = ("location", "error", "article_id")
        print_json([{name: getattr(entry, name) for name in columns} for entry in found])
        return
    for entry in found:
        older = f"\tan older version is in the library: {entry.article_id}" if entry.article_id else ""
        typer.echo(f"{' '.join(entry.location.split())}\t{' '.join((entry.error or '').split())}{older}")


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="An article's id, from `dossier articles`.")],
    raw: Annotated[bool, typer.Option("--raw", help="Write the bytes it was made of, where they were kept.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one article, with its text."""
    with errors_shown(), closing(_catalog_only(library)) as catalog:
        article = catalog.article(article_id)
        if raw:
            typer.echo(_raw_bytes(catalog, article_id), nl=False)
            return
    if as_json:
        print_json(article.to_dict(text=True))
        return
    typer.echo(to_lines(article))
    typer.echo(f"\n{article.text}")


@app.command()
def remove(
    article_ids: Annotated[list[str], typer.Argument(metavar="ID…", help="The ids of the articles to remove.")],
    library: LibraryOption = None,
) -> None:
    """Remove articles, all of those named or none."""
    with _opened(library) as opened:
        count = opened.remove(article_ids)
    typer.echo(f"{count} removed")


@app.command()
def reindex(library: LibraryOption = None) -> None:
    """Rebuild both indexes; embed anew what another embedding model, or an older Dossier, embedded."""
    from rag.library import reindex as rebuild

    with errors_shown():
        chunks, embedded = rebuild(load_settings(library=library))
    typer.echo(f"{chunks} chunks indexed, {embedded} embedded anew")


@app.command()
def retag(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Tag all articles by the table of names as it is now, with companies.toml; `dossier ingest` does it by itself."""
    from rag.names import names_for
    from rag.retagging import retag as tag_anew

    with errors_shown(), closing(_catalog_only(library)) as catalog:
        names = names_for(catalog.folder, load_settings(library=library).companies)
        changed, total = tag_anew(catalog, names), catalog.counts()[0]
    if as_json:
        print_json({"articles": total, "changed": changed})
    else:
        typer.echo(f"{changed} of {total} articles have other tags now")


@app.command()
def check(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Compare the catalog with its indexes; status 1 when something differs."""
    from rag.library import differences

    with errors_shown():
        found = differences(load_settings(library=library))
    if as_json:
        print_json({"differences": found})
    else:
        typer.echo("\n".join(found) if found else "ok: the catalog is whole and both indexes agree with it")
    if found:
        if not as_json:
            typer.echo("hint: `dossier reindex` rebuilds the indexes and embeds what lacks vectors.", err=True)
        raise typer.Exit(1)


def serve_with(settings: Settings, worker_command: Sequence[str]) -> None:
    """Serves until it is told to stop. The command itself is in ingest/cli.py, which knows the worker."""
    from rag.web.server import serve

    with errors_shown():
        serve(settings, worker_command=worker_command)


def _catalog_only(library: Path | None) -> "Catalog":
    from rag.catalog import Catalog

    return Catalog.open(load_settings(library=library).library)


def _raw_bytes(catalog: "Catalog", article_id: str) -> bytes:
    location = catalog.raw_locations([article_id]).get(article_id)
    kept = catalog.raw(location) if location else None
    if kept is None:
        raise LibraryError(
            f"The library kept no raw bytes of {article_id}.", "Set DOSSIER_KEEP_RAW=true and ingest it again."
        )
    return kept.body


def _day(published: str | None) -> str:
    return written_out(published) if published else "no date"
