"""What a site asks of robots: asked once a run, for each host."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from ingest.fetch.answers import RefusedError
from rag.errors import SourceError

# RFC 9309 asks for 500 KiB at least; nothing beyond that is read.
LARGEST = 512_000


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What `/robots.txt` says; `failure` is why it could not be had, None when it could, or when there is none."""

    text: str = ""
    failure: str | None = None


class Robots:
    """The robots.txt of every host of a run; thread safe. `read` gets one by its address, `agent` is our name there."""

    def __init__(self, agent: str, read: Callable[[str], RobotsFile]) -> None:
        self._agent = agent
        self._read = read
        self._known: dict[str, Protego | str] = {}
        self._turns: dict[str, threading.Lock] = {}

    def check(self, address: str) -> None:
        """Raises SourceError for an address that its site does not want fetched.

        No robots.txt (4xx) allows everything; one that cannot be had (5xx, no connection, 429) allows nothing for now.
        """
        rules = self._rules(address)
        if isinstance(rules, str):
            raise SourceError(f"{address} is left alone, since its site's rules cannot be read: {rules}")
        if not rules.can_fetch(address, self._agent):
            raise RefusedError(
                f"{address} is left alone: robots.txt forbids it.", "Save the page, and ingest the file."
            )

    def delay(self, address: str) -> float:
        """The seconds the site wants between two requests; 0 when it does not say."""
        rules = self._rules(address)
        return 0.0 if isinstance(rules, str) else rules.crawl_delay(self._agent) or 0.0

    def _rules(self, address: str) -> Protego | str:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._turns.setdefault(origin, threading.Lock()):
            if origin not in self._known:
                found = self._read(f"{origin}/robots.txt")
                self._known[origin] = found.failure or Protego.parse(found.text)
            return self._known[origin]
