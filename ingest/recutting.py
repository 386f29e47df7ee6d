"""The articles of a library, cut or embedded another way, in a library beside it: what sweeps compare."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from ingest.chunking import LONGEST, SHORTEST, chunk
from ingest.embedding_queue import EmbeddingQueue
from ingest.pipeline import write
from ingest.preparation import Prepared
from ingest.report import Progress, Report
from rag.catalog import Catalog
from rag.embedding import Embedder, build_embedder
from rag.names.users_file import FILE as USERS_FILE
from rag.settings import load_settings


def recut(
    library: Path,
    base: Path,
    *,
    shortest: int = SHORTEST,
    longest: int = LONGEST,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    **settings: Any,
) -> Path:
    """Makes a library below `base` of the articles in `library`, and returns its folder; `library` stays as it is.

    Chunks have `shortest` to `longest` tokens (see ingest/chunking.py); `settings` may name another embedding model or
    precision. One that was made before is brought up to date. Raises DossierError.
    """
    wanted = load_settings(library=library, **settings)
    made_of = f"{library.resolve()} {wanted.embedding_model} {wanted.embedding_precision}"
    into = base / f"library-{shortest}-{longest}-{sha256(made_of.encode()).hexdigest()[:8]}"
    with closing(Catalog.open(library)) as source, closing(Catalog.open(into, create=True)) as catalog:
        _copy(library, into)
        embedder = build_embedder(wanted, into / "model")
        catalog.require(embedder.stamp)
        gone = {article.id for article in catalog.articles()} - {article.id for article in source.articles()}
        catalog.remove(gone)
        total = source.counts()[0]
        report, queue = Report(), EmbeddingQueue(embedder)
        for complete in queue.all(_prepared(source, catalog, embedder, shortest, longest)):
            for outcome in complete:
                event = write(outcome, catalog, report)
                on_progress(Progress(report.done, total, event.name))
        for article in source.articles():
            for location in source.locations(article.id):
                catalog.note_unchanged(location, "", article.id)
    return into


def _prepared(source: Catalog, catalog: Catalog, embedder: Embedder, shortest: int, longest: int) -> Iterator[Prepared]:
    """The articles that are not there yet, in their new chunks; of vectors, those that the source has by this model."""
    same_model = source.stamp() == embedder.stamp
    for known in source.articles():
        article, there = source.article(known.id), catalog.find(known.id)
        if there is not None and there.text == article.text and there.title == article.title:
            continue
        chunks = chunk(article, embedder.count_tokens, embedder.max_tokens, shortest=shortest, longest=longest)
        vectors = source.embeddings_of([part.to_embed(article.title) for part in chunks]) if same_model else {}
        location = next(iter(source.locations(article.id)), article.source)
        yield Prepared(article.source, location, "", article, tuple(chunks), vectors, is_new=there is None)


def _copy(library: Path, into: Path) -> None:
    """What is no article: the exported model, which is large and takes long to make, and the user's names."""
    if (library / "model").is_dir() and not (into / "model").exists():
        shutil.copytree(library / "model", into / "model", copy_function=_linked)
    if (library / USERS_FILE).is_file():
        shutil.copy(library / USERS_FILE, into / USERS_FILE)


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy(source, target)
