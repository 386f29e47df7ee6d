"""What feeds and sitemaps have listed, and which addresses were named, to tell what is listed no more."""

from collections.abc import Iterable

from rag.catalog.database import Database

# The source of what somebody named by its address, which no feed may take away.
NAMED = "named"


class ListedLocations(Database):
    """Which source listed which location."""

    def listed(self, source: str) -> list[str]:
        """Every location that a source has listed and that was not pruned since."""
        return [row[0] for row in self._rows("SELECT location FROM listed WHERE source = ? ORDER BY 1", source)]

    def note_listed(self, source: str, locations: Iterable[str]) -> None:
        """Writes down that a source lists these locations, all in one transaction."""
        with self._writing():
            self._connection.executemany(
                "INSERT OR IGNORE INTO listed VALUES (?, ?)", ((source, location) for location in locations)
            )

    def is_listed(self, location: str, *, but: str) -> bool:
        """Whether another source than `but` lists a location."""
        return self._row("SELECT 1 FROM listed WHERE location = ? AND source <> ?", location, but) is not None
