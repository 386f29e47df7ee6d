"""Where articles come from: files, folders and globs, as items that can be read one after the other."""

import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest import maildir, sniffing
from rag.addresses import flaw_of, without_credentials
from rag.errors import ConfigurationError, SourceError
from rag.settings import Settings

# What a folder is searched for, besides files without an extension, whose first bytes tell. A file that is named may be
# called anything.
EXTENSIONS = (
    *(".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".docx", ".epub", ".eml"),
    *(".jsonl", ".ndjson", ".mbox"),
)
# Between a file and what is one of several articles in it.
SEPARATOR = "#"

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Part:
    """Some paths in a folder, of all that is in it; their articles have the names that they have in the whole.

    A path may be gone: then it names nothing.
    """

    folder: str
    paths: tuple[Path, ...]


class PassedOver:
    """The files in folders that are of no kind that is read: `kinds` counts them by their extensions."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self._seen: set[str] = set()

    def note(self, location: str, extension: str) -> None:
        """Counts a file, once."""
        if location not in self._seen:
            self._seen.add(location)
            self.kinds[extension] += 1


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that may be an article, not read yet.

    `location` is where it lies on this machine; `name` is its path as seen from the source that was given, with forward
    slashes, the same on every machine.
    """

    location: str
    name: str
    path: Path
    max_bytes: int

    def read(self) -> bytes:
        """The bytes. Raises SourceError, naming the file, when it is gone, unreadable, empty or too large."""
        try:
            # Asked before opening: opening a pipe would wait for its writer for ever.
            if not stat.S_ISREG(self.path.stat().st_mode):
                raise SourceError(f"{self.name} is not a regular file.", "Give the article as a file.")
            with self.path.open("rb") as file:
                body = file.read(self.max_bytes + 1)
        except FileNotFoundError as error:
            raise SourceError(f"{self.name} is no longer there.", "Ingest again when it is back.") from error
        except PermissionError as error:
            raise SourceError(f"{self.name} may not be read.", "Give yourself permission to read it.") from error
        except OSError as error:
            raise SourceError(f"{self.name} cannot be read: {error.strerror}.", "Check the disk.") from error
        check_size(body, self.name, self.max_bytes)
        return body


def check_size(body: bytes, name: str, max_bytes: int) -> None:
    """Raises SourceError for a body that is empty or larger than `max_bytes`."""
    if len(body) > max_bytes:
        limit = f"{max_bytes / 1_000_000:g}"
        raise SourceError(
            f"{name} is larger than {limit} MB.",
            "Split it, or raise DOSSIER_MAX_ARTICLE_MB if it really is one article.",
        )
    if not body.strip():
        raise SourceError(f"{name} is empty.", "Remove it, or save the article again.")


def max_bytes(settings: Settings) -> int:
    """The size limit of one article."""
    return int(settings.max_article_mb * 1_000_000)


def find_items(
    sources: Sequence[str | Part], settings: Settings, passed_over: PassedOver | None = None
) -> Iterator[Item]:
    """The items that `sources` (files, folders, globs, parts of folders) name, each once, folders in sorted order.

    All sources are checked before the first item is given: ConfigurationError for one that names nothing. Files that
    are found and not given, since they are of other kinds, are noted in `passed_over`.
    """
    checked = [_check(source) for source in sources]
    noted = PassedOver() if passed_over is None else passed_over
    return _distinct(item for source in checked for item in _items(source, max_bytes(settings), noted))


def is_web_address(source: str) -> bool:
    """Whether a source lies on the web, so that ingest/fetch gets it.

    Raises ConfigurationError for other schemes, and for an address that holds a password, which would be written down.
    """
    found = _ADDRESS.match(source)
    if not found:
        return False
    shown = without_credentials(source)
    if found[0].lower() not in ("http://", "https://"):
        raise ConfigurationError(f"{shown} cannot be fetched.", "Addresses begin with http:// or https://.")
    if shown != source:
        what, remedy = flaw_of(source) or ("has a user's name or a password in it", "")
        raise ConfigurationError(f"The address of {shown} {what}.", remedy)
    return True


def scopes(sources: Iterable[str | Part]) -> list[str]:
    """The files and folders among `sources`, as locations: what lies below them belongs to them. A pattern has none."""
    found: list[str] = []
    for source in sources:
        if isinstance(source, Part):
            found += map(_location, source.paths)
        elif os.path.lexists(source):
            found.append(_location(Path(source)))
    return found


def _check(source: str | Part) -> str | Part:
    if isinstance(source, Part) or os.path.lexists(source):
        return source
    if not source or not _MAGIC.search(source):
        raise ConfigurationError(f"There is no file or folder {source!r}.", "Check the path.")
    if next(_matches(source, PassedOver()), None) is None:
        raise ConfigurationError(
            f"Nothing matches {source!r}.", f"Check the pattern; articles end in {', '.join(EXTENSIONS)}."
        )
    return source


def _items(source: str | Part, limit: int, passed_over: PassedOver) -> Iterator[Item]:
    path = Path(source.folder if isinstance(source, Part) else source)
    if isinstance(source, Part):
        found = _some(path, source.paths, PassedOver())  # programs write files of all kinds: the whole folder tells
    elif path.is_dir():
        found = _walk(path, path, passed_over)
    elif os.path.lexists(path):
        found = iter([(path, path.name)])
    else:
        found = _matches(str(source), passed_over)
    for file, name in found:
        # File systems differ in how they spell an accent; the name, and with it the id, must not.
        if maildir.mailbox_of(file):
            name = maildir.stable_name(name)
        yield Item(_location(file), unicodedata.normalize("NFC", _one_line(name)), file, limit)


def _some(folder: Path, paths: Iterable[Path], passed_over: PassedOver) -> Iterator[tuple[Path, str]]:
    for path in paths:
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if path.is_dir():
            yield from _walk(path, folder, passed_over)
        elif os.path.lexists(path) and not maildir.is_beside_messages(path) and _is_article(path, passed_over):
            yield path, path.relative_to(folder).as_posix()


def _walk(start: Path, folder: Path, passed_over: PassedOver) -> Iterator[tuple[Path, str]]:
    """The articles below `start`, under their names as seen from `folder`.

    Links to folders are followed, each folder once, so that loops of links end.
    """
    visited: set[tuple[int, int]] = set()
    unreadable: list[OSError] = []
    for place, folders, files in os.walk(start, followlinks=True, onerror=unreadable.append):
        known = Path(place).stat()
        if (known.st_dev, known.st_ino) in visited:
            folders.clear()
            continue
        visited.add((known.st_dev, known.st_ino))
        if maildir.is_maildir(folders):
            folders.remove("tmp")
            files.clear()  # what programs note down about the messages
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(place, name)
            if _is_article(file, passed_over):
                yield file, file.relative_to(folder).as_posix()
    for error in unreadable:
        # A folder that cannot be listed is an item that cannot be read: it is reported, not passed over.
        file = Path(error.filename)
        yield file, file.relative_to(folder).as_posix() if file != folder else folder.name


def _matches(pattern: str, passed_over: PassedOver) -> Iterator[tuple[Path, str]]:
    """The articles that match a glob. pathlib's `**` does not follow links, so loops of links do no harm."""
    parts = Path(pattern).parts
    magic = next(i for i, part in enumerate(parts) if _MAGIC.search(part))
    base = Path(*parts[:magic])
    wanted = "/".join(parts[magic:]) + ("/*" if parts[-1] == "**" else "")
    try:
        files = sorted(base.glob(wanted))
    except ValueError as error:
        raise ConfigurationError(f"{pattern!r} is not a pattern: {error}.", "`**` stands alone between `/`.") from error
    for file in files:
        below = file.relative_to(base)
        if file.is_dir() or any(part.startswith(".") for part in below.parts):
            continue
        if _is_article(file, passed_over):
            yield file, below.as_posix()


def _is_article(file: Path, passed_over: PassedOver) -> bool:
    if file.name.startswith("."):
        return False
    if maildir.mailbox_of(file):
        return True
    if file.suffix.lower() in EXTENSIONS:
        return file.name.lower() != "readme.md" or _has_front_matter(file)
    if not file.suffix and sniffing.is_article(file):
        return True
    passed_over.note(_location(file), _one_line(file.suffix.lower()))
    return False


def _has_front_matter(file: Path) -> bool:
    """A README tells about a folder; only with front matter is it an article."""
    try:
        with file.open("rb") as opened:
            return opened.read(16).lstrip(b"\xef\xbb\xbf").startswith(b"---")
    except OSError:
        return False


def _distinct(items: Iterator[Item]) -> Iterator[Item]:
    seen: set[str] = set()
    for item in items:
        if item.location not in seen:
            seen.add(item.location)
            yield item


def file_of(location: str) -> str:
    """The file that a location lies in: itself, or what stands before the key of one of several articles in it."""
    at = location.find(SEPARATOR)
    while at >= 0 and not os.path.exists(location):  # noqa: PTH110  a key may be longer than pathlib lets a name be
        if os.path.isfile(location[:at]):  # noqa: PTH113
            return location[:at]
        at = location.find(SEPARATOR, at + 1)
    return location


def _location(file: Path) -> str:
    mailbox = maildir.mailbox_of(file)
    if mailbox:
        file = mailbox / maildir.without_flags(file.name)
    return _printable(os.path.normpath(file.absolute()))


def is_there(location: str) -> bool:
    """Whether there still is what was ingested from a location on this machine."""
    path = Path(file_of(location))
    return path.exists() or maildir.is_message(path)


def _one_line(name: str) -> str:
    """A name as messages show it: line ends and what else cannot be seen are spelled out."""
    shown = _printable(name)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)


def _printable(path: str) -> str:
    """A path whose bytes are no UTF-8 is a string that no database takes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
