"""Where mail lies: a folder of messages, a Maildir, an mbox file; and files without an extension."""

import mailbox
import os
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.containers import Containers
from ingest.members import Member
from ingest.prune import Pruning
from ingest.sources import Item, Part, find_items
from rag.errors import SourceError
from rag.settings import Settings
from tests.test_prune import Library, library

__all__ = ["library"]

SETTINGS = Settings(max_article_mb=0.01)


def message(name: str, more: str = "") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Jo Editor <jo@news.example>"
    made["To"] = "reader@example.com"
    made["Subject"] = f"{name} raises money"
    made["Date"] = "Tue, 13 Jun 2023 08:00:00 +0000"
    made["Message-ID"] = f"<{name}@news.example>"
    made.set_content(f"{name} raised $5 million from Example Ventures, more than anybody in the town.\n\n{more}\n")
    return made


def names(*sources: str | Part) -> list[str]:
    return [item.name for item in find_items(sources, SETTINGS)]


def members(path: Path) -> list[Item | Member]:
    return list(Containers({}).items(find_items([str(path)], SETTINGS)))


# Maildir


def maildir(folder: Path, *titles: str) -> mailbox.Maildir:
    made = mailbox.Maildir(folder, create=True)
    for title in titles:
        made.add(message(title))
    return made


def test_messages_of_a_maildir_are_articles_and_what_lies_beside_them_is_not(tmp_path: Path) -> None:
    maildir(tmp_path / "Inbox", "Acme", "Beta")
    (tmp_path / "Inbox" / "dovecot-uidlist").write_text("3 V1 N2")
    (tmp_path / "Inbox" / "tmp" / "1.host").write_bytes(message("Half").as_bytes())
    maildir(tmp_path / "Inbox" / ".Sent", "Own")
    keys = sorted(path.name for path in (tmp_path / "Inbox" / "new").iterdir())
    assert names(str(tmp_path)) == [f"Inbox/{key}" for key in keys]
    assert names(str(tmp_path / "Inbox")) == keys
    assert names(str(tmp_path / "Inbox" / "new")) == keys
    everything = tuple(path for path in (tmp_path / "Inbox").rglob("*") if path.is_file())
    assert sorted(names(Part(str(tmp_path), everything))) == [f"Inbox/{key}" for key in keys]


def test_a_message_that_was_read_moved_and_starred_is_the_same_and_costs_nothing(library: Library) -> None:
    inbox = maildir(library.folder / "Inbox", "Acme", "Beta")
    assert library.ingest().added == 2
    embedded = library.embedder.texts_embedded
    for flags in ("", "S", "FRS"):
        for path in [*(library.folder / "Inbox").glob("*/*.*")]:
            path.rename(library.folder / "Inbox" / "cur" / f"{path.name.split(':')[0]}:2,{flags}")
        report = library.ingest()
        assert (report.added, report.updated, report.unchanged, report.removed) == (0, 0, 2, 0)
    assert library.embedder.texts_embedded == embedded
    inbox.remove(next(iter(inbox.keys())))
    assert (library.ingest().removed, len(library.titles())) == (1, 1)
    inbox.clear()  # an inbox may be empty, as no disk that is not mounted has its three folders
    assert (library.ingest(library.folder / "Inbox").removed, library.titles()) == (1, [])


def test_a_change_of_flags_alone_removes_nothing(library: Library) -> None:
    maildir(library.folder / "Inbox", "Acme")
    library.ingest()
    (path,) = (library.folder / "Inbox" / "new").iterdir()
    moved = library.folder / "Inbox" / "cur" / f"{path.name}:2,S"
    path.rename(moved)
    gone = Part(str(library.folder), (path,))
    assert (library.ingest(gone).removed, library.titles()) == (0, ["Acme raises money"])  # type: ignore[arg-type]
    moved.unlink()
    assert library.ingest(gone).removed == 1  # type: ignore[arg-type]


def test_a_mailbox_that_cannot_be_listed_tells_nothing(library: Library) -> None:
    maildir(library.folder / "Inbox", "Acme")
    library.ingest()
    (library.folder / "Inbox" / "new").rename(library.folder / "Inbox" / "old")
    assert (library.ingest(pruning=Pruning.CAREFUL).removed, library.titles()) == (0, ["Acme raises money"])


# mbox


def mbox(path: Path, *messages: EmailMessage) -> Path:
    made = mailbox.mbox(path)
    for one in messages:
        made.add(one)
    made.close()
    return path


def test_the_messages_of_an_mbox_are_articles_known_by_their_ids(tmp_path: Path) -> None:
    path = mbox(
        tmp_path / "Inbox", message("Acme"), message("Beta", "From here on\n\nFrom nobody it came."), message("Ce")
    )
    (tmp_path / "Inbox.msf").write_text("// <!-- mork -->")
    found = members(tmp_path)
    assert [one.name for one in found] == [f"Inbox#<{name}@news.example>" for name in ("Acme", "Beta", "Ce")]
    assert found[1].location == f"{path}#<Beta@news.example>"
    assert b"\nFrom here on\n\nFrom nobody it came." in found[1].read()


def test_a_message_that_is_read_or_comes_behind_others_stays_the_same(library: Library) -> None:
    one, two = message("Acme"), message("Beta")
    path = mbox(library.folder / "Inbox", one, two)
    assert library.ingest().added == 2
    one["Status"], one["X-Mozilla-Status"], one["X-Keywords"] = "RO", "0001", "starred " * 20
    path.unlink()
    mbox(path, message("Zero"), two, one)
    report = library.ingest()
    assert (report.added, report.unchanged, report.removed) == (1, 2, 0)
    path.unlink()
    mbox(path, two)
    assert (library.ingest().removed, library.titles()) == (2, ["Beta raises money"])


def test_messages_that_are_too_large_or_without_an_id_do_no_harm(tmp_path: Path) -> None:
    bare = message("Bare")
    del bare["Message-ID"]
    path = mbox(tmp_path / "a.mbox", message("Large", "word " * 10_000), bare, bare, message("Last"))
    large, unnamed, last = members(path)
    with pytest.raises(SourceError, match=r"a\.mbox#message 1 is larger than 0\.01 MB"):
        large.read()
    assert b"Bare raised" in unnamed.read()
    assert last.name == "a.mbox#<Last@news.example>"


def test_an_mbox_with_the_line_ends_of_windows_is_one(tmp_path: Path) -> None:
    path = mbox(tmp_path / "a.mbox", message("Acme"), message("Beta"))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert [one.name for one in members(path)] == [f"a.mbox#<{name}@news.example>" for name in ("Acme", "Beta")]


def test_a_large_mbox_is_read_message_by_message(tmp_path: Path) -> None:
    path = mbox(tmp_path / "a.mbox", *(message(f"N{number}") for number in range(300)))
    containers = Containers({})
    found = containers.items(find_items([str(path)], SETTINGS))
    next(found), next(found)
    assert containers.found == 1  # nothing was read ahead
    assert len(list(found)) == 298


def test_a_letter_that_begins_like_a_mailbox_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("From Paris with love, at 10:30\n\nAcme raised $5 million, said a person who was there.\n")
    (found,) = members(path)
    assert isinstance(found, Item)


# files without an extension


def test_a_file_without_an_extension_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    articles: dict[str, bytes] = {
        "17": message("Acme").as_bytes(),
        "note": "Acme raised 5 million €.".encode(),
        "long": ("€" * 9000).encode(),
        "page": b"<!doctype html><p>Acme raised $5 million.",
        "paper": b"%PDF-1.7\n...",
    }
    others: dict[str, bytes] = {
        "program": b"\x7fELF\x02\x01\0\0",
        "script": b"#!/bin/sh\necho",
        "LICENSE": b"Permission is granted",
        "README": b"About this folder",
        "empty": b"",
        "latin": b"caf\xe9 " * 5000,
        "archive": b"PK\x03\x04 cut",
        ".hidden": b"text",
        "story.tmp": b"text",
    }
    for name, content in (articles | others).items():
        (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "book", "w") as book:
        book.writestr("META-INF/container.xml", "")
    with zipfile.ZipFile(tmp_path / "jar", "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "")
    os.mkfifo(tmp_path / "pipe")
    assert names(str(tmp_path)) == sorted([*articles, "book"])
    assert names(str(tmp_path / "program")) == ["program"]  # named, it is read, and reported
