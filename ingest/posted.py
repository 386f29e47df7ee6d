"""Puts what was posted into the library: a file that came with the request, or a page that is fetched now."""

import hashlib
import unicodedata
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import PurePosixPath

from ingest.document import Document
from ingest.embedding_queue import EmbeddingQueue
from ingest.fetch import Client, Web
from ingest.identity import INBOX
from ingest.pipeline import write
from ingest.preparation import Failed, Outcome, Preparation, Prepared
from ingest.reading import Reader
from ingest.report import Report
from ingest.sources import EXTENSIONS, check_size, max_bytes
from rag.catalog import Catalog
from rag.embedding import Embedder
from rag.errors import SourceError
from rag.inbox import Posted
from rag.names import names_for
from rag.settings import Settings

_LONGEST_NAME = 150


def ingest_posted(
    posted: Posted,
    catalog: Catalog,
    embedder: Embedder,
    settings: Settings,
    today: date,
    reader: Reader,
    open_client: Callable[[], Client],
) -> str:
    """Puts one posted document or page into the library; the id of its article. Raises DossierError.

    Done again, it finds what it did: a job that was cut off after the article went in does no harm the second time.
    """
    catalog.require(embedder.stamp)
    names = names_for(catalog.folder, settings.companies)  # for each document: its user may have changed it
    preparation = Preparation(catalog, embedder, today, reader.read, keep_raw=settings.keep_raw, names=names)
    if posted.address:
        with closing(Web(settings, catalog, preparation.holds, open_client, owns_client=False)) as web:
            (page,) = web.items([posted.address])
        outcome = preparation.prepare(page.location, page.name, page.read)
    else:
        outcome = _prepared_file(posted, preparation, max_bytes(settings))
    if isinstance(outcome, Failed):
        raise SourceError(outcome.reason)
    report = Report()
    queue = EmbeddingQueue(embedder)
    for complete in (*queue.add(outcome), *queue.flush()):
        write(complete, catalog, report)
    return outcome.article.id if isinstance(outcome, Prepared) else outcome.article_id


def _prepared_file(posted: Posted, preparation: Preparation, limit: int) -> Outcome:
    name = safe_name(posted.name, posted.media_type)

    def read() -> Document:
        check_size(posted.body, name, limit)
        return Document(posted.body)

    return preparation.prepare(INBOX + hashlib.sha256(posted.body).hexdigest(), name, read)


def safe_name(name: str, media_type: str) -> str:
    """The last part of a posted name, without what could be mistaken for a path or hide in a terminal."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(character for character in last if unicodedata.category(character)[0] != "C").strip()
    kept = unicodedata.normalize("NFC", kept).lstrip(".")[-_LONGEST_NAME:] or "article"
    if media_type.partition(";")[0].strip().lower() == "text/html" and not kept.lower().endswith(EXTENSIONS):
        kept += ".html"
    return kept
