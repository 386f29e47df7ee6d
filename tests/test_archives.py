"""ZIP archives that are damaged, encrypted or packed in unknown ways: an error that names them and says why."""

import base64
import hashlib
import io
import lzma
import zipfile
import zlib
from pathlib import Path

import pytest

from ingest.extract.archive import Archive, entries_of
from ingest.extract.kinds import kind_of_bytes
from ingest.sniffing import is_article
from rag.errors import SourceError
from tests.made_files import zipped

DIGITS = hashlib.shake_256(b"a").hexdigest(1_000).encode()
COMPRESSIONS = {
    "stored": zipfile.ZIP_STORED,
    "deflate": zipfile.ZIP_DEFLATED,
    "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}


def packed(compression: int) -> bytearray:
    """An archive of one entry, `a`, which is DIGITS."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        archive.writestr("a", DIGITS)
    return bytearray(made.getvalue())


def directory_of(body: bytes | bytearray) -> int:
    return body.index(b"PK\x01\x02")


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_an_entry_is_read_whatever_it_is_packed_with(compression: str) -> None:
    assert Archive(bytes(packed(COMPRESSIONS[compression])), "a.docx").read("a", 10_000) == DIGITS


@pytest.mark.parametrize(
    ("compression", "kind"),
    [
        ("stored", zipfile.BadZipFile),
        ("deflate", zlib.error),
        ("bzip2", OSError),
        ("lzma", lzma.LZMAError),
    ],
)
def test_an_entry_that_is_damaged_is_an_error_whatever_it_is_packed_with(
    compression: str, kind: type[Exception]
) -> None:
    body = packed(COMPRESSIONS[compression])
    body[60:400] = b"\xff" * 340
    with pytest.raises(SourceError, match=r"^a\.docx is damaged: \S") as caught:
        Archive(bytes(body), "a.docx").read("a", 10_000)
    assert type(caught.value.__cause__) is kind


def breaks_off() -> bytes:
    body = packed(zipfile.ZIP_STORED)
    sizes = slice(directory_of(body) + 20, directory_of(body) + 28)
    body[sizes] = (60_000).to_bytes(4, "little") * 2
    return bytes(body)


def changed(at: int, value: bytes) -> bytes:
    """The archive with other bytes in its directory's only line."""
    body = packed(zipfile.ZIP_STORED)
    body[directory_of(body) + at : directory_of(body) + at + len(value)] = value
    return bytes(body)


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (changed(10, b"\x62\0"), NotImplementedError, "compression method is not supported"),
        (changed(8, b"\x20\0"), NotImplementedError, "compressed patched data"),
        (changed(42, b"\xff\xff\xff\x7f"), zipfile.BadZipFile, "Truncated file header"),
        (breaks_off(), EOFError, "it breaks off"),
    ],
    ids=["unknown compression", "patch", "elsewhere", "breaks off"],
)
def test_an_entry_that_cannot_be_read_is_an_error_that_says_why(
    body: bytes, kind: type[Exception], reason: str
) -> None:
    with pytest.raises(SourceError, match=rf"^a\.docx is damaged: .*{reason}") as caught:
        Archive(body, "a.docx").read("a", 100_000)
    assert type(caught.value.__cause__) is kind


# Made by Info-ZIP's `zip -P secret`: one entry, a.xml.
ENCRYPTED = base64.b64decode(
    "UEsDBAoACQAAANMCfV1QuqykGQAAAA0AAAAFAAAAYS54bWwFTrMqmPOFPlVYbF9IZ1TboUP2qVmnALebUEsHCFC6rKQZAAAADQAA"
    "AFBLAQIeAwoACQAAANMCfV1QuqykGQAAAA0AAAAFAAAAAAAAAAEAAACkgQAAAABhLnhtbFBLBQYAAAAAAQABADMAAABMAAAAAAA="
)


def test_an_entry_behind_a_password_is_an_error_that_says_so() -> None:
    with pytest.raises(SourceError, match=r"^a\.docx is encrypted\. Save it without a password"):
        Archive(ENCRYPTED, "a.docx").read("a.xml", 10_000)


def not_opened() -> dict[str, tuple[bytes, type[Exception]]]:
    name = changed(8, b"\0\x08")  # says that its name is UTF-8
    end = bytearray(packed(zipfile.ZIP_STORED))
    end[end.index(b"PK\x05\x06") + 12] = 0xFF  # the length of the directory
    return {
        "no directory": (bytes(packed(zipfile.ZIP_STORED)[:-30]), zipfile.BadZipFile),
        "another length": (bytes(end), zipfile.BadZipFile),
        "newer version": (changed(6, b"\xff"), NotImplementedError),
        "no UTF-8": (name[: directory_of(name) + 46] + b"\xff" + name[directory_of(name) + 47 :], UnicodeDecodeError),
    }


@pytest.mark.parametrize("damage", not_opened())
def test_an_archive_that_cannot_be_opened_is_refused_and_is_no_article(damage: str, tmp_path: Path) -> None:
    body, kind = not_opened()[damage]
    file = tmp_path / "unnamed"
    file.write_bytes(body)
    for archive in body, file:
        with pytest.raises(SourceError, match=r"^a\.docx is damaged") as caught:
            entries_of(archive, "a.docx")
        assert type(caught.value.__cause__) is kind
    with pytest.raises(SourceError, match=r"^a\.docx is damaged"):
        kind_of_bytes(body, "a.docx")
    assert not is_article(file)


def test_an_archive_that_is_gone_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^a\.docx is damaged: .*No such file"):
        entries_of(tmp_path / "a.docx", "a.docx")


def test_an_archive_that_lies_about_its_sizes_inflates_no_further() -> None:
    body = bytearray(zipped({"a": b"x" * 5_000_000}))
    at = body.index(b"PK\x01\x02") + 24
    body[at : at + 4] = (100).to_bytes(4, "little")
    archive = Archive(bytes(body), "a.docx")
    with pytest.raises(SourceError, match=r"a\.docx is damaged"):
        archive.read("a", 1_000_000)


def test_an_entry_beyond_its_limit_and_too_many_entries_are_refused() -> None:
    with pytest.raises(SourceError, match=r"'a' in a\.epub is larger"):
        Archive(zipped({"a": b"abcdefgh" * 1000}), "a.epub").read("a", 100)
    with pytest.raises(SourceError, match="holds 6000 files"):
        Archive(zipped({str(i): b"" for i in range(6000)}), "a.epub")
