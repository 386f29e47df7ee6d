"""One client for many short errands of a process that runs for long."""

import time
from collections.abc import Callable

from ingest.fetch.client import Client

# So long a robots.txt is believed, and a host that failed too often is left alone.
SECONDS = 600.0


class KeptClient:
    """Gives the same client for ten minutes, so that pauses between requests to a host hold across errands."""

    def __init__(self, open_client: Callable[[], Client], clock: Callable[[], float] = time.monotonic) -> None:
        self._open = open_client
        self._clock = clock
        self._opened = 0.0
        self._client: Client | None = None

    def get(self) -> Client:
        """The client, a new one if that of before is too old."""
        if self._client is None or self._clock() - self._opened > SECONDS:
            self.close()
            self._client, self._opened = self._open(), self._clock()
        return self._client

    def stop(self) -> None:
        """Ends what another thread is fetching, or waiting for."""
        if client := self._client:
            client.stop()

    def close(self) -> None:
        """Closes all connections."""
        client, self._client = self._client, None
        if client:
            client.close()
