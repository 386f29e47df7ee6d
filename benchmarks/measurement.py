"""What a benchmark hands back: a value, its limit, and whether it holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.workspace import Workspace

Unit = Literal["%", "ms", "s", "MB", "x", "/s", "count", ""]

_FORMATS: dict[Unit, str] = {
    "%": "{:.1f}%",
    "ms": "{:.1f} ms",
    "s": "{:.2f} s",
    "MB": "{:.0f} MB",
    "x": "{:.2f}x",
    "/s": "{:.1f}/s",
    "count": "{:,.0f}",
    "": "{:.1e}",
}


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure. Without a limit it only explains the others."""

    what: str
    value: float
    unit: Unit = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the limit is kept; None without one."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None

    @property
    def shown(self) -> str:
        """The value with its unit."""
        return self.format(self.value)

    @property
    def limit(self) -> str:
        """The limit in words; empty without one."""
        if self.at_most is not None:
            return f"at most {self.format(self.at_most)}"
        if self.at_least is not None:
            return f"at least {self.format(self.at_least)}"
        return ""

    def format(self, value: float) -> str:
        """A value in this figure's unit."""
        return _FORMATS[self.unit].format(value)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A named group of measurements. `method` tells a reader of the results what was done."""

    name: str
    title: str
    method: str
    measure: Callable[[Workspace], Sequence[Measurement]]
