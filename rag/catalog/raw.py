"""The bytes that articles were made of, for those who keep them so that a better extractor can read them again."""

import json
from collections.abc import Sequence

import zstandard

from rag.catalog.database import Database
from rag.catalog.records import Raw
from rag.errors import LibraryError

_COLUMNS = "location, name, sha256, body, address, fetched, headers, told"
# Pages of one site repeat each other less than a page repeats itself: a higher level costs time and saves little.
_LEVEL = 10


class RawBytes(Database):
    """The raw bytes of a catalog, by the location they were read at."""

    def raw(self, location: str) -> Raw | None:
        """What was read at a location, or None. Raises LibraryError when it is not what was put there."""
        row = self._row(f"SELECT {_COLUMNS} FROM raw WHERE location = ?", location)
        if row is None:
            return None
        place, name, sha256, packed, address, fetched, headers, told = row
        found = Raw(place, name, _inflated(packed, location), address, fetched, json.loads(headers), told)
        if found.sha256 != sha256:
            raise _damaged(location)
        return found

    def has_raw(self, location: str) -> bool:
        """Whether the bytes that were read at a location are kept."""
        return self._row("SELECT 1 FROM raw WHERE location = ?", location) is not None

    def raw_locations(self, ids: Sequence[str] = ()) -> dict[str, str]:
        """Where the kept bytes of articles were read, by the article's id; of all articles, or of those with `ids`.

        Bytes count that came from the article's own source: those of a copy would make another article of it.
        """
        rows = self._rows(
            "SELECT a.id, r.location FROM articles a JOIN ledger l ON l.article_id = a.id "
            "JOIN raw r ON r.location = l.location AND r.name = a.source "
            "WHERE ?1 = '[]' OR a.id IN (SELECT value FROM json_each(?1)) ORDER BY a.id, r.fetched",
            json.dumps(list(ids)),
        )
        return dict(rows)

    def note_raw(self, raw: Raw) -> None:
        """Keeps the bytes of an article that is in the library already."""
        with self._writing():
            self._keep(raw)

    def _keep(self, raw: Raw | None) -> None:
        if raw is None:
            return
        packed = zstandard.ZstdCompressor(level=_LEVEL).compress(raw.body)
        headers = json.dumps(dict(raw.headers))
        row = (raw.location, raw.name, raw.sha256, packed, raw.address, raw.fetched, headers, raw.told)
        self._connection.execute("INSERT OR REPLACE INTO raw VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def _inflated(packed: bytes, location: str) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompress(packed)
    except zstandard.ZstdError as error:
        raise _damaged(location) from error


def _damaged(location: str) -> LibraryError:
    return LibraryError(f"The raw bytes of {location} are damaged.", "Ingest it again.")
