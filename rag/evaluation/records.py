"""What came of each question, a line each, written as it comes: a run that was killed goes on where it stopped."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

from rag.errors import ConfigurationError

RUN, RECORDS = "run.json", "records.jsonl"
# What may be told of a run later, since no record depends on it.
LATER = frozenset({"price"})


@dataclass(frozen=True, slots=True)
class Record:
    """One question's outcome. `measures` holds what was measured of it: shares and truths from 0 to 1, milliseconds,
    tokens; what does not apply is left out. `accept` is what the answer had to say, as in Asked, `articles` what holds
    it; `found` are the ids of the first passages, `titles` those of their articles."""

    id: str
    kind: str
    question: str
    measures: Mapping[str, float]
    status: str = ""
    answer: str = ""
    cited: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    pair: str | None = None
    as_of: str | None = None
    accept: tuple[tuple[str, ...], ...] = ()
    articles: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(slots=True)
class Run:
    """A run on disk: what was measured with what (`about`), and its records by question."""

    folder: Path
    about: dict[str, Any]
    records: dict[str, Record] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether every question of it has its record."""
        return len(self.records) >= int(self.about["questions"])

    def writer(self) -> TextIO:
        """The file that further records are added to, behind its last whole line."""
        path = self.folder / RECORDS
        if path.exists():
            os.truncate(path, len(_whole_lines(path)))
        return path.open("a", encoding="utf-8")


def start_run(folder: Path, about: dict[str, Any]) -> Run:
    """A run in `folder`: the one that was begun there with the same `about`, or a new one.

    Raises ConfigurationError for a folder that holds another run, or that cannot be written to.
    """
    if (folder / RUN).is_file():
        run = read_run(folder)
        if not same(run.about, about):
            raise ConfigurationError(
                f"{folder} holds another run: {', '.join(_differences(run.about, about))}.",
                "Name another folder with --report, or remove this one.",
            )
        run.about |= about
    else:
        run = Run(folder, about)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = folder / f"{RUN}.new"
        scratch.write_text(json.dumps(run.about, indent=2, ensure_ascii=False), encoding="utf-8")
        scratch.replace(folder / RUN)
    except OSError as error:
        raise ConfigurationError(f"A run cannot be kept in {folder}: {error.strerror}.", "Name another.") from error
    return run


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two descriptions are of the same run, whatever was told of it later."""
    return not _differences(one, other)


def read_run(folder: Path) -> Run:
    """A run as it was written. Raises ConfigurationError when there is none; a line a kill cut off is left out."""
    try:
        about = json.loads((folder / RUN).read_text(encoding="utf-8"))
        text = _whole_lines(folder / RECORDS).decode("utf-8")
        # Not splitlines(): an answer may hold characters that also end a line.
        records = [_record(json.loads(line)) for line in text.split("\n") if line]
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"{folder} holds no run: {error}.", "Name the folder of one.") from error
    return Run(folder, about, {record.id: record for record in records})


def _record(read: dict[str, Any]) -> Record:
    tuples = {name: tuple(read.get(name, ())) for name in ("cited", "found", "articles", "titles")}
    return Record(**{**read, **tuples, "accept": tuple(map(tuple, read.get("accept", ())))})


def _whole_lines(path: Path) -> bytes:
    text = path.read_bytes() if path.exists() else b""
    return text[: text.rfind(b"\n") + 1]


def write_record(file: TextIO, record: Record) -> None:
    """Adds one record, on the disk before the next question is asked."""
    file.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")
    file.flush()


def measures_in(records: Iterable[Record]) -> list[str]:
    """The names of all measures that some record has, in the order in which they first come."""
    return list(dict.fromkeys(name for record in records for name in record.measures))


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    keys = (key for key in dict.fromkeys([*one, *other]) if key not in LATER)
    return [f"{key} was {one.get(key)!r}, is {other.get(key)!r}" for key in keys if one.get(key) != other.get(key)]
