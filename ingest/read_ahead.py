"""Lets a thread prepare what comes next while this one works."""

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class _End(Generic[T]):
    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(values: Iterable[T], ahead: int, stop: Callable[[], None] = lambda: None) -> Generator[T]:
    """The values, in order, made by a thread that is at most `ahead` of them in front; its errors are raised here.

    Closing the generator ends the thread; `stop` is called first, to end what the thread may be waiting for.
    """
    ready: queue.Queue[T | _End[T]] = queue.Queue(ahead)
    stopped = threading.Event()

    def offer(value: T | _End[T]) -> None:
        while not stopped.is_set():
            try:
                ready.put(value, timeout=0.2)
            except queue.Full:
                continue
            return

    def produce() -> None:
        end = _End[T]()
        try:
            for value in values:
                offer(value)
                if stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001  handed over, not swallowed: the consumer raises it
            end = _End(error)
        offer(end)

    thread = threading.Thread(target=produce, name="read-ahead", daemon=True)
    thread.start()
    try:
        while not isinstance(value := ready.get(), _End):
            yield value
        if value.error is not None:
            raise value.error
    finally:
        stopped.set()
        stop()
        thread.join()
