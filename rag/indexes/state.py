"""What an index knows of itself between two processes: how far it followed the catalog, and whether it was closed well.

The state lies beside the index's own files. It is written after them, so it can only be behind; what it misses is
applied again, which changes nothing when it was there already.
"""

import json
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

from rag.indexes.hits import IndexDamagedError

FILE = "dossier.json"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class State:
    """`last_change`: the newest change the index holds, of a `lineage` of the catalog (see `Catalog.lineage`).

    `closed`: in order; else a process ended while it wrote. `traces`: its files may still hold something of articles
    that were removed.
    """

    last_change: int
    lineage: str
    closed: bool
    traces: bool = False


def read(folder: Path) -> State:
    """The state of the index in `folder`. Raises IndexDamagedError when its files are not those that were closed."""
    if not (folder / FILE).exists() and not any(_paths(folder)):
        return State(0, "", closed=True)
    try:
        found = json.loads((folder / FILE).read_text())
        last_change, lineage, files = int(found["last_change"]), str(found.get("lineage", "")), found["files"]
        if files is not None and files != (there := _checksums(folder)):
            odd = min(name for name in {*files, *there} if files.get(name) != there.get(name))
            raise IndexDamagedError(f"{folder / odd} is not as it was left")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"{folder} does not say what it holds: {error!r}") from error
    return State(last_change, lineage, closed=files is not None, traces=found.get("traces") is True)


def write(folder: Path, last_change: int, lineage: str, *, closed: bool, traces: bool = False) -> None:
    """Writes the state, whole or not at all."""
    files = _checksums(folder) if closed else None
    content = json.dumps({"last_change": last_change, "lineage": lineage, "files": files, "traces": traces})
    scratch = folder / f"{FILE}.new"
    with scratch.open("w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(folder / FILE)


def _paths(folder: Path) -> list[Path]:
    """Every file of the index itself; logs that SQLite replays and checks by itself are none."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(FILE) and not path.name.endswith((".lock", "-shm", "-wal"))
    ]


def _checksums(folder: Path) -> dict[str, int]:
    """Every file and its CRC-32 (4 GB a second): damage that leaves the size alone gives wrong answers, not errors."""
    return {path.relative_to(folder).as_posix(): _checksum(path) for path in _paths(folder)}


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum
