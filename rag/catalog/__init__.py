"""The catalog: one SQLite file that holds the truth of a library, and the only place with SQL."""

from rag.catalog.articles import text_hash
from rag.catalog.catalog import Catalog
from rag.catalog.chunks import embedded_hash
from rag.catalog.listed import NAMED
from rag.catalog.records import Change, Fetched, Job, KeptList, LedgerEntry, Raw, StoredChunk

__all__ = [
    "NAMED",
    "Catalog",
    "Change",
    "Fetched",
    "Job",
    "KeptList",
    "LedgerEntry",
    "Raw",
    "StoredChunk",
    "embedded_hash",
    "text_hash",
]
