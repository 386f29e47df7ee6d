"""The process that reads what was posted to the service: `python -m ingest.worker --library DIR`.

`dossier serve` starts it beside the server and holds its standard input: when that closes, the server is gone, and the
worker ends. The bytes it reads come from anywhere, so nothing a document does may end it.
"""

import argparse
import hashlib
import os
import signal
import sys
import threading
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath

import structlog

from ingest.embedding_queue import EmbeddingQueue
from ingest.identity import INBOX
from ingest.pipeline import write
from ingest.preparation import Failed, Preparation, Prepared
from ingest.reading import Reader
from ingest.report import Report
from ingest.sources import EXTENSIONS, check_size, max_bytes
from rag.catalog import Catalog
from rag.embedding import Embedder, build_embedder
from rag.errors import DossierError
from rag.inbox import Inbox, Posted
from rag.log import configure_logging
from rag.names import names_for
from rag.settings import Settings, load_settings

POLL_SECONDS = 0.5
_LONGEST_NAME = 150

log = structlog.get_logger(__name__)


def work(
    catalog: Catalog,
    settings: Settings,
    open_embedder: Callable[[], Embedder],
    stopped: threading.Event,
    today: Callable[[], date],
    reader: Reader,
) -> None:
    """Takes posted documents from the inbox, one after the other, until `stopped`; finishes every job it takes."""
    inbox = Inbox(catalog)
    inbox.requeue()
    embedder: Embedder | None = None
    while not stopped.is_set():
        posted = inbox.claim()
        if posted is None:
            stopped.wait(POLL_SECONDS)
            continue
        try:
            # Not before the first document: most servers never get one, and the model takes 200 MB.
            embedder = embedder or open_embedder()
            article_id = ingest_posted(posted, catalog, embedder, settings, today(), reader)
            inbox.finish(posted.job_id, article_id=article_id)
        except DossierError as error:
            inbox.finish(posted.job_id, error=str(error))
        except Exception as error:  # the boundary of the process: a document may fail its own job, not the next one
            log.exception("a posted document could not be ingested", job=posted.job_id)
            inbox.finish(posted.job_id, error=f"{posted.name} could not be ingested: {error!r}.")


def ingest_posted(
    posted: Posted, catalog: Catalog, embedder: Embedder, settings: Settings, today: date, reader: Reader
) -> str:
    """Puts one posted document into the library; the id of its article. Raises DossierError."""
    catalog.require(embedder.stamp)
    name = safe_name(posted.name, posted.media_type)
    location = INBOX + hashlib.sha256(posted.body).hexdigest()
    report = Report()
    names = names_for(catalog.folder, settings.companies)  # for each document: its user may have changed it
    outcome = Preparation(catalog, embedder, today, reader.read, keep_raw=settings.keep_raw, names=names).prepare(
        location, name, partial(_checked, posted.body, name, max_bytes(settings))
    )
    if isinstance(outcome, Failed):
        raise DossierError(outcome.reason)
    queue = EmbeddingQueue(embedder)
    for complete in (*queue.add(outcome), *queue.flush()):
        write(complete, catalog, report)
    return outcome.article.id if isinstance(outcome, Prepared) else outcome.article_id


def _checked(body: bytes, name: str, limit: int) -> bytes:
    check_size(body, name, limit)
    return body


def safe_name(name: str, media_type: str) -> str:
    """The last part of a posted name, without what could be mistaken for a path or hide in a terminal."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(character for character in last if unicodedata.category(character)[0] != "C").strip()
    kept = unicodedata.normalize("NFC", kept).lstrip(".")[-_LONGEST_NAME:] or "article"
    if media_type.partition(";")[0].strip().lower() == "text/html" and not kept.lower().endswith(EXTENSIONS):
        kept += ".html"
    return kept


def _stop_with_parent(stopped: threading.Event) -> None:
    # Not through sys.stdin: its lock, held by a waiting thread, aborts the interpreter when the process ends.
    while os.read(0, 4096):
        pass
    stopped.set()


def main(arguments: list[str] | None = None) -> None:
    """Runs until the parent is gone or SIGTERM comes."""
    parser = argparse.ArgumentParser(prog="python -m ingest.worker", description="Ingests what is posted to a server.")
    parser.add_argument("--library", type=Path, required=True, help="the folder that holds the library")
    settings = load_settings(library=parser.parse_args(arguments).library)
    configure_logging(settings.log_level, as_json=settings.log_json)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the server too, which then closes our input
    threading.Thread(target=_stop_with_parent, args=(stopped,), name="parent", daemon=True).start()
    catalog = Catalog.open(settings.library)
    try:
        with Reader(settings) as reader:
            model = settings.library / "model"
            work(catalog, settings, lambda: build_embedder(settings, model), stopped, date.today, reader)
    finally:
        catalog.close()


if __name__ == "__main__":
    try:
        main()
    except DossierError as error:
        sys.exit(f"error: {error}")
