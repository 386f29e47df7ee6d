"""How articles get into the library, in order.

    find_items    what the sources name; Lines, for what lies in one file; Web, for what has to be fetched
    retag         the articles that are there, if the table of names has changed
    prepare       the ledger knows it? else: read, identify, tag, chunk                           (a thread, ahead)
      read        extract and clean                                                 (a process, within its limits)
    embed         the chunks the catalog has no vector for, in batches across articles
    put           each article, whole, as soon as it has all its vectors; whose copy it is, is found there

A run that is stopped or killed leaves whole articles; the next one goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import date
from functools import partial
from itertools import chain
from time import perf_counter

from ingest.embedding_queue import Embedded, EmbeddingQueue
from ingest.fetch import Client, Remote, Rules, Web, WebItem
from ingest.interrupts import uninterrupted
from ingest.json_lines import Line, Lines
from ingest.preparation import Failed, Outcome, Preparation, Unchanged
from ingest.read_ahead import read_ahead
from ingest.reading import Reader
from ingest.report import Failure, Progress, Report
from ingest.sources import Item, find_items, is_web_address
from rag.catalog import Catalog
from rag.embedding import Embedder
from rag.names import names_for
from rag.retagging import retag
from rag.settings import Settings

# Articles prepared in advance: enough to keep the model busy, few enough to keep memory level.
AHEAD = 32


def run(
    sources: Sequence[str | Remote],
    catalog: Catalog,
    embedder: Embedder,
    settings: Settings,
    on_progress: Callable[[Progress], None],
    *,
    today: Callable[[], date] = date.today,
    open_client: Callable[[], Client] | None = None,
    fields: Mapping[str, str] | None = None,
    reader: Reader | None = None,
) -> Report:
    """Ingests everything the sources name. What fails is reported and left out, the rest goes in.

    `fields` says what the fields of JSON Lines are called there: {"text": "body_html"}. A `reader` that is given is the
    caller's to close.

    Raises ConfigurationError, before anything is done, for a source that names nothing, and LibraryError when the
    catalog cannot be written; what was written before stays. An interrupt ends the run and is told in the report.
    """
    started = perf_counter()
    files = [source for source in sources if isinstance(source, str) and not is_web_address(source)]
    items = list(find_items(files, settings))
    catalog.require(embedder.stamp)
    catalog.relate_rest()
    names = names_for(catalog.folder, settings.companies)
    retag(catalog, names)
    ends = ExitStack()
    reader = reader or ends.enter_context(Reader(settings))
    preparation = Preparation(catalog, embedder, today(), reader.read, keep_raw=settings.keep_raw, names=names)
    open_client = open_client or partial(Client, settings, Rules(settings.fetch_allow))
    web = Web(settings, catalog, preparation.holds, open_client)
    lines = Lines(fields or {})
    queue = EmbeddingQueue(embedder)
    report = Report()

    def finish(outcome: Outcome | Embedded) -> None:
        with uninterrupted():
            name = write(outcome, catalog, report)
        on_progress(Progress(report.done, len(items) + lines.found + web.found, name))

    remote = web.items(source for source in sources if source not in files)
    everything: Iterable[Item | Line | WebItem] = chain(lines.items(items), remote)
    prepared = (preparation.prepare(item.location, item.name, item.read) for item in everything)
    try:
        with ends, closing(web), closing(read_ahead(prepared, AHEAD, web.stop, reader.stop)) as outcomes:
            for outcome in outcomes:
                for complete in queue.add(outcome):
                    finish(complete)
            for complete in queue.flush():
                finish(complete)
    except KeyboardInterrupt:
        report.interrupted = True
    report.chunks_embedded, report.embedding_seconds = queue.chunks_embedded, queue.seconds
    report.seconds = perf_counter() - started
    return report


def write(outcome: Outcome | Embedded, catalog: Catalog, report: Report) -> str:
    """Writes an outcome to the catalog, counts it, and gives back its name. Raises LibraryError."""
    match outcome:
        case Embedded(prepared, vectors):
            catalog.put(
                prepared.article,
                prepared.chunks,
                vectors,
                location=prepared.location,
                fingerprint=prepared.fingerprint,
                raw=prepared.raw,
            )
            report.added += prepared.is_new
            report.updated += not prepared.is_new
            return prepared.name
        case Unchanged(name, location, article_id, fingerprint, raw):
            if fingerprint is not None:
                catalog.note_unchanged(location, fingerprint, article_id)
            if raw is not None:
                catalog.note_raw(raw)
            report.unchanged += 1
            return name
        case Failed(name, location, fingerprint, reason):
            catalog.note_failed(location, fingerprint, reason)
            report.failed.append(Failure(name, reason))
            return name
        case _:
            raise AssertionError("a prepared article is written with its vectors")
