"""The SQLite file underneath: opening, transactions, and its errors told in Dossier's words."""

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Self

from rag.catalog.schema import APPLICATION_ID, MIGRATIONS, SCHEMA, SCHEMA_VERSION
from rag.errors import LibraryError

FILE = "catalog.sqlite"
# How long a writer waits for another one, and the emptying of the log for readers.
BUSY_SECONDS, CHECKPOINT_MS = 30, 200
# Fingerprints are spread over their whole table: with SQLite's own 2 MB, an article costs half as much again at 10,000.
CACHE_KB = 16_000


class Database:
    """One connection, one statement at a time, so that threads may share it; processes are kept apart by SQLite."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, *, writable: bool) -> None:
        self.folder = folder
        self.writable = writable
        self._connection = connection
        self._lock = threading.RLock()
        self._token = secrets.token_hex(8)  # names what this process writes (see Catalog.lineage)

    @classmethod
    def open(cls, folder: Path, *, create: bool = False, read_only: bool = False) -> Self:
        """Opens the catalog of the library in `folder`; `create` makes an empty one where there is none.

        Opened `read_only`, it changes not a byte of the folder.

        Raises LibraryError when there is none, when it is damaged, or when it is of a newer version of Dossier.
        """
        path = folder / FILE
        try:
            if create:
                folder.mkdir(parents=True, exist_ok=True)
            if not create and not path.is_file():
                raise _no_library(folder)
        except OSError as error:
            raise LibraryError(
                f"The library folder {folder} cannot be {'made' if create else 'read'}: {error.strerror}.",
                "Check its permissions, or name another with --library.",
            ) from error
        with _mapped(path):
            connection, writable = _connect(path, create=create, read_only=read_only)
            catalog = cls(folder, connection, writable=writable)
            try:
                if create and writable:
                    catalog._make_tables()
                catalog._migrate()
            except BaseException:
                connection.close()
                raise
        return catalog

    @classmethod
    def nowhere(cls, folder: Path) -> Self:
        """An empty catalog in memory, which cannot be written: what there is in `folder` before its first article."""
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        catalog = cls(folder, connection, writable=False)
        catalog._make_tables()
        return catalog

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether there is a catalog in `folder`, or what is left of one."""
        return (folder / FILE).is_file()

    def _make_tables(self) -> None:
        with self._writing():  # only one of two processes that start at once makes them
            if not self._value("SELECT count(*) FROM sqlite_master"):
                for statement in SCHEMA.split(";"):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _migrate(self) -> None:
        """Brings the tables of an older version up to this one, all steps or none."""
        if self._version() == SCHEMA_VERSION:
            return
        if not self.writable:
            raise LibraryError(
                f"The library in {self.folder} was written by an older Dossier, and cannot be brought up to date: "
                "it is read-only.",
                "Open it once where it can be written, as `dossier articles` does.",
            )
        with self._writing():
            for version in range(self._version() + 1, SCHEMA_VERSION + 1):  # another process may have been first
                for statement in MIGRATIONS[version].split(";"):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {version}")

    def _version(self) -> int:
        return int(self._value("PRAGMA user_version"))

    def close(self) -> None:
        """Closes the file; whatever was put is in it already."""
        with self._lock:
            self._connection.close()

    def _next_change(self) -> int:
        change = int(self._value("UPDATE changes SET last = last + 1 RETURNING last"))
        begin = "INSERT INTO lineages SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM lineages WHERE token = ?2)"
        self._connection.execute(begin, (change, self._token))
        return change

    def together(self) -> AbstractContextManager[None]:
        """Makes one transaction of what is written in the context: all of it is on the disk at its end, or nothing."""
        return self._writing()

    def seen(self) -> int:
        """A number that is another one when another process, or another open catalog, has written in the meantime."""
        return int(self._value("PRAGMA data_version"))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction: all of it or nothing. Inside of another one it is part of that."""
        with self._lock, _mapped(self.folder / FILE):
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                raise

    def _empty_log(self) -> None:
        """Moves what the write-ahead log holds into the file and cuts it to nothing, unless a reader hinders it."""
        with self._lock:
            self._rows(f"PRAGMA busy_timeout = {CHECKPOINT_MS}")  # a reader may take its time; it is done later then
            try:
                self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self._rows(f"PRAGMA busy_timeout = {1000 * BUSY_SECONDS}")

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._lock, _mapped(self.folder / FILE):
            return self._connection.execute(query, values).fetchall()

    def _row(self, query: str, *values: Any) -> Any | None:
        with self._lock, _mapped(self.folder / FILE):
            return self._connection.execute(query, values).fetchone()

    def _value(self, query: str) -> Any:
        row = self._row(query)
        assert row is not None
        return row[0]


def _connect(path: Path, *, create: bool, read_only: bool) -> tuple[sqlite3.Connection, bool]:
    """A connection, and whether it can write. A library on a read-only disk can still be asked."""
    # SQLite opens a file that it may not write without a word, and fails at the first commit.
    may_write = not path.is_file() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
    writable = may_write and not read_only
    log = path.with_name(path.name + "-wal")
    immutable = "" if log.exists() and log.stat().st_size else "&immutable=1"
    uri = path.absolute().as_uri() + ("" if writable else f"?mode=ro{immutable}")
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _recognise(connection, path, create=create and writable)
        if writable:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # what `ingest` has reported is on the disk
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
            connection.execute("PRAGMA secure_delete = ON")  # a removed article leaves no text in free pages
    except BaseException:
        connection.close()
        raise
    return connection, writable


def _recognise(connection: sqlite3.Connection, path: Path, *, create: bool) -> None:
    """Raises LibraryError for a file that is no catalog, or a newer one; nothing has been written to it then."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables:  # an ingest that was killed in its first moments leaves this
        if create:
            return
        raise _no_library(path.parent)
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise LibraryError(f"{path} is not a catalog of Dossier.", "Is --library the right folder?")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise LibraryError(
            f"The library in {path.parent} was written by a newer Dossier: "
            f"its schema is {version}, this one knows {SCHEMA_VERSION}.",
            "Update Dossier. Nothing was changed.",
        )


def _no_library(folder: Path) -> LibraryError:
    return LibraryError(f"There is no library in {folder}.", "`dossier ingest` makes one; --library names another.")


def _is_read_only(error: sqlite3.Error) -> bool:
    return "readonly" in str(error) or "unable to open" in str(error)


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    """SQLite's errors as LibraryError: what happened, to which file, and the remedy."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "disk is full" in text:
            hint = "The disk is full: make room and run the command again; what is in the library stays whole."
        elif "disk I/O" in text:
            hint = "Is the disk full, or is it failing? What is in the library stays whole."
        elif _is_read_only(error):
            hint = "It cannot be written: check the permissions of the folder, or name another with --library."
        elif "locked" in text:
            hint = "Another process has been writing for long; try again when it is done."
        else:
            hint = "The file seems damaged or is no catalog: restore it from a copy, or ingest into a new folder."
        raise LibraryError(f"The catalog {path} failed: {text}.", hint) from error
