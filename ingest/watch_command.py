"""`dossier watch`."""

import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import typer

from ingest.opening import written_to
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
from rag.cli import LibraryOption, app, errors_shown
from rag.errors import ConfigurationError
from rag.settings import load_settings

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


@app.command()
def watch(
    sources: SourcesArgument = None,
    feed: FeedOption = None,
    sitemap: SitemapOption = None,
    since: SinceOption = None,
    path: PathOption = None,
    field: FieldOption = None,
    every: Annotated[
        str, typer.Option(metavar="TIME", help="How often feeds, sitemaps and addresses are asked: 90s, 15m, 2h, 1d.")
    ] = "15m",
    prune: PruneOption = False,
    library: LibraryOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each change.")] = False,
) -> None:
    """Keep the library up to date until it is stopped: folders as they change, feeds at an interval.

    Takes in what is new or has changed, and prints a line for each article; waits for files that are still being
    written. Ctrl-C or SIGTERM ends it, with status 0. May run beside `dossier serve`.
    """
    with errors_shown():
        seconds = seconds_of(every)
        wanted = [*(sources or ()), *remote_sources(feed or (), sitemap or (), since, path)]
        if not wanted:
            raise ConfigurationError("There is nothing to watch.", "Name folders or addresses, or give --feed.")
        # Imported late, as everything that brings the model along: `--help` stays instant.
        from ingest.json_lines import read_mapping
        from ingest.prune import Pruning
        from ingest.watching import Stop, Teller, sorted_out
        from ingest.watching import watch as keep_up

        settings = load_settings(library=library)
        fields = read_mapping(field or ())
        sorted_out(wanted)  # a wrong source is told before a library is made for it
        teller = Teller(_print, lambda: datetime.now(UTC), as_json=as_json)
        with Stop().listening() as stop, written_to(settings, create=True) as (catalog, embedder):
            pruning = Pruning.CAREFUL if prune else Pruning.NONE
            keep_up(wanted, catalog, embedder, settings, teller, stop, every=seconds, pruning=pruning, fields=fields)


def seconds_of(written: str) -> float:
    """How long `90s`, `15m`, `2h` or `1d` is. Raises ConfigurationError for what is no time, or none that can pass."""
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([smhd]?)", written.strip())
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if seconds < 1:
        raise ConfigurationError(f"--every {written} is no interval.", "Write it as 90s, 15m, 2h or 1d.")
    return seconds


def _print(line: str) -> None:
    typer.echo(line)
    with suppress(OSError):
        sys.stdout.flush()
