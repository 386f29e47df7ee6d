"""How a watcher is stopped: SIGINT and SIGTERM end what is under way as soon as they can, and the process well."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ingest.interrupts import SIGNALS


class Stop:
    """Set by the first signal. `interruptible` code gets a KeyboardInterrupt besides, as a run of an ingest expects."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._interruptible = False

    @contextmanager
    def listening(self) -> Iterator["Stop"]:
        """Takes the signals while the block lasts."""
        handlers = {number: signal.signal(number, self._handle) for number in SIGNALS}
        try:
            yield self
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Marks code that may be ended in the middle."""
        self._interruptible = True
        try:
            yield
        finally:
            self._interruptible = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.stopped.set()
        if self._interruptible:
            self._interruptible = False  # once: what ends it is not to be interrupted
            raise KeyboardInterrupt
