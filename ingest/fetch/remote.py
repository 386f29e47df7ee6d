"""What on the web may hold articles, besides single addresses."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, by its address or as a file."""

    source: str


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap, of which only pages changed `since` a day and with a `path` that begins so are wanted."""

    address: str
    since: date | None = None
    path: str = ""


Remote = Feed | Sitemap


def place_of(source: str | Remote) -> str:
    """The address, or the file, that a source is read from."""
    match source:
        case Feed(place) | Sitemap(place):
            return place
    return source
