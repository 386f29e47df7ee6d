"""What a watcher says: a line for each change, for people or as JSON."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from ingest.report import Event, Report


class Teller:
    """Writes lines, each with its time. What is unchanged is not told, and a failure once until its reason changes."""

    def __init__(self, write: Callable[[str], None], now: Callable[[], datetime], *, as_json: bool) -> None:
        self._write = write
        self._now = now
        self._as_json = as_json
        self._failures: dict[str, str] = {}
        self._vanished: dict[str, int] = {}
        self._passed_over: dict[str, Mapping[str, int]] = {}

    def tell(self, event: Event) -> None:
        """Tells what has become of an article or a source."""
        if event.kind == "failed":
            if self._failures.get(event.name) == event.reason:
                return
            self._failures[event.name] = event.reason
        else:
            self._failures.pop(event.name, None)
        if event.kind != "unchanged":
            self.say(event.kind, event.name, event.reason)

    def sum_up(self, source: str, report: Report) -> None:
        """Tells what a report says of a source as a whole."""
        failed = {failure.source for failure in report.failed}
        for held in report.held:
            if held.source not in failed:  # why it was not read says it all
                self.tell(Event("failed", held.source, held.reason))
        if source not in failed | {held.source for held in report.held}:
            self._failures.pop(source, None)
        if report.vanished and report.vanished != self._vanished.get(source):
            self.say("vanished", source, f"{report.vanished} articles; --prune removes them.")
        self._vanished[source] = report.vanished
        if report.passed_over and report.passed_over != self._passed_over.get(source):
            self.say("unread", source, report.told_passed_over)
            self._passed_over[source] = report.passed_over

    def say(self, event: str, source: str, reason: str = "") -> None:
        """Writes one line."""
        now = self._now().astimezone()
        if self._as_json:
            line: dict[str, str] = {"time": now.isoformat(timespec="seconds"), "event": event, "source": source}
            self._write(json.dumps(line | ({"reason": reason} if reason else {}), ensure_ascii=False))
        else:
            shown = "".join(c if c.isprintable() else " " for c in f"{source}{': ' if reason else ''}{reason}")
            self._write(f"{now:%Y-%m-%d %H:%M:%S}  {event:9} {shown}")
