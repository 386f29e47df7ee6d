"""ZIP archives from anywhere (DOCX, EPUB): looked at before anything is inflated, and read with a limit."""

import io
import lzma
import zipfile
import zlib
from pathlib import Path

from rag.errors import SourceError

MOST_ENTRIES = 5_000
MOST_INFLATED = 200_000_000
# XML of office programs repeats itself 50 times over; a bomb that is worth the name does it a thousand times.
WORST_RATIO = 250
_SMALL = 1_000_000
_ENCRYPTED = 0x1
# What zipfile raises, and lets through from what inflates, for archives that are damaged or of a kind it does not know.
_BROKEN = (
    zipfile.BadZipFile,  # what it checks by itself: the directory, the headers, the sum over an entry's bytes
    NotImplementedError,  # a newer version of the format, an unknown compression, strong encryption, a patch
    ValueError,  # an entry that would begin before the archive does, a name that is not UTF-8 though it says so
    EOFError,  # an entry that breaks off
    OSError,  # bzip2's word for damage; and a file that cannot be read
    zlib.error,  # deflate's
    lzma.LZMAError,  # LZMA's
)


def entries_of(archive: bytes | Path, name: str) -> frozenset[str]:
    """The names of an archive's entries. Raises SourceError for what is no archive, or cannot be read."""
    with _opened(archive, name) as opened:
        return frozenset(opened.namelist())


class Archive:
    """The entries of an archive by their names. Nothing is ever written to disk, so that names can do no harm."""

    def __init__(self, body: bytes, name: str, *, most_inflated: int = MOST_INFLATED) -> None:
        """Raises SourceError for what is no archive and for one that would inflate beyond all measure."""
        self._name = name
        self._left = most_inflated
        self._zip = _opened(body, name)
        entries = self._zip.infolist()
        inflated = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if len(entries) > MOST_ENTRIES:
            raise SourceError(f"{name} holds {len(entries)} files, more than {MOST_ENTRIES}.", "Split it.")
        # Entries may overlap: then what they say together is more than the archive holds.
        if inflated > most_inflated or inflated > max(_SMALL, WORST_RATIO * min(packed, len(body))):
            raise SourceError(
                f"{name} would inflate to {inflated / 1_000_000:.0f} MB, as archives do that are made to do harm.",
                "Save the document again, without its pictures.",
            )
        self._entries = {entry.filename: entry for entry in entries}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the entries, as the archive has them."""
        return tuple(self._entries)

    def size(self, entry: str) -> int:
        """How long an entry says it is; 0 for one that is not there."""
        return self._entries[entry].file_size if entry in self._entries else 0

    def read(self, entry: str, limit: int) -> bytes | None:
        """The bytes of an entry, None when there is none.

        Raises SourceError beyond the limit, for damage, and for what a password locks.
        """
        if entry not in self._entries:
            return None
        if self._entries[entry].flag_bits & _ENCRYPTED:
            raise SourceError(f"{self._name} is encrypted.", "Save it without a password.")
        try:
            with self._zip.open(self._entries[entry]) as opened:
                found = opened.read(min(limit, self._left) + 1)
        except _BROKEN as error:
            raise _damaged(self._name, error) from error
        if len(found) > min(limit, self._left):
            raise SourceError(
                f"{entry!r} in {self._name} is larger than {limit / 1_000_000:g} MB.", "Split the document."
            )
        self._left -= len(found)
        return found


def _opened(archive: bytes | Path, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive)
    except _BROKEN as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> SourceError:
    why = str(error) or "it breaks off"  # an EOFError says nothing
    return SourceError(f"{name} is damaged: {why}.", "Save the document again, or fetch it anew.")
