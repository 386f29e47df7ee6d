"""Feeds and sitemaps as they came last, so that one which has not changed need not be sent again."""

import zstandard

from rag.catalog.database import Database
from rag.catalog.records import KeptList


class Lists(Database):
    """The last bytes of feeds and sitemaps. Those that list an article go with it (see Catalog.remove)."""

    def kept_list(self, source: str) -> KeptList | None:
        """What a feed or sitemap gave the last time; None when that is not known, or damaged."""
        row = self._row("SELECT source, address, etag, last_modified, body FROM lists WHERE source = ?", source)
        if row is None:
            return None
        name, address, etag, last_modified, packed = row
        try:
            return KeptList(name, address, etag, last_modified, zstandard.ZstdDecompressor().decompress(packed))
        except zstandard.ZstdError:
            return None

    def keep_list(self, kept: KeptList) -> None:
        """Keeps what a feed or sitemap gave, in the place of what it gave before."""
        packed = zstandard.ZstdCompressor().compress(kept.body)
        row = (kept.source, kept.address, kept.etag, kept.last_modified, packed)
        with self._writing():
            self._connection.execute("INSERT OR REPLACE INTO lists VALUES (?, ?, ?, ?, ?)", row)

    def drop_list(self, source: str) -> None:
        """Forgets what a feed or sitemap gave."""
        with self._writing():
            self._connection.execute("DELETE FROM lists WHERE source = ?", (source,))
