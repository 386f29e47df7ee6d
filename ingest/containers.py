"""Takes files apart that hold several articles, whatever their size: never more of them in memory than one article."""

import stat
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import BinaryIO

from ingest.json_lines import is_json_lines, read_lines
from ingest.mailbox import is_mailbox, read_messages
from ingest.members import Member, distinct
from ingest.sources import Item
from rag.errors import SourceError

_HEAD = 65_536


class Containers:
    """Files of JSON Lines, and mailboxes. `found` counts the articles in them beyond one for each file.

    `read_whole` are the files of which everything was read and held articles.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        """`mapping` says which field of a line's object has which of ours: {"text": "body_html"}."""
        self._mapping = mapping
        self.found = 0
        self.read_whole: set[str] = set()

    def items(self, items: Iterable[Item]) -> Iterator[Item | Member]:
        """The items, and in the place of each file that holds several what it holds."""
        for item in items:
            members = self._members_of(item)
            first = next(members, None)
            if first is None:
                yield item
                continue
            yield first
            for one in members:
                self.found += 1
                yield one

    def _members_of(self, item: Item) -> Iterator[Member]:
        try:
            if not stat.S_ISREG(item.path.stat().st_mode):
                return
            with item.path.open("rb") as file:
                head = file.read(_HEAD)
                file.seek(0)
                members = distinct(self._read(file, head, item))
                first = next(members, None)
                if first is None:
                    return
                failed = 0
                for one in chain((first,), members):
                    failed += isinstance(one.found, SourceError)
                    yield one
                if not failed:
                    self.read_whole.add(item.location)
        except OSError:
            return  # reading the item itself says what is wrong

    def _read(self, file: BinaryIO, head: bytes, item: Item) -> Iterator[Member]:
        if is_mailbox(head):
            return read_messages(file, item)
        return read_lines(file, item, self._mapping) if is_json_lines(head, item.name, self._mapping) else iter(())
