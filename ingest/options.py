"""What the commands that ingest are told on the command line: sources, and how they are read."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.dates import first_day
from rag.errors import ConfigurationError

if TYPE_CHECKING:
    from ingest.fetch import Remote

SourcesArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE…", help="Files, folders, globs, and addresses (https://…) of articles."),
]
FeedOption = Annotated[
    list[str] | None,
    typer.Option("--feed", metavar="URL|FILE", help="The articles of an RSS or Atom feed; may be repeated."),
]
SitemapOption = Annotated[
    list[str] | None,
    typer.Option("--sitemap", metavar="URL", help="The pages that a sitemap lists; may be repeated."),
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="Of a sitemap, only pages changed since: 2024-01-31, 2024-01, 2024."),
]
PathOption = Annotated[
    str | None,
    typer.Option("--path", metavar="PREFIX", help="Of a sitemap, only pages below this path, such as /news/."),
]
FieldOption = Annotated[
    list[str] | None,
    typer.Option(
        "--field", metavar="NAME=FIELD", help="What a field is called in JSON Lines: text=body_html; may be repeated."
    ),
]
PruneOption = Annotated[
    bool,
    typer.Option(
        "--prune",
        help="Remove articles that have vanished from these folders, files of several articles, feeds and sitemaps. "
        "(A feed lists only its newest articles.)",
    ),
]


def remote_sources(
    feeds: Sequence[str], sitemaps: Sequence[str], since: str | None, path: str | None
) -> Iterator["Remote"]:
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
