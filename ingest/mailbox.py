"""Mailboxes of the mbox kind: one file with all messages of a folder, read message by message.

The standard library's own reader finds out first where every message begins, and takes any line that begins with
"From " for one; here it takes an empty line before it, and a time in it.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ingest.extract.mail import looks_like_mail
from ingest.members import Member, digest, member
from ingest.sources import Item, check_size
from rag.errors import SourceError

# From, the sender, and a date as asctime writes it: `From jo@example.com Tue Jun 13 08:00:00 2023`.
_FROM = re.compile(rb"From \S.{0,300}?\d\d?:\d\d(?::\d\d)?\b.{0,60}$")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
# What mail programs note down in a message while it is read, sorted and starred.
_NOTED = frozenset(b"status x-status x-keywords x-mozilla-status x-mozilla-status2 x-mozilla-keys x-uid x-imap".split())
_ID = re.compile(rb"^message-id[ \t]*:\s*(<[^<>\r\n]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_LINE = 1_000_000


def is_mailbox(head: bytes) -> bool:
    """Whether a file that begins so is a mailbox: it begins with a message and the line that stands before each."""
    first, _, rest = head.partition(b"\n")
    return bool(_FROM.match(first.rstrip(b"\r"))) and looks_like_mail(rest, is_named_so=True)


def read_messages(file: BinaryIO, item: Item) -> Iterator[Member]:
    """The messages, known by their Message-ID, else by their content; one that is too large fails alone."""
    message = bytearray()
    number, size, is_after_empty = 0, 0, True
    while line := file.readline(_LINE):
        if is_after_empty and line.startswith(b"From ") and _FROM.match(line.rstrip(b"\r\n")):
            if number:
                yield _message(bytes(message), size, item, number)
            message.clear()
            number, size, is_after_empty = number + 1, 0, False
            continue
        size += len(line)
        if len(message) <= item.max_bytes:
            message += line
        is_after_empty = line in (b"\n", b"\r\n")
    yield _message(bytes(message), size, item, number)


def _message(body: bytes, size: int, item: Item, number: int) -> Member:
    name = f"{item.name}#message {number}"
    try:
        check_size(body if size <= item.max_bytes else body.ljust(item.max_bytes + 1), name, item.max_bytes)
    except SourceError as error:
        return member(item, f"message {number}", error)
    body = _as_it_came(body)
    head = re.split(rb"\r?\n\r?\n", body, maxsplit=1)[0]
    found = _ID.search(head)
    return member(item, found[1].decode(errors="replace") if found else digest(body), body)


def _as_it_came(body: bytes) -> bytes:
    """The message without what was noted in it since, and without the marks that keep its lines from being "From "."""
    head, gap, rest = body.partition(b"\r\n\r\n" if b"\r\n\r\n" in body[:100_000] else b"\n\n")
    kept: list[bytes] = []
    is_kept = True
    for line in head.splitlines(keepends=True):
        if line[:1] not in b" \t":
            is_kept = line.partition(b":")[0].strip().lower() not in _NOTED
        if is_kept:
            kept.append(line)
    return b"".join(kept) + gap + _QUOTED.sub(rb"\1", rest).rstrip(b"\r\n") + b"\n"
