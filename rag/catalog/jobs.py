"""The queue of posted documents and addresses (see rag/inbox.py)."""

from dataclasses import replace

from rag.catalog.database import Database
from rag.catalog.records import Job
from rag.errors import InboxFullError

# A worker may be killed for other reasons than the document it reads; twice more is enough to find out.
ATTEMPTS = 3
# How many ended jobs are remembered.
REMEMBERED = 10_000

_COLUMNS = "id, name, media_type, status, article_id, error, address"
_WAITING = "status IN ('queued', 'working')"


class Jobs(Database):
    """What was posted, and how it went."""

    def inbox_add(self, job: Job, body: bytes | None, *, most_jobs: int, most_bytes: int) -> Job:
        """Queues a posted document or address; gives back the job, which is an earlier one if the same waits already.

        Raises InboxFullError when so many jobs wait, or so many bytes.
        """
        with self._writing():
            if waiting := self._same_waiting(job, body):
                return waiting
            jobs, size = self._rows(f"SELECT count(*), coalesce(sum(length(body)), 0) FROM jobs WHERE {_WAITING}")[0]
            if jobs >= most_jobs or size + len(body or b"") > most_bytes:
                raise InboxFullError(
                    f"The inbox is full: {jobs} documents wait to be read, {size / 1_000_000:.0f} MB.",
                    "Try again later; DOSSIER_INBOX_JOBS and DOSSIER_INBOX_MB say how much may wait.",
                )
            (last,) = self._rows("SELECT coalesce(max(number), 0) FROM jobs")[0]
            self._connection.execute(
                "INSERT INTO jobs (id, name, media_type, body, status, number, attempts, address) "
                "VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
                (job.id, job.name, job.media_type, body, job.status, last + 1, job.address),
            )
            self._connection.execute(f"DELETE FROM jobs WHERE number <= ? AND NOT {_WAITING}", (last - REMEMBERED,))
        return job

    def _same_waiting(self, job: Job, body: bytes | None) -> Job | None:
        """The job that is to do just this, and was not taken yet. Lengths first: they are known without reading."""
        row = self._row(
            f"SELECT {_COLUMNS} FROM jobs WHERE status = 'queued' AND name = ? AND media_type = ? AND address IS ? "
            "AND length(body) IS ? AND body IS ? LIMIT 1",
            *(job.name, job.media_type, job.address, None if body is None else len(body), body),
        )
        return Job(*row) if row else None

    def inbox_claim(self) -> tuple[Job, bytes | None] | None:
        """Takes the oldest queued job to work on, with the document that was posted; or None."""
        with self._writing():
            row = self._row(
                f"SELECT {_COLUMNS}, body FROM jobs WHERE status = 'queued' ORDER BY number LIMIT 1",
            )
            if row is None:
                return None
            taken = "UPDATE jobs SET status = 'working', attempts = attempts + 1 WHERE id = ?"
            self._connection.execute(taken, (row[0],))
        return replace(Job(*row[:-1]), status="working"), row[-1]

    def inbox_release(self, job_id: str) -> None:
        """Queues again what was taken and is given back unharmed: that is no attempt."""
        with self._writing():
            self._connection.execute(
                "UPDATE jobs SET status = 'queued', attempts = attempts - 1 WHERE id = ? AND status = 'working'",
                (job_id,),
            )

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
        row = self._row(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", job_id)
        return Job(*row) if row else None

    def inbox_waiting(self) -> bool:
        """Whether something is queued; cheap enough to be asked every half second."""
        return self._row("SELECT 1 FROM jobs WHERE status = 'queued' LIMIT 1") is not None
