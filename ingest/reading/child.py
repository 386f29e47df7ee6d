"""The process that reads articles: `python -m ingest.reading.child --memory MB --lifeline FD`.

It takes documents from standard input and gives articles on standard output (see ingest/reading/messages.py), until the
input ends. Its limits are set here, by itself, before the first byte of a document.
"""

import argparse
import fcntl
import logging
import math
import os
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

import structlog

from ingest.document import Document
from ingest.extract import Extracted
from ingest.reading.article import read_article
from ingest.reading.messages import LENGTH, Reply, Request, frame, read_request, write_reply
from rag.errors import DossierError
from rag.log import configure_logging

log = structlog.get_logger(__name__)

# After so many documents a new process goes on, whatever parsers have kept of them.
DOCUMENTS = 2_000
# What is written first: that the imports went well, and documents may come.
READY = b"ready"
_STATUS = Path("/proc/self/status")

Read = Callable[[Document, str, date], Extracted]


def main(read: Read = read_article, arguments: list[str] | None = None) -> None:
    """Reads documents until there are no more."""
    parser = argparse.ArgumentParser(prog="python -m ingest.reading.child")
    parser.add_argument("--memory", type=int, required=True, help="megabytes that reading may take")
    parser.add_argument("--lifeline", type=int, required=True, help="a pipe whose other end closes with the parent")
    parser.add_argument("--log-level", default="warning")
    parser.add_argument("--log-json", action="store_true")
    given = parser.parse_args(arguments)
    requests, replies = _take_pipes()
    end_with_parent(given.lifeline)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's affair
    configure_logging(given.log_level, as_json=given.log_json)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it warns of pages without naming them
    memory = given.memory * 1_000_000
    before = _limit_memory(memory)
    replies.write(frame(READY))
    for number in range(1, DOCUMENTS + 1):
        try:
            request = read_request(lambda: _receive(requests))
        except EOFError:
            return
        _limit_time(request.seconds)
        reply = reply_to(request, read)
        used = (_size("VmPeak") - before) / memory
        if reply.article is None and used > 0.8:  # lxml, for one, does not always say that it was memory it lacked
            reply = Reply(request.token, out_of_memory=True)
        is_last = reply.out_of_memory or number == DOCUMENTS or used > 0.5
        replies.write(write_reply(replace(reply, last=is_last)))
        if is_last:
            return


def reply_to(request: Request, read: Read) -> Reply:
    """What becomes of a document, whatever reading it raises."""
    try:
        return Reply(request.token, read(request.document, request.name, request.today))
    except DossierError as error:
        return Reply(request.token, refusal=(error.message, error.hint))
    except MemoryError:
        return Reply(request.token, out_of_memory=True)
    except Exception as error:  # the boundary of the process: a document may fail itself, not the next one
        log.warning("a document broke its reading", source=request.name, exc_info=True)
        refusal = (f"{request.name} could not be parsed: {error!r}.", "Save the article in another format.")
        return Reply(request.token, refusal=refusal)


def end_with_parent(lifeline: int) -> None:
    """Has the kernel end this process when the other end of a pipe closes, whatever it is busy with then.

    The parent holds that end, so it closes with the parent, also when that is killed. Not PR_SET_PDEATHSIG: that looks
    at the thread that started us. Not a thread that waits here: a parser in C may hold the interpreter for ever.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Both pipes, kept for us: what a library prints goes to standard error, and nothing reads our input."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return os.fdopen(requests, "rb"), os.fdopen(replies, "wb", buffering=0)


def _receive(requests: BinaryIO) -> bytes:
    length = requests.read(LENGTH.size)
    payload = requests.read(LENGTH.unpack(length)[0]) if len(length) == LENGTH.size else b""
    if not length or len(payload) != LENGTH.unpack(length)[0]:
        raise EOFError
    return payload


def _limit_memory(limit: int) -> int:
    """Limits what may be allocated from now on; gives back what is allocated now. Where /proc says it: on Linux."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a parser that crashes leaves no picture of what it read
    before = _size("VmSize")
    if before:
        resource.setrlimit(resource.RLIMIT_AS, (before + limit, before + limit))
    return before


def _limit_time(seconds: int) -> None:
    """Gives the next document so many seconds of the processor: a stopped parent looks at no clock."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + seconds, hard))


def _size(kind: str) -> int:
    """The address space of this process in bytes, now or at its largest; 0 where the system does not say."""
    try:
        status = _STATUS.read_text()
    except FileNotFoundError:
        return 0
    return int(status.partition(f"{kind}:")[2].split()[0]) * 1024


if __name__ == "__main__":
    with suppress(BrokenPipeError):  # the parent ended while we started; nobody is left to read for
        main()
