"""The articles in a file that holds several: a line of JSON Lines, a message of a mailbox."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.sources import SEPARATOR, Item
from rag.errors import SourceError

_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Member:
    """One of them; `found` is what lies there, or why there is none."""

    location: str
    name: str
    found: bytes | SourceError

    def read(self) -> bytes:
        """The bytes. Raises SourceError, naming file and place."""
        if isinstance(self.found, SourceError):
            raise self.found
        return self.found


def member(item: Item, key: str, found: bytes | SourceError) -> Member:
    """What is known in its file by `key`, which is to stay the same when others are put in before it."""
    key = "".join(character for character in key if character.isprintable()).strip()
    if len(key) > _LONGEST_KEY:
        key = f"{key[:_LONGEST_KEY]}…{digest(key.encode(errors='replace'))}"
    return Member(f"{item.location}{SEPARATOR}{key}", f"{item.name}{SEPARATOR}{key}", found)


def digest(body: bytes) -> str:
    """A key for what has none of its own."""
    return hashlib.sha256(body).hexdigest()[:16]


def distinct(members: Iterator[Member]) -> Iterator[Member]:
    """The members, each once; another one with the same address or id is known by its content too."""
    seen: dict[int, int] = {}  # hashes: a file may hold millions
    for one in members:
        content = hash(one.found)
        if seen.setdefault(hash(one.location), content) == content and isinstance(one.found, bytes):
            known = hash((one.location, content))
        elif isinstance(one.found, bytes):
            added = f"~{digest(one.found)}"
            one = Member(one.location + added, one.name + added, one.found)
            known = hash((one.location, content))
        else:
            known = hash(one.name)
        if known not in seen:
            seen[known] = content
            yield one
