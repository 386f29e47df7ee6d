"""What was fetched from where, so that a page that has not changed need not be sent again."""

from rag.catalog.database import Database
from rag.catalog.records import Fetched

_COLUMNS = "location, etag, last_modified, digest, version, checked, told"


class FetchedPages(Database):
    """The pages that were fetched."""

    def fetched(self, location: str) -> Fetched | None:
        """What is known of an address, or None."""
        row = self._row(f"SELECT {_COLUMNS} FROM fetched WHERE location = ?", location)
        return Fetched(*row) if row else None

    def note_fetched(self, page: Fetched) -> None:
        """Writes down what an address gave."""
        with self._writing():
            self._connection.execute(
                "INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?, ?, ?, ?)",
                (page.location, page.etag, page.last_modified, page.digest, page.version, page.checked, page.told),
            )
