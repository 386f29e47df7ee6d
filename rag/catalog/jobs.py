"""The queue of posted documents (see rag/inbox.py)."""

from rag.catalog.database import Database
from rag.catalog.records import Job

# A worker may be killed for other reasons than the document it reads; twice more is enough to find out.
ATTEMPTS = 3


class Jobs(Database):
    """Documents that were posted, and how they went."""

    def inbox_add(self, job: Job, body: bytes) -> None:
        """Queues a posted document."""
        with self._writing():
            self._connection.execute(
                "INSERT INTO jobs (id, name, media_type, body, status, number, attempts) "
                "SELECT ?, ?, ?, ?, ?, coalesce(max(number), 0) + 1, 0 FROM jobs",
                (job.id, job.name, job.media_type, body, job.status),
            )

    def inbox_claim(self) -> tuple[Job, bytes] | None:
        """Takes the oldest queued document to work on, or None."""
        with self._writing():
            row = self._row(
                "SELECT id, name, media_type, body FROM jobs WHERE status = 'queued' ORDER BY number LIMIT 1"
            )
            if row is None:
                return None
            taken = "UPDATE jobs SET status = 'working', attempts = attempts + 1 WHERE id = ?"
            self._connection.execute(taken, (row[0],))
        return Job(row[0], row[1], row[2], "working"), row[3]

    def inbox_requeue(self) -> int:
        """Queues again what a worker had taken and did not finish; returns how many.

        What ended the worker each time it was tried is given up: it would keep the others from being read.
        """
        with self._writing():
            self._connection.execute(
                "UPDATE jobs SET status = 'failed', error = name || ' ended the process that read it.', body = NULL "
                "WHERE status = 'working' AND attempts >= ?",
                (ATTEMPTS,),
            )
            return self._connection.execute("UPDATE jobs SET status = 'queued' WHERE status = 'working'").rowcount

    def inbox_finish(self, job_id: str, *, article_id: str | None = None, error: str | None = None) -> None:
        """Ends a job; the posted body is dropped, its outcome kept."""
        status = "failed" if error else "done"
        with self._writing():
            self._connection.execute(
                "UPDATE jobs SET status = ?, article_id = ?, error = ?, body = NULL WHERE id = ?",
                (status, article_id, error, job_id),
            )

    def inbox_job(self, job_id: str) -> Job | None:
        """How a job is doing, or None."""
        row = self._row("SELECT id, name, media_type, status, article_id, error FROM jobs WHERE id = ?", job_id)
        return Job(*row) if row else None

    def inbox_waiting(self) -> bool:
        """Whether a document is queued; cheap enough to be asked every half second."""
        return self._row("SELECT 1 FROM jobs WHERE status = 'queued' LIMIT 1") is not None
