"""Opens the library for the commands that ingest."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from rag.settings import Settings

if TYPE_CHECKING:
    from rag.catalog import Catalog
    from rag.embedding import Embedder

# What is opened brings onnxruntime, tantivy and Chroma along, and is imported here so late that `--help` stays instant.


@contextmanager
def written_to(settings: Settings, *, create: bool) -> Iterator[tuple["Catalog", "Embedder"]]:
    """The library's catalog and its model; the indexes follow when the articles are in."""
    from rag.catalog import Catalog
    from rag.embedding import build_embedder
    from rag.indexes import Indexes
    from rag.log import configure_logging

    # Warnings go to standard error, so that --json prints nothing but JSON; the rest would disturb the progress bar.
    configure_logging("debug" if settings.log_level == "debug" else "warning", as_json=settings.log_json)
    with closing(Catalog.open(settings.library, create=create)) as catalog:
        yield catalog, build_embedder(settings, settings.library / "model")
        with closing(Indexes(catalog)) as indexes:
            indexes.sync()  # a server that has them does it by itself


@contextmanager
def looked_into(settings: Settings) -> Iterator[tuple["Catalog", None]]:
    """The library's catalog, if there is one, not to be changed."""
    from rag.catalog import Catalog
    from rag.log import configure_logging

    configure_logging("debug" if settings.log_level == "debug" else "warning", as_json=settings.log_json)
    there = Catalog.exists(settings.library)
    with closing(
        Catalog.open(settings.library, read_only=True) if there else Catalog.nowhere(settings.library)
    ) as catalog:
        yield catalog, None
