"""The addresses of articles: each is one article's, an article may have several."""

import json
from collections.abc import Iterable

from rag.addresses import key_of
from rag.catalog.database import Database


class Addresses(Database):
    """The addresses of a catalog."""

    def at_address(self, address: str) -> tuple[str, ...]:
        """The ids of the articles known by this address, or by another spelling of it; the very same address first."""
        rows = self._rows(
            "SELECT article_id FROM addresses WHERE key = ? ORDER BY address <> ?, address", key_of(address), address
        )
        return tuple(dict.fromkeys(row[0] for row in rows))

    def _addresses(self, article_id: str) -> list[str]:
        return [row[0] for row in self._rows("SELECT address FROM addresses WHERE article_id = ?", article_id)]

    def _note_addresses(self, article_id: str, addresses: Iterable[str]) -> None:
        """Writes down where an article stands; an address that is another's already stays that one's."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO addresses (address, article_id, key) VALUES (?, ?, ?)",
            ((address, article_id, key_of(address)) for address in addresses),
        )

    def _add_note(self, article_id: str, note: str) -> None:
        """Adds to what is told of an article, once."""
        row = self._row("SELECT notes FROM articles WHERE id = ?", article_id)
        notes = json.loads(row[0]) if row else []
        if row and note not in notes:
            told = json.dumps([*notes, note], ensure_ascii=False)
            self._connection.execute("UPDATE articles SET notes = ? WHERE id = ?", (told, article_id))
