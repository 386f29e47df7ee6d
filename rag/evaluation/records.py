"""What came of each question, a line each, written as it comes: a run that was killed goes on where it stopped."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

from rag.errors import ConfigurationError

RUN, RECORDS = "run.json", "records.jsonl"


@dataclass(frozen=True, slots=True)
class Record:
    """One question's outcome. `measures` holds what was measured of it: shares and truths from 0 to 1, milliseconds,
    tokens; what does not apply is left out."""

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
        """The file that further records are added to."""
        return (self.folder / RECORDS).open("a", encoding="utf-8")


def start_run(folder: Path, about: dict[str, Any]) -> Run:
    """A run in `folder`: the one that was begun there with the same `about`, or a new one.

    Raises ConfigurationError for a folder that holds another run.
    """
    if (folder / RUN).is_file():
        run = read_run(folder)
        if run.about != about:
            raise ConfigurationError(
                f"{folder} holds another run: {', '.join(_differences(run.about, about))}.",
                "Name another folder with --report, or remove this one.",
            )
        return run
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RUN).write_text(json.dumps(about, indent=2, ensure_ascii=False), encoding="utf-8")
    return Run(folder, about)


def read_run(folder: Path) -> Run:
    """A run as it was written. Raises ConfigurationError when there is none; a line a kill cut off is left out."""
    try:
        about = json.loads((folder / RUN).read_text(encoding="utf-8"))
        path = folder / RECORDS
        text = path.read_bytes() if path.exists() else b""
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{folder} holds no run: {error}.", "Name the folder of one.") from error
    whole = text[: text.rfind(b"\n") + 1]
    if len(whole) != len(text):
        os.truncate(path, len(whole))
    records = [Record(**json.loads(line)) for line in whole.decode("utf-8").splitlines()]
    return Run(folder, about, {record.id: record for record in records})


def write_record(file: TextIO, record: Record) -> None:
    """Adds one record, on the disk before the next question is asked."""
    file.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")
    file.flush()


def measures_in(records: Iterable[Record]) -> list[str]:
    """The names of all measures that some record has, in the order in which they first come."""
    return list(dict.fromkeys(name for record in records for name in record.measures))


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    keys = dict.fromkeys([*one, *other])
    return [f"{key} was {one.get(key)!r}, is {other.get(key)!r}" for key in keys if one.get(key) != other.get(key)]
