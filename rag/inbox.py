"""The inbox: documents that were posted to the service, waiting for the worker that reads them.

The service never parses what it is sent. It writes the bytes down here; a process of `ingest` takes them from here.
"""

import secrets
from dataclasses import dataclass

from rag.catalog import Catalog, Job


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted document, as it came."""

    job_id: str
    name: str
    media_type: str
    body: bytes


class Inbox:
    """A queue in the catalog: it survives a restart, and several processes may use it."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def add(self, name: str, media_type: str, body: bytes) -> Job:
        """Queues a document. Job ids cannot be guessed: who knows one may see how it went."""
        job = Job(secrets.token_hex(12), name, media_type, "queued")
        self._catalog.inbox_add(job, body)
        return job

    def job(self, job_id: str) -> Job | None:
        """How a document is doing, or None for an unknown id."""
        return self._catalog.inbox_job(job_id)

    def claim(self) -> Posted | None:
        """The oldest waiting document, now the caller's to finish; None when nothing waits."""
        if not self._catalog.inbox_waiting():
            return None
        claimed = self._catalog.inbox_claim()
        return claimed and Posted(claimed[0].id, claimed[0].name, claimed[0].media_type, claimed[1])

    def finish(self, job_id: str, *, article_id: str | None = None, error: str | None = None) -> None:
        """Says how it went: the article it became, or why it became none."""
        self._catalog.inbox_finish(job_id, article_id=article_id, error=error)

    def requeue(self) -> int:
        """Queues again what a worker that died had taken. Called by the one worker when it starts."""
        return self._catalog.inbox_requeue()
