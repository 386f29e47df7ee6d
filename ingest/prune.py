"""What has vanished from the sources of a run, and may leave the library with them.

Only what belonged to these sources is looked at, and only what is certain counts: a folder that cannot be searched, a
feed that was not read to its end, a run that was interrupted tell nothing. A folder or a feed in which nothing at all
is left is believed only with `force`: a disk that is not mounted and a site that is broken look like that.
"""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from ingest.embedding_queue import Embedded
from ingest.fetch.listings import Item, Listing
from ingest.interrupts import uninterrupted
from ingest.maildir import is_mailbox, is_message
from ingest.preparation import Failed, Outcome, Prepared, Unchanged
from ingest.report import Failure
from ingest.sources import SEPARATOR
from rag.catalog import Catalog

# How many locations one transaction takes: others want to write too.
AT_ONCE = 200


class Pruning(Enum):
    """Whether what has vanished is removed; `FORCED`: also where nothing is left."""

    NONE = "none"
    CAREFUL = "careful"
    FORCED = "forced"


@dataclass(frozen=True, slots=True)
class Vanished:
    """A location that is no more, under the name it had; `source` is the feed that listed it, None for a file."""

    location: str
    name: str
    source: str | None = None


@dataclass(slots=True)
class Survey:
    """What was seen in one run below `scopes`, the paths that were given.

    `seen` are hashes, since files may be many; `containers` are the files of several articles that were read to their
    end, `failed` what could not be read, `articles` the ids of what was prepared and not written.
    """

    scopes: Sequence[str]
    containers: set[str]
    seen: set[int] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    bare: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.bare = {scope for scope in self.scopes if Path(scope).is_dir() and not is_mailbox(Path(scope))}

    def noting(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, as they come."""
        for item in items:
            self.seen.add(hash(item.location))
            for scope in [scope for scope in self.bare if item.location.startswith(_below(scope))]:
                self.bare.discard(scope)
            yield item

    def learn(self, outcome: Outcome | Embedded) -> None:
        """What became of an item."""
        match outcome:
            case Failed(location=location):
                self.failed.add(location)
            case Prepared(article=article):
                self.articles.add(article.id)
            case Unchanged(article_id=article_id, fingerprint=str()):
                self.articles.add(article_id)

    def is_gone(self, location: str) -> bool:
        """Whether a location was not seen and certainly is not there: a file, or an article in one."""
        if hash(location) in self.seen or not _is_missing(location):
            return False
        at = location.find(SEPARATOR)
        while at >= 0:
            file = location[:at]
            if not _is_missing(file):
                return file in self.containers or (hash(file) in self.seen and file not in self.failed)
            at = location.find(SEPARATOR, at + 1)
        return not any(str(parent) in self.failed for parent in Path(location).parents)


def find_vanished(
    catalog: Catalog, survey: Survey, listings: Sequence[Listing], *, force: bool
) -> tuple[list[Vanished], list[Failure]]:
    """What has vanished, and the sources that are not believed, each with the reason."""
    vanished: dict[tuple[str, str | None], Vanished] = {}
    held: list[Failure] = []
    judged = [
        *((scope, *_vanished_below(scope, catalog, survey, force=force)) for scope in dict.fromkeys(survey.scopes)),
        *((listing.name, *_vanished_from(listing, catalog, force=force)) for listing in listings if listing.name),
    ]
    for name, gone, reason in judged:
        vanished |= {(one.location, one.source): one for one in gone}
        if reason:
            held.append(Failure(name, reason))
    return list(vanished.values()), held


def _vanished_below(scope: str, catalog: Catalog, survey: Survey, *, force: bool) -> tuple[list[Vanished], str]:
    gone: list[Vanished] = []
    doubtful: list[str] = []
    for location in filter(survey.is_gone, catalog.locations_below(scope)):
        folder = scope if scope in survey.bare else _empty_folder(location, scope)
        if folder and not force:
            doubtful.append(folder)
        else:
            name = location.removeprefix(_below(scope)) if location.startswith(_below(scope)) else Path(location).name
            gone.append(Vanished(location, name))
    if not doubtful:
        return gone, ""
    return gone, (
        f"{len(doubtful)} articles have vanished from {doubtful[0]}, where nothing is left. They stay in the library: "
        "is a disk not mounted? If they really are gone, prune with --force."
    )


def _vanished_from(listing: Listing, catalog: Catalog, *, force: bool) -> tuple[list[Vanished], str]:
    gone = listing.vanished(catalog)
    if gone and not listing.is_whole:
        return [], f"{listing.name} was not read to its end, so that nothing of it can have vanished for certain."
    if gone and not listing.now and not force:
        return [], (
            f"{listing.name} lists nothing, and listed {len(gone)} articles before. They stay in the library: "
            "is the site broken? If they really are gone, prune with --force."
        )
    return [Vanished(location, location, listing.source) for location in gone], ""


def _is_missing(path: str) -> bool:
    """Whether there certainly is nothing at a path: a folder that may not be searched tells nothing."""
    try:
        os.lstat(path)  # not stat: a link is there, also where what it points to is not
    except (FileNotFoundError, NotADirectoryError):
        return not is_message(Path(path))
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG  # a key, not a name
    return False


def _empty_folder(location: str, scope: str) -> str | None:
    """The folder in which a location would be, when it is there and has nothing in it."""
    for parent in Path(location).parents:
        if len(str(parent)) < len(scope):
            return None  # the path that was given is gone itself
        if parent.is_dir():
            with os.scandir(parent) as entries:
                return str(parent) if next(entries, None) is None else None
    return None


def _below(scope: str) -> str:
    return scope.rstrip("/") + "/"


def prune(vanished: Sequence[Vanished], catalog: Catalog, on_removed: Callable[[str], None]) -> None:
    """Takes from the library what has vanished; `on_removed` is told the name of each article that is gone with it.

    An article that was seen at another location stays there.
    """
    for source, some in _batches(vanished):
        with uninterrupted():
            gone = set(catalog.prune([one.location for one in some], source))
            for one in some:
                if one.location in gone:
                    on_removed(one.name)


def rehearse(vanished: Sequence[Vanished], catalog: Catalog, kept: set[str]) -> list[str]:
    """The names that `prune` would give; `kept` are the articles that were found in this run."""
    places = {one.location for one in vanished}
    removed: dict[str, str] = {}
    for one in vanished:
        if one.source is not None and catalog.is_listed(one.location, but=one.source):
            places.discard(one.location)
    for one in vanished:
        entry = catalog.ledger(one.location)
        article_id = entry.article_id if entry else None
        if article_id and article_id not in kept and places.issuperset(catalog.locations(article_id)):
            removed[article_id] = one.name
    return list(removed.values())


def _batches(vanished: Sequence[Vanished]) -> Iterator[tuple[str | None, list[Vanished]]]:
    by_source: dict[str | None, list[Vanished]] = {}
    for one in vanished:
        by_source.setdefault(one.source, []).append(one)
    for source, ones in by_source.items():
        for start in range(0, len(ones), AT_ONCE):
            yield source, ones[start : start + AT_ONCE]
