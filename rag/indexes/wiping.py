"""Wipes what Chroma's files hold beyond what is in use. The store must be closed.

Chroma's database keeps what was deleted in free pages. Its graph is written with room for more vectors, which is filled
with whatever lay in the memory of the process: seen were ids of removed articles, and it might be their words.
"""

import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path

SECONDS = 600
# hnswlib's header, version 1: where the vectors begin, for how many there is room, how many there are, bytes of each.
_HEADER = struct.Struct("<iQQQQ")


def wipe(folder: Path) -> None:
    """Gives back free pages in a process of its own, whose locks are its own; fills unused room with zeros."""
    command = [sys.executable, "-m", "rag.indexes.wiping", str(folder / "chroma.sqlite3")]
    subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
    for header in folder.glob("*/header.bin"):
        version, begin, _, used, size = _HEADER.unpack_from(header.read_bytes())
        graph = header.with_name("data_level0.bin")
        length = graph.stat().st_size
        if version != 1 or begin or used * size > length:
            raise ValueError(f"{graph} is of a form that is not known")
        with graph.open("r+b") as file:
            file.seek(used * size)
            file.write(bytes(length - used * size))


def vacuum(file: str) -> None:
    """Writes a SQLite file anew without its free pages."""
    with closing(sqlite3.connect(file, timeout=60)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    vacuum(sys.argv[1])
