"""The process that reads what was posted to the service: `python -m ingest.worker --library DIR`.

`dossier serve` starts it beside the server and holds its standard input: when that closes, the server is gone, and the
worker ends. It fetches what was posted as an address. The bytes come from anywhere, and are parsed in a process of
their own, so nothing a document does ends the worker.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import structlog

from ingest.fetch import Client, KeptClient, Rules
from ingest.posted import ingest_posted
from ingest.reading import Reader
from rag.catalog import Catalog
from rag.embedding import Embedder, build_embedder
from rag.errors import ConfigurationError, DossierError
from rag.inbox import Inbox
from rag.log import configure_logging
from rag.settings import Settings, load_settings

POLL_SECONDS = 0.5

log = structlog.get_logger(__name__)


def work(
    catalog: Catalog,
    settings: Settings,
    open_embedder: Callable[[], Embedder],
    stopped: threading.Event,
    today: Callable[[], date],
    reader: Reader,
    open_client: Callable[[], Client] | None = None,
) -> None:
    """Takes jobs from the inbox, one after the other, until `stopped`; what it is busy with then is given back.

    Raises ConfigurationError: what is wrong with the machine is no fault of a document.
    """
    inbox = Inbox(catalog, settings)
    inbox.requeue()
    client = KeptClient(open_client or partial(Client, settings, Rules(settings.fetch_allow)))
    embedder: Embedder | None = None
    with closing(client), _stopping(stopped, reader.stop, client.stop):
        while not stopped.is_set():
            posted = inbox.claim()
            if posted is None:
                stopped.wait(POLL_SECONDS)
                continue
            try:
                # Not before the first document: most servers never get one, and the model takes 200 MB.
                embedder = embedder or open_embedder()
                article_id = ingest_posted(posted, catalog, embedder, settings, today(), reader, client.get)
                inbox.finish(posted.job_id, article_id=article_id)
            except ConfigurationError:
                inbox.release(posted.job_id)
                raise
            except DossierError as error:
                if stopped.is_set():  # it may have failed for that alone
                    inbox.release(posted.job_id)
                else:
                    inbox.finish(posted.job_id, error=str(error))
            except Exception as error:  # the boundary of the process: a document may fail its own job, not the next one
                log.exception("a posted document could not be ingested", job=posted.job_id)
                inbox.finish(posted.job_id, error=f"{posted.name} could not be ingested: {error!r}.")


@contextmanager
def _stopping(stopped: threading.Event, *stops: Callable[[], None]) -> Iterator[None]:
    """Has a thread call `stops`, again and again, from when it is `stopped` until the block is done."""
    done = threading.Event()

    def stop() -> None:
        stopped.wait()
        while not done.wait(0.1):
            for one in stops:
                one()

    thread = threading.Thread(target=stop, name="stopping", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        stopped.set()
        thread.join()


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
