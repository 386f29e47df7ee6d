"""The parent's end of the process that reads: starts it, asks it, ends it."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from ingest.reading.messages import LENGTH
from rag.settings import environment_without_secrets

# The longest text an article may have takes some 80 MB; what says that it is longer is no article.
LONGEST_REPLY = 256_000_000
_PIECE = 1 << 20
# A process that is told to end gets so long before it is made to.
_SECONDS_TO_END = 2.0


class LateError(Exception):
    """The time is used up."""


class EndedError(Exception):
    """The process has ended, or does not say what it should."""


class ReaderProcess:
    """A running process, asked by one thread at a time; `kill` may be called from another."""

    def __init__(self, command: Sequence[str]) -> None:
        lifeline, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*command, "--lifeline", str(lifeline)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=(lifeline,),
                bufsize=0,
                start_new_session=True,  # Ctrl+C in a terminal goes to the parent alone
                env=child_environment(),
            )
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(lifeline)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        os.set_blocking(self._input.fileno(), False)
        os.set_blocking(self._output.fileno(), False)

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def send(self, request: bytes, deadline: float) -> None:
        """Writes a request. Raises LateError at the deadline (of time.monotonic), EndedError when nobody reads."""
        left = memoryview(request)
        while left:
            _wait(self._input.fileno(), select.POLLOUT, deadline)
            try:
                left = left[os.write(self._input.fileno(), left[:_PIECE]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise EndedError from error

    def receive(self, deadline: float) -> bytes:
        """The next frame that comes back. Raises as `send` does."""
        (length,) = LENGTH.unpack(self._read(LENGTH.size, deadline))
        if length > LONGEST_REPLY:
            raise EndedError
        return self._read(length, deadline)

    def _read(self, count: int, deadline: float) -> bytes:
        found = bytearray()
        while len(found) < count:
            _wait(self._output.fileno(), select.POLLIN, deadline)
            piece = os.read(self._output.fileno(), min(_PIECE, count - len(found)))
            if not piece:
                raise EndedError
            found += piece
        return bytes(found)

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()

    def close(self) -> int:
        """Ends it, in order if it does so soon; its exit status, negative for the signal that ended it."""
        with suppress(BrokenPipeError):
            self._input.close()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
        status = self._process.wait()
        self._output.close()
        os.close(self._lifeline)
        return status


def _wait(descriptor: int, event: int, deadline: float) -> None:
    waiting = select.poll()
    waiting.register(descriptor, event)
    left = deadline - time.monotonic()
    if left <= 0 or not waiting.poll(left * 1000):
        raise LateError


def child_environment() -> dict[str, str]:
    """The environment of a process that parses: no secrets, and modules where this process finds them.

    Started with -P, Python looks nowhere else, such as in a working directory that is full of downloads.
    """
    path = os.pathsep.join(path or os.getcwd() for path in sys.path)  # noqa: PTH109  the entry "" means just that
    # numpy, which tells the language, would take memory for a thread of each core, to multiply nothing with.
    return environment_without_secrets() | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
