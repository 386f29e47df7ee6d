"""The inbox: documents and addresses that were posted to the service, waiting for the worker that reads them.

The service never parses what it is sent, and fetches nothing. It writes down what came; a process of `ingest` takes it
from here.
"""

import secrets
from dataclasses import dataclass

from rag.catalog import Catalog, Job
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted document, as it came; or a posted address, in the place of a body."""

    job_id: str
    name: str
    media_type: str
    body: bytes
    address: str | None = None


class Inbox:
    """A queue in the catalog: it survives a restart, and several processes may use it."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._catalog = catalog
        self._most_jobs = settings.inbox_jobs
        self._most_bytes = int(settings.inbox_mb * 1_000_000)

    def add(self, name: str, media_type: str, body: bytes) -> Job:
        """Queues a document. Job ids cannot be guessed: who knows one may see how it went.

        The same once more, while it waits, is the same job. Raises InboxFullError.
        """
        return self._add(Job(secrets.token_hex(12), name, media_type, "queued"), body)

    def add_address(self, address: str) -> Job:
        """Queues an address, to be fetched by the worker. Raises InboxFullError."""
        return self._add(Job(secrets.token_hex(12), address, "", "queued", address=address), None)

    def _add(self, job: Job, body: bytes | None) -> Job:
        return self._catalog.inbox_add(job, body, most_jobs=self._most_jobs, most_bytes=self._most_bytes)

    def job(self, job_id: str) -> Job | None:
        """How a job is doing, or None for an unknown id."""
        return self._catalog.inbox_job(job_id)

    def claim(self) -> Posted | None:
        """What has waited longest, now the caller's to finish; None when nothing waits."""
        if not self._catalog.inbox_waiting():
            return None
        claimed = self._catalog.inbox_claim()
        if claimed is None:
            return None
        job, body = claimed
        return Posted(job.id, job.name, job.media_type, body or b"", job.address)

    def finish(self, job_id: str, *, article_id: str | None = None, error: str | None = None) -> None:
        """Says how it went: the article it became, or why it became none."""
        self._catalog.inbox_finish(job_id, article_id=article_id, error=error)

    def release(self, job_id: str) -> None:
        """Gives back what was claimed and not worked on: the next worker does it."""
        self._catalog.inbox_release(job_id)

    def requeue(self) -> int:
        """Queues again what a worker that died had taken. Called by the one worker when it starts."""
        return self._catalog.inbox_requeue()
