"""The parts of a watcher, and its loop, by a clock of our own."""

import json
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.fetch import Feed
from ingest.interrupts import uninterrupted
from ingest.prune import Pruning
from ingest.report import Event, Failure, Report
from ingest.sources import Part
from ingest.watch_command import seconds_of
from ingest.watching import Stop, Teller, sorted_out, watch
from ingest.watching.folders import Changes, FolderChanges
from ingest.watching.schedule import JITTER, LONGEST_PAUSE, Schedule
from ingest.watching.settling import SETTLE_SECONDS, Settling
from ingest.watching.watcher import LOOK_THROUGH, Watcher
from rag.catalog import Catalog
from rag.embedding import EmbeddingStamp
from rag.errors import ConfigurationError, LibraryError
from rag.settings import Settings
from tests.hash_embedder import HashEmbedder


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# schedules


def test_a_source_is_due_at_once_and_then_at_its_interval() -> None:
    clock = Clock()
    schedule = Schedule(900, clock, lambda: 0.5)
    assert schedule.is_due
    assert schedule.looked_at(failed=False) == 900
    clock.now += 899
    assert not schedule.is_due
    clock.now += 1
    assert schedule.is_due


def test_a_source_that_fails_is_asked_ever_more_rarely_until_it_is_well() -> None:
    schedule = Schedule(900, Clock(), lambda: 0.5)
    assert [schedule.looked_at(failed=True) for _ in range(4)] == [900, 1800, 3600, 7200]
    assert max(schedule.looked_at(failed=True) for _ in range(2000)) == LONGEST_PAUSE
    assert schedule.looked_at(failed=False) == 900
    assert schedule.looked_at(failed=True) == 900


def test_intervals_differ_a_little_from_one_time_to_the_next() -> None:
    draws = iter([0.0, 1.0])
    schedule = Schedule(100, Clock(), lambda: next(draws))
    assert [schedule.looked_at(failed=False) for _ in range(2)] == pytest.approx(
        [100 * (1 - JITTER), 100 * (1 + JITTER)]
    )


@pytest.mark.parametrize(("written", "seconds"), [("90s", 90), ("15m", 900), ("1.5h", 5400), ("1d", 86_400), ("7", 7)])
def test_an_interval_is_written_with_its_unit(written: str, seconds: float) -> None:
    assert seconds_of(written) == seconds


@pytest.mark.parametrize("written", ["", "soon", "-5m", "0", "0.5s", "15 minutes", "1e9h", "٣m"])
def test_what_is_no_interval_is_refused(written: str) -> None:
    with pytest.raises(ConfigurationError, match="no interval"):
        seconds_of(written)


# settling


def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "a.md"
    settling = Settling(clock)
    path.write_text("begun")
    settling.add(path)
    for _ in range(5):
        clock.now += SETTLE_SECONDS * 0.9
        with path.open("a") as file:
            file.write(" and going on")
        assert settling.settled() == []
    clock.now += SETTLE_SECONDS
    assert settling.settled() == [path]
    assert settling.settled() == []


def test_a_folder_settles_when_nothing_changes_below_it(tmp_path: Path) -> None:
    clock = Clock()
    settling = Settling(clock)
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    settling.add(tmp_path / "sub")
    clock.now += SETTLE_SECONDS
    (tmp_path / "sub" / "deep" / "a.md").write_text("text")
    assert settling.settled() == []
    clock.now += SETTLE_SECONDS
    assert settling.settled() == [tmp_path / "sub"]


def test_what_is_gone_settles_too(tmp_path: Path) -> None:
    clock = Clock()
    settling = Settling(clock)
    settling.add(tmp_path / "gone.md")
    clock.now += SETTLE_SECONDS
    assert settling.settled() == [tmp_path / "gone.md"]


# folders, as the system tells of them


def eventually(changes: FolderChanges, found: Callable[[Changes], bool]) -> Changes:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found(change := changes.wait(0.1)):
            return change
    raise AssertionError("it was not told")


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, FolderChanges]]:
    folder = tmp_path / "watched"
    folder.mkdir()
    changes = FolderChanges([folder], threading.Event())
    yield folder, changes
    changes.close()


def test_a_change_is_told_also_when_it_comes_right_after_the_start(watched: tuple[Path, FolderChanges]) -> None:
    folder, changes = watched
    assert changes.wait(0.1).appeared == (folder,)
    (folder / "a.md").write_text("text")
    assert eventually(changes, lambda change: folder / "a.md" in change.paths)


def test_a_folder_that_is_made_anew_is_watched_anew(watched: tuple[Path, FolderChanges]) -> None:
    folder, changes = watched
    changes.wait(0.1)
    folder.rename(folder.with_name("away"))
    assert eventually(changes, lambda change: bool(change.vanished)).vanished == (folder,)
    folder.mkdir()
    assert eventually(changes, lambda change: bool(change.appeared)).appeared == (folder,)
    (folder / "a.md").write_text("text")
    assert eventually(changes, lambda change: folder / "a.md" in change.paths)


def test_where_the_system_gives_no_watch_folders_are_compared(watched: tuple[Path, FolderChanges]) -> None:
    folder, changes = watched
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 2, hard))  # enough to list a folder; a watch takes more
    try:
        changes.wait(0.1)
        assert changes.wait(0.1).appeared == (folder,)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    (folder / "a.md").write_text("text")
    assert eventually(changes, lambda change: folder / "a.md" in change.paths)


def test_waiting_ends_when_the_watcher_is_stopped(tmp_path: Path) -> None:
    stopped = threading.Event()
    changes = FolderChanges([tmp_path], stopped)
    changes.wait(0.1)
    stopped.set()
    assert changes.wait(3600) == Changes()
    changes.close()


# the loop


@dataclass
class World:
    """Tells the watcher what the test says, moves the clock, and notes what is looked at."""

    script: list[Changes | Callable[[], object]]
    stopped: threading.Event = field(default_factory=threading.Event)
    clock: Clock = field(default_factory=Clock)
    step: float = SETTLE_SECONDS
    seen: list[object] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    answers: list[Report | Exception] = field(default_factory=list)

    def wait(self, seconds: float) -> Changes:
        self.clock.now += self.step
        if not self.script:
            self.stopped.set()
            return Changes()
        following = self.script.pop(0)
        if isinstance(following, Changes):
            return following
        following()
        return Changes()

    def ingest(self, source: object) -> Report:
        self.seen.append(source)
        answer = self.answers.pop(0) if self.answers else Report()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def tell(self, event: Event) -> None:
        if event.kind != "unchanged":
            self.told.append((event.kind, event.name))
            self.reasons.append(event.reason)

    def say(self, event: str, source: str) -> None:
        self.told.append((event, source))

    def run(self, *folders: Path, files: tuple[Path, ...] = (), remote: tuple[str | Feed, ...] = ()) -> list[object]:
        Watcher(
            files,
            folders,
            remote,
            900,
            changes=self,
            ingest=self.ingest,
            teller=self,
            schedule=lambda every, retry: Schedule(every, self.clock, lambda: 0.5, retry=retry),
            clock=self.clock,
        ).run(self.stopped)
        return self.seen


def idle() -> None:
    """A moment in which nothing happens."""


def test_a_folder_is_looked_through_first_and_then_only_where_it_changes(tmp_path: Path) -> None:
    changed = frozenset({tmp_path / "a.md", tmp_path / "sub" / "b.md"})
    world = World([Changes(appeared=(tmp_path,)), Changes(changed), idle, idle])
    assert world.run(tmp_path) == [str(tmp_path), Part(str(tmp_path), (tmp_path / "a.md", tmp_path / "sub" / "b.md"))]


def test_a_folder_is_looked_through_again_from_time_to_time_and_when_it_comes_back(tmp_path: Path) -> None:
    here = Changes(appeared=(tmp_path,))
    world = World([here, *[idle] * 4], step=LOOK_THROUGH / 2)
    assert world.run(tmp_path) == [str(tmp_path)] * 3
    world = World([here, Changes(frozenset({tmp_path / "a.md"}), vanished=(tmp_path,)), idle, idle, here, idle])
    assert world.run(tmp_path) == [str(tmp_path)] * 2
    assert world.told == [("watching", str(tmp_path)), ("failed", str(tmp_path)), ("watching", str(tmp_path))]


def test_a_library_that_cannot_be_written_is_tried_again_and_nothing_is_lost(tmp_path: Path) -> None:
    full = LibraryError("The disk is full.")
    world = World([Changes(appeared=(tmp_path,)), Changes(frozenset({tmp_path / "a.md"})), *[idle] * 20])
    world.answers = [Report(), full, full, RuntimeError("odd"), Report()]
    part = Part(str(tmp_path), (tmp_path / "a.md",))
    assert world.run(tmp_path) == [str(tmp_path), part, *[str(tmp_path)] * 3]
    assert [kind for kind, _ in world.told] == ["watching", "failed", "failed", "failed"]
    assert world.reasons == [
        *("The disk is full. Tried again in 2 seconds.", "The disk is full. Tried again in 4 seconds."),
        "RuntimeError('odd'). Tried again in 8 seconds.",
    ]


def test_a_feed_that_fails_does_not_keep_another_from_its_turn() -> None:
    one, two = Feed("https://a.example/feed"), Feed("https://b.example/feed")
    world = World([idle] * 5, step=900)
    world.answers = [Report(failed=[Failure(one.source, "down")]), Report()] * 2
    assert world.run(remote=(one, two)) == [one, two, one, two, two, one, two, one, two]


def test_an_article_of_a_feed_that_fails_does_not_make_the_feed_rare() -> None:
    feed = Feed("https://a.example/feed")
    world = World([idle] * 4, step=900)
    world.answers = [Report(failed=[Failure("https://a.example/story", "down")])] * 4
    assert world.run(remote=(feed,)) == [feed] * 4


def test_a_single_file_is_looked_at_when_it_changes_also_by_a_rename(tmp_path: Path) -> None:
    path, other = tmp_path / "a.md", tmp_path / "b.tmp"
    path.write_text("one")

    def replace() -> None:
        other.write_text("another")
        other.rename(path)

    world = World([idle, replace, idle, path.unlink, idle, idle, lambda: path.write_text("back"), idle, idle])
    assert world.run(files=(path,)) == [str(path)] * 3


def test_a_watcher_that_is_stopped_looks_at_nothing_more(tmp_path: Path) -> None:
    world = World([idle])
    world.stopped.set()
    assert world.run(remote=("https://a.example/",)) == []


# telling


def teller(lines: list[str], *, as_json: bool = False) -> Teller:
    return Teller(lines.append, lambda: datetime(2026, 11, 24, 12, tzinfo=UTC), as_json=as_json)


def test_each_change_is_a_line_and_a_failure_is_told_once_until_it_changes() -> None:
    lines: list[str] = []
    tells = teller(lines)
    for kind, reason in (("failed", "x"), ("failed", "x"), ("failed", "y"), ("unchanged", ""), ("failed", "y")):
        tells.tell(Event(kind, "a\nb.md", reason))  # type: ignore[arg-type]
    assert [line[21:] for line in lines] == ["failed    a b.md: x", "failed    a b.md: y", "failed    a b.md: y"]


def test_a_source_that_is_well_again_is_told_when_it_fails_again() -> None:
    lines: list[str] = []
    tells = teller(lines)
    down = Report(failed=[Failure("feed", "down")], held=[Failure("feed", "not whole")])
    for report in (down, down, Report(), down):
        for failure in report.failed:
            tells.tell(Event("failed", failure.source, failure.reason))
        tells.sum_up("feed", report)
    assert [line[21:] for line in lines] == ["failed    feed: down"] * 2


def test_what_is_passed_over_is_told_when_it_changes() -> None:
    lines: list[str] = []
    tells = teller(lines)
    for kinds in ({".csv": 1}, {".csv": 1}, {}, {".csv": 1}, {".csv": 2}):
        tells.sum_up("folder", Report(passed_over=kinds))
    assert [line[21:] for line in lines] == [
        "unread    folder: passed over, of kinds that are not read: 1 .csv",
        "unread    folder: passed over, of kinds that are not read: 2 .csv",
    ]


def test_lines_may_be_json() -> None:
    lines: list[str] = []
    tells = teller(lines, as_json=True)
    tells.tell(Event("added", "a.md"))
    tells.sum_up("folder", Report(vanished=2, held=[Failure("disk", "empty")]))
    tells.sum_up("folder", Report(vanished=2))
    found = [json.loads(line) for line in lines]
    assert [(line["event"], line["source"]) for line in found] == [
        ("added", "a.md"),
        ("failed", "disk"),
        ("vanished", "folder"),
    ]
    assert datetime.fromisoformat(found[0]["time"]) == datetime(2026, 11, 24, 12, tzinfo=UTC)


# stopping


def test_a_signal_ends_what_may_be_ended_and_lets_a_write_finish() -> None:
    stop = Stop()
    written: list[str] = []

    def write() -> None:
        with stop.interruptible(), uninterrupted():
            os.kill(os.getpid(), signal.SIGTERM)
            written.append("whole")

    with stop.listening():
        with pytest.raises(KeyboardInterrupt):
            write()
        os.kill(os.getpid(), signal.SIGINT)  # outside, it is only noted
    assert written == ["whole"]
    assert stop.stopped.is_set()


class StoppingEmbedder(HashEmbedder):
    """Sends the signal as soon as it is asked for its stamp, which is before the first article is looked at."""

    @property
    def stamp(self) -> EmbeddingStamp:
        os.kill(os.getpid(), signal.SIGTERM)
        return EmbeddingStamp("hash", 8, "0" * 64)

    @stamp.setter
    def stamp(self, stamp: EmbeddingStamp) -> None:
        """It has one of its own."""


def test_a_signal_before_a_run_has_begun_stops_the_watcher_well(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.md").write_text("Acme raised $5 million.")
    lines: list[str] = []
    with closing(Catalog.open(tmp_path / "library", create=True)) as catalog, Stop().listening() as stop:
        watch(
            [str(tmp_path / "articles")],
            catalog,
            StoppingEmbedder(),
            Settings(library=tmp_path / "library"),
            teller(lines),
            stop,
            every=900,
            pruning=Pruning.NONE,
            fields={},
        )
    assert [line[21:30].strip() for line in lines] == ["watching", "stopped"]


def test_what_cannot_be_watched_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no file or folder"):
        sorted_out([f"{tmp_path}/*.md"])
    (tmp_path / "a.md").write_text("text")
    sources = [str(tmp_path), str(tmp_path / "a.md"), "https://a.example/"]
    assert sorted_out(sources) == ([tmp_path / "a.md"], [tmp_path], ["https://a.example/"])
