"""When a source is looked at again: at an interval, and ever more rarely while it fails."""

from collections.abc import Callable

# Nobody is asked less often than this for having failed, unless its interval is longer.
LONGEST_PAUSE = 6 * 3600.0
# Intervals differ by this share of them, so that many watchers of one site do not come at the same moment.
JITTER = 0.1


class Schedule:
    """The moments at which one source is due; the first is at once.

    After a failure it waits for `retry` seconds, then twice as long each time. `clock` gives seconds, `random` numbers
    from 0 to 1.
    """

    def __init__(
        self, every: float, clock: Callable[[], float], random: Callable[[], float], *, retry: float | None = None
    ) -> None:
        self._every = every
        self._retry = every if retry is None else retry
        self._clock = clock
        self._random = random
        self._failures = 0
        self._due = clock()

    @property
    def is_due(self) -> bool:
        """Whether the source is to be looked at now."""
        return self._clock() >= self._due

    def at_once(self) -> None:
        """Makes it due."""
        self._due = self._clock()

    def looked_at(self, *, failed: bool) -> float:
        """Notes how it went, and returns after how many seconds it is due again."""
        wait = self._every
        if failed:
            wait = min(self._retry * 2.0 ** min(self._failures, 30), max(self._every, LONGEST_PAUSE))
            self._failures += 1
        else:
            self._failures = 0
        wait *= 1 + JITTER * (2 * self._random() - 1)
        self._due = self._clock() + wait
        return wait
