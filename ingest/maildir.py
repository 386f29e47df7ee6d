"""Mailboxes of the Maildir kind: a folder with `cur`, `new` and `tmp`, and a file for each message.

A message is delivered to `new`, and moves to `cur` when it is seen; there its name ends in flags, which change when it
is read or answered (`1700000000.M1P2.host:2,S`). What stays is the name before the flags; so a message's location is
that name in the mailbox itself, where nothing lies.
"""

import os
import re
from pathlib import Path

_FLAGS = re.compile(r"[:;!]2,[A-Za-z]*$")
_PARTS = ("cur", "new")


def is_maildir(folders: list[str]) -> bool:
    """Whether a folder that has these folders in it is a mailbox."""
    return {"cur", "new", "tmp"}.issubset(folders)


def is_mailbox(folder: Path) -> bool:
    """Whether a folder is a mailbox."""
    return all((folder / name).is_dir() for name in ("cur", "new", "tmp"))


def mailbox_of(file: Path) -> Path | None:
    """The mailbox in which a file is a message, or would be."""
    folder = file.parent
    if folder.name not in _PARTS or file.name.startswith("."):
        return None
    mailbox = folder.parent
    return mailbox if is_mailbox(mailbox) else None


def is_beside_messages(file: Path) -> bool:
    """Whether a file lies in a mailbox and is no message, or none yet."""
    return is_mailbox(file.parent) or (file.parent.name == "tmp" and is_mailbox(file.parent.parent))


def without_flags(name: str) -> str:
    """The name of a message that stays."""
    return _FLAGS.sub("", name)


def stable_name(name: str) -> str:
    """The name of a message as seen from a folder, without what changes in it."""
    *folders, last = name.split("/")
    return "/".join([*(folders[:-1] if folders and folders[-1] in _PARTS else folders), without_flags(last)])


def is_message(location: Path) -> bool:
    """Whether a message with this location is in its mailbox; where that cannot be told, it is."""
    mailbox, name = location.parent, location.name
    if not is_mailbox(mailbox):
        return False
    try:
        if any(os.path.lexists(mailbox / part / name) for part in _PARTS):
            return True
        with os.scandir(mailbox / "cur") as entries:
            return any(entry.name.startswith(name) and without_flags(entry.name) == name for entry in entries)
    except OSError:
        return True
