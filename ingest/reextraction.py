"""Reads articles anew from the bytes that were kept of them, with what extracts, cleans and chunks them now.

No file and no address is asked. An article keeps its id and what feeds told about it; only chunks that changed are
embedded; one that cannot be read any more stays as it is, and is reported.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter

from ingest.embedding_queue import Embedded, EmbeddingQueue
from ingest.interrupts import uninterrupted
from ingest.pipeline import write
from ingest.preparation import Failed, Outcome, Preparation
from ingest.report import Failure, Progress, Report
from rag.catalog import Catalog
from rag.embedding import Embedder
from rag.errors import ArticleNotFoundError, LibraryError

_REMEDY = "Set DOSSIER_KEEP_RAW=true and ingest again: what is unchanged is not embedded anew."


def reextract(
    catalog: Catalog,
    embedder: Embedder,
    preparation: Preparation,
    on_progress: Callable[[Progress], None],
    *,
    ids: Sequence[str] = (),
    only_outdated: bool = False,
) -> Report:
    """Reads the articles with these ids anew, or all; `only_outdated`: those that another version of Dossier read.

    Raises LibraryError, before anything is done, when the library kept no bytes of what is asked for.
    """
    started = perf_counter()
    catalog.require(embedder.stamp)
    kept = _kept(catalog, ids)
    wanted = {id_: at for id_, at in kept.items() if not (only_outdated and preparation.is_current(at))}
    queue = EmbeddingQueue(embedder)
    report = Report()

    def finish(outcome: Outcome | Embedded) -> None:
        with uninterrupted():
            event = write(outcome, catalog, report)
        on_progress(Progress(report.done, len(wanted), event.name))

    try:
        for outcome in _outcomes(wanted, catalog, preparation):
            for complete in queue.add(outcome):
                finish(complete)
        for complete in queue.flush():
            finish(complete)
    except KeyboardInterrupt:
        report.interrupted = True
    report.failed.extend(_left_out(catalog, kept, ids))
    report.chunks_embedded, report.embedding_seconds = queue.chunks_embedded, queue.seconds
    report.seconds = perf_counter() - started
    return report


def _kept(catalog: Catalog, ids: Sequence[str]) -> dict[str, str]:
    """Where the bytes of each article lie, by its id."""
    for article_id in ids:
        if catalog.find(article_id) is None:
            raise ArticleNotFoundError(article_id)
    kept = catalog.raw_locations(ids)
    if not kept:
        whose = f"of {', '.join(ids)}" if ids else "of any article"
        raise LibraryError(f"The library in {catalog.folder} kept no raw bytes {whose}.", _REMEDY)
    return kept


def _outcomes(wanted: Mapping[str, str], catalog: Catalog, preparation: Preparation) -> Iterator[Outcome]:
    """One article in memory at a time. One that was removed meanwhile is passed over."""
    for article_id, location in wanted.items():
        article, entry = catalog.find(article_id), catalog.ledger(location)
        if article is None or entry is None:
            continue
        try:
            raw = catalog.raw(location)
        except LibraryError as error:
            yield Failed(article.source, location, entry.fingerprint, str(error))
            continue
        if raw is not None:
            yield preparation.again(raw, article)


def _left_out(catalog: Catalog, kept: Mapping[str, str], ids: Sequence[str]) -> Iterator[Failure]:
    """What could not be read anew, for want of bytes: told by name where it was asked for by name."""
    if ids:
        for article_id in ids:
            if article_id not in kept:
                yield Failure(article_id, f"The library kept no raw bytes of {article_id}. {_REMEDY}")
    elif missing := catalog.counts()[0] - len(kept):
        yield Failure(str(catalog.folder), f"The library kept no raw bytes of {missing} articles. {_REMEDY}")
