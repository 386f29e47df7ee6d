"""Looks names up with a deadline: the system's resolver has none, and whose name it is can have it wait for long."""

import queue
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

SECONDS = 10.0
# Look-ups that may hang at once; more than hosts are asked at once, since one that was given up hangs on.
SLOTS = 24
# How long one wait lasts before it is asked whether the run was stopped.
_SLICE = 0.5

Found = TypeVar("Found")


class Lookups(Generic[Found]):
    """Calls `resolve` on threads that can be left behind. Thread safe."""

    def __init__(self, resolve: Callable[[str, int], Found], *, seconds: float = SECONDS, slots: int = SLOTS) -> None:
        self._resolve = resolve
        self._seconds = seconds
        self._slots = threading.Semaphore(slots)

    def find(self, host: str, port: int, time_left: Callable[[], float]) -> Found:
        """What `resolve` gives or raises. Raises TimeoutError when that takes too long; what `time_left` raises, too.

        `time_left` gives the seconds that the request may still take.
        """
        deadline = time.monotonic() + self._seconds
        while not self._slots.acquire(timeout=_wait(deadline, time_left)):
            pass
        answers: queue.SimpleQueue[Found | BaseException] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(self._resolve(host, port))
            except BaseException as error:  # noqa: BLE001  handed over, not swallowed: whoever asked raises it
                answers.put(error)
            finally:
                self._slots.release()

        threading.Thread(target=look_up, name=f"look-up {host}", daemon=True).start()
        while True:
            try:
                found = answers.get(timeout=_wait(deadline, time_left))
            except queue.Empty:
                continue
            if isinstance(found, BaseException):
                raise found
            return found


def _wait(deadline: float, time_left: Callable[[], float]) -> float:
    left = min(deadline - time.monotonic(), time_left())
    if left <= 0:
        raise TimeoutError("its name server does not answer in time")
    return min(left, _SLICE)
