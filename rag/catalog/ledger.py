"""The ledger: what was seen where, and how it went."""

from rag.catalog.database import Database
from rag.catalog.records import LedgerEntry


class Ledger(Database):
    """The ledger of locations."""

    def ledger(self, location: str) -> LedgerEntry | None:
        """What is known of a location, or None."""
        row = self._row("SELECT location, fingerprint, article_id, error FROM ledger WHERE location = ?", location)
        return LedgerEntry(*row) if row else None

    def locations(self, article_id: str) -> tuple[str, ...]:
        """Where an article was seen."""
        return tuple(
            row[0] for row in self._rows("SELECT location FROM ledger WHERE article_id = ? ORDER BY 1", article_id)
        )

    def locations_below(self, path: str) -> list[str]:
        """The locations that are a path, that lie below it, or that are keys in it."""
        path = path.rstrip("/")
        # Ranges, which the primary key answers: "0" is what follows "/", "$" what follows "#".
        query = (
            "SELECT location FROM ledger WHERE location = ?1 OR (location >= ?1 || '/' AND location < ?1 || '0') "
            "OR (location >= ?1 || '#' AND location < ?1 || '$') ORDER BY location"
        )
        return [row[0] for row in self._rows(query, path)]

    def failures(self) -> list[LedgerEntry]:
        """What could not be read the last time, by location; of some, an older version is in the library."""
        query = "SELECT location, fingerprint, article_id, error FROM ledger WHERE error IS NOT NULL ORDER BY location"
        return [LedgerEntry(*row) for row in self._rows(query)]

    def note_failed(self, location: str, fingerprint: str, reason: str) -> None:
        """Writes down that a location could not be read; the article it may have held before stays."""
        with self._writing():
            known = self.ledger(location)
            self._note(location, fingerprint, known.article_id if known else None, reason)

    def _note(self, location: str, fingerprint: str, article_id: str | None, error: str | None) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?)", (location, fingerprint, article_id, error)
        )
