"""Reads documents in a process of its own, within a time and a memory; what it does there fails that document alone."""

import math
import secrets
import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import date
from types import TracebackType
from typing import Self

from ingest.document import Document
from ingest.extract import Extracted
from ingest.reading.messages import Reply, Request, read_reply, write_request
from ingest.reading.process import EndedError, LateError, ReaderProcess
from rag.errors import ConfigurationError, SourceError
from rag.settings import Settings

COMMAND = (sys.executable, "-P", "-m", "ingest.reading.child")
# Its imports take a second; on a machine that has no time, more.
_SECONDS_TO_START = 120.0
_FOR_US = "Save the article in another format."


class Reader:
    """Reads one document after the other, in a process that is started for the first, and again after a failure.

    `stop` may be called from another thread.
    """

    def __init__(self, settings: Settings, command: Sequence[str] = COMMAND) -> None:
        self._seconds = settings.read_timeout
        self._megabytes = settings.read_memory_mb
        level = "debug" if settings.log_level == "debug" else "warning"
        log = ("--log-level", level, *(("--log-json",) if settings.log_json else ()))
        self._command = (*command, "--memory", str(self._megabytes), *log)
        self._process: ReaderProcess | None = None
        self._lock = threading.Lock()
        self._is_reading = False
        self._is_stopped = False
        self._stopped: ReaderProcess | None = None

    def read(self, document: Document, name: str, today: date) -> Extracted:
        """The article in a document, clean; `today` tells which dates are impossible.

        Raises SourceError, naming it, for what is no article, takes too long or too much memory, or breaks the parser;
        ConfigurationError when no process can be started.
        """
        with self._lock:
            self._is_stopped, self._is_reading = False, True
            try:
                reply = self._ask(document, name, today)
            finally:
                self._is_reading = False
        if reply.out_of_memory:
            raise SourceError(
                f"{name} needs more than {self._megabytes} MB of memory to be read.",
                "Split it, or raise DOSSIER_READ_MEMORY_MB if it really is one article.",
            )
        if reply.article is None:
            message, hint = reply.refusal or (f"{name} was not read.", _FOR_US)
            raise SourceError(message, hint)
        return reply.article

    def stop(self) -> None:
        """Ends what another thread is reading now, if anything; that fails. The next document is read again."""
        process = self._process
        if process and self._is_reading:
            self._is_stopped, self._stopped = True, process
            process.kill()

    def close(self) -> None:
        """Ends the process."""
        with self._lock:
            if self._process:
                self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, document: Document, name: str, today: date) -> Reply:
        # Whatever ended it, it was not this document; one that was stopped a moment ago may still seem to run.
        if self._process and (self._process is self._stopped or not self._process.runs):
            self._end()
        process = self._process or self._start(name)
        try:
            deadline = time.monotonic() + self._seconds
            request = Request(document, name, today, math.ceil(self._seconds), secrets.token_hex(8))
            process.send(write_request(request), deadline)
            reply = read_reply(process.receive(deadline), request.token)
        except LateError as error:
            process.kill()
            self._end()
            raise self._late(name) from error
        except (EndedError, ValueError) as error:
            raise self._failure(name, self._end()) from error
        except BaseException:  # an interrupt: the reply that is on its way belongs to nobody
            process.kill()
            self._end()
            raise
        if reply.last:
            self._end()
        return reply

    def _start(self, name: str) -> ReaderProcess:
        try:
            self._process = process = ReaderProcess(self._command)
        except OSError as error:
            raise ConfigurationError(
                f"No process can be started to read {name}: {error.strerror}.", "Has the machine memory left?"
            ) from error
        try:
            process.receive(time.monotonic() + _SECONDS_TO_START)
        except (LateError, EndedError) as error:
            process.kill()
            status = self._end()
            if self._is_stopped:
                raise _stopped(name) from error
            raise ConfigurationError(
                f"The process that reads articles does not start (status {status}).",
                "What stands before this on standard error may say why.",
            ) from error
        except BaseException:
            process.kill()
            self._end()
            raise
        return process

    def _end(self) -> int:
        assert self._process is not None
        process, self._process = self._process, None
        return process.close()

    def _late(self, name: str) -> SourceError:
        return SourceError(
            f"{name} takes longer than {self._seconds:g} seconds to read.",
            "Split it, or raise DOSSIER_READ_TIMEOUT if it really is one article.",
        )

    def _failure(self, name: str, status: int) -> SourceError:
        """Why a document is no article whose reading ended the process."""
        if self._is_stopped:
            return _stopped(name)
        if status == -signal.SIGXCPU:
            return self._late(name)
        if status == -signal.SIGKILL:  # not by us
            return SourceError(
                f"{name} was not read: the process that read it was killed.", "Has the machine memory left?"
            )
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return SourceError(f"{name} broke the parser ({how}).", _FOR_US)


def _stopped(name: str) -> SourceError:
    return SourceError(f"{name} was not read: the run was stopped.", "Run it again.")
