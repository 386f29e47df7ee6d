"""Lets a thread prepare what comes next while this one works."""

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class _End(Generic[T]):
    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(values: Iterable[T], ahead: int, *stops: Callable[[], None]) -> Generator[T]:
    """The values, in order, made by a thread that is at most `ahead` of them in front; its errors are raised here.

    Closing the generator before its end ends the thread; `stops` are called until it has, to end what it waits for.
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
    except BaseException:
        stopped.set()
        while thread.is_alive():
            for stop in stops:
                stop()
            thread.join(0.1)
        raise
    finally:
        thread.join()
    if value.error is not None:
        raise value.error
