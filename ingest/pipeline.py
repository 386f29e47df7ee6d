"""How articles get into the library, in order.

    find_items    what the sources name; Containers, for what lies in one file; Web, for what has to be fetched
    retag         the articles that are there, if the table of names has changed
    prepare       the ledger knows it? else: read, identify, tag, chunk                           (a thread, ahead)
      read        extract and clean                                                 (a process, within its limits)
    embed         the chunks the catalog has no vector for, in batches across articles            (another, ahead)
    put           each article, whole, as soon as it has all its vectors; whose copy it is, is found there
    prune         if wanted: takes away what has vanished from the sources

A run that is stopped or killed leaves whole articles; the next one goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing, nullcontext
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain
from time import perf_counter

from ingest.containers import Containers
from ingest.embedding_queue import Embedded, EmbeddingQueue
from ingest.fetch import Client, Listing, Remote, Rules, Web, WebItem
from ingest.interrupts import uninterrupted
from ingest.members import Member
from ingest.preparation import Failed, Outcome, Preparation, Prepared, Unchanged
from ingest.prune import Pruning, Survey, find_vanished, prune, rehearse
from ingest.read_ahead import read_ahead
from ingest.reading import Reader
from ingest.report import Event, Progress, Report
from ingest.sources import Item, Part, PassedOver, find_items, is_web_address, scopes
from rag.catalog import Catalog
from rag.embedding import Embedder
from rag.names import names_for
from rag.retagging import retag
from rag.settings import Settings

# Articles prepared in advance: enough to keep the model busy, few enough to keep memory level.
AHEAD = 64


def run(
    sources: Sequence[str | Part | Remote],
    catalog: Catalog,
    embedder: Embedder | None,
    settings: Settings,
    on_progress: Callable[[Progress], None],
    *,
    today: Callable[[], date] = date.today,
    open_client: Callable[[], Client] | None = None,
    fields: Mapping[str, str] | None = None,
    reader: Reader | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    pruning: Pruning = Pruning.NONE,
) -> Report:
    """Ingests everything the sources name. What fails is reported and left out, the rest goes in.

    Without an embedder it is a dry run: nothing is written anywhere, and the report says what would be.
    `fields` says what the fields of JSON Lines are called there: {"text": "body_html"}. A `reader` that is given is the
    caller's to close.

    Raises ConfigurationError, before anything is done, for a source that names nothing, and LibraryError when the
    catalog cannot be written; what was written before stays. An interrupt ends the run and is told in the report.
    """
    started = perf_counter()
    files, elsewhere = divided(sources)
    passed_over = PassedOver()
    # Counted, not kept: there may be any number of them.
    count = sum(1 for _ in find_items(files, settings, passed_over))
    names = names_for(catalog.folder, settings.companies)
    if embedder is not None:
        catalog.require(embedder.stamp)
        catalog.relate_rest()
        retag(catalog, names)
    ends = ExitStack()
    reader = reader or ends.enter_context(Reader(settings))
    preparation = Preparation(catalog, embedder, today(), reader.read, keep_raw=settings.keep_raw, names=names)
    open_client = open_client or partial(Client, settings, Rules(settings.fetch_allow))
    web = Web(settings, catalog, preparation.holds, open_client)
    containers = Containers(fields or {})
    queue = EmbeddingQueue(embedder) if embedder else None
    report = Report(dry_run=embedder is None, passed_over=passed_over.kinds)
    survey = Survey(scopes(files), containers.read_whole)

    def finish(outcomes: Sequence[Outcome | Embedded]) -> None:
        """Together, since one wait for the disk is enough; they are told when they are on it."""
        done = report.done
        with uninterrupted(), catalog.together() if queue and len(outcomes) > 1 else nullcontext():
            events = [write(one, catalog, report) if queue else report.count(event_of(one)) for one in outcomes]
        for number, (outcome, event) in enumerate(zip(outcomes, events, strict=True), done + 1):
            survey.learn(outcome)
            on_event(event)
            on_progress(Progress(number, count + containers.found + web.found, event.name))

    everything: Iterable[Item | Member | WebItem] = survey.noting(
        chain(containers.items(find_items(files, settings)), web.items(elsewhere))
    )
    prepared = (preparation.prepare(item.location, item.name, item.read) for item in everything)
    try:
        with ends, closing(web), closing(read_ahead(prepared, AHEAD, web.stop, reader.stop)) as outcomes:
            groups: Iterable[Sequence[Outcome | Embedded]]
            groups = queue.all(outcomes) if queue else ([outcome] for outcome in outcomes)
            # The model goes on while what it has given is written.
            stops = (web.stop, reader.stop, *([queue.stop] if queue else []))
            with closing(read_ahead(groups, 1, *stops)) as complete:
                for group in complete:
                    finish(group)
        _judge(catalog, survey, web.listings, pruning, report, on_event)
    except KeyboardInterrupt:
        report.interrupted = True
    if queue:
        report.chunks_embedded, report.embedding_seconds = queue.chunks_embedded, queue.seconds
    report.seconds = perf_counter() - started
    return report


def divided(sources: Sequence[str | Part | Remote]) -> tuple[list[str | Part], list[str | Remote]]:
    """What lies on this machine, and what is to be fetched. Raises ConfigurationError for what cannot be."""
    files: list[str | Part] = []
    elsewhere: list[str | Remote] = []
    for source in sources:
        if isinstance(source, Part) or (isinstance(source, str) and not is_web_address(source)):
            files.append(source)
        else:
            elsewhere.append(source)
    return files, elsewhere


def _judge(
    catalog: Catalog,
    survey: Survey,
    listings: Sequence[Listing],
    pruning: Pruning,
    report: Report,
    on_event: Callable[[Event], None],
) -> None:
    """Removes what has vanished from the sources, if that is wanted; else counts it."""

    def removed(name: str) -> None:
        on_event(report.count(Event("removed", name)))

    vanished, held = find_vanished(catalog, survey, listings, force=pruning is Pruning.FORCED)
    if pruning is Pruning.NONE:
        report.vanished = len(vanished)
        return
    report.held = held
    if report.dry_run:
        for name in rehearse(vanished, catalog, survey.articles):
            removed(name)
    else:
        prune(vanished, catalog, removed)


def write(outcome: Outcome | Embedded, catalog: Catalog, report: Report) -> Event:
    """Writes an outcome to the catalog, counts it, and says what has become of the article. Raises LibraryError."""
    match outcome:
        case Embedded(prepared, vectors):
            with catalog.together():
                now = _as_it_is_now(prepared, catalog)
                if isinstance(now, Unchanged):
                    return write(now, catalog, report)
                # Another self of it may have been written since it was prepared.
                now = replace(now, is_new=now.is_new and catalog.find(now.article.id) is None)
                catalog.put(
                    now.article,
                    now.chunks,
                    vectors,
                    location=now.location,
                    fingerprint=now.fingerprint,
                    raw=now.raw,
                )
            return report.count(event_of(now))
        case Unchanged(_, location, article_id, fingerprint, addresses, note, raw):
            if fingerprint is not None:
                catalog.note_unchanged(location, fingerprint, article_id, addresses=addresses, note=note)
            if raw is not None:
                catalog.note_raw(raw)
        case Failed(_, location, fingerprint, reason):
            catalog.note_failed(location, fingerprint, reason)
        case _:
            raise AssertionError("a prepared article is written with its vectors")
    return report.count(event_of(outcome))


def event_of(outcome: Outcome | Embedded) -> Event:
    """What becomes of an article, as people are told."""
    match outcome:
        case Embedded(prepared) | (Prepared() as prepared):
            return Event("added" if prepared.is_new else "moved" if prepared.is_moved else "updated", prepared.name)
        case Unchanged(name):
            return Event("unchanged", name)
        case Failed(name, reason=reason):
            return Event("failed", name, reason)


def _as_it_is_now(prepared: Prepared, catalog: Catalog) -> Prepared | Unchanged:
    """What becomes of an article when another process has written since it got its id; its vectors are the same."""
    if prepared.anew is None or catalog.seen() == prepared.seen:
        return prepared
    return replace(prepared.anew(), raw=prepared.raw)
