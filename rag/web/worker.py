"""The inbox worker: a process of its own beside the server, started again when it dies."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 60.0
# A worker that ran this long was well: the next failure is a new one.
WELL_AFTER = 60.0
# What it gets to end by itself when its input is closed; when it is asked to; when it is made to.
SECONDS_TO_STOP = (2.0, 3.0, 5.0)


async def keep_worker(
    command: Sequence[str],
    *,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Runs the command until cancelled, again after each end, pausing 1, 2, 4 … 60 seconds between failures in a row.

    Cancelled, it ends the process it started, and waits for that.
    """
    failures = 0
    while True:
        started = clock()
        try:
            code: int | None = await _run(command)
        except OSError as error:
            code = None
            log.error("the inbox worker cannot be started", error=str(error))
        failures = 1 if clock() - started > WELL_AFTER else failures + 1
        seconds = min(2.0 ** (failures - 1), LONGEST_PAUSE)
        log.warning("the inbox worker ended", exit_status=code, next_start_in_seconds=seconds)
        await pause(seconds)


async def _run(command: Sequence[str]) -> int:
    # We hold its standard input and never write to it: should this process be killed, the worker reads the end of it
    # and knows. In a session of its own: Ctrl+C in a terminal reaches this process only, which ends it in order.
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, start_new_session=True)
    log.info("the inbox worker runs", pid=process.pid)
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            await asyncio.shield(_stop(process))


async def _stop(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    for seconds, end in zip(SECONDS_TO_STOP, (process.stdin.close, process.terminate, process.kill), strict=True):
        with suppress(ProcessLookupError):
            end()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), seconds)
            return
