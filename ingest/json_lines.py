"""JSON Lines: files that hold many articles, an object a line, read line by line whatever their size.

A line is an item of its own. It is known by what does not change when lines are put in before it: its address, its id,
else its content.
"""

import hashlib
import json
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from ingest.extract.json_article import FIELDS, picked, read_object
from ingest.extract.kinds import kind_of_bytes, kind_of_text
from ingest.sources import SEPARATOR, Item, check_size
from rag.errors import ConfigurationError, SourceError

EXTENSIONS = (".jsonl", ".ndjson")
_HEAD = 65_536
_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Line:
    """An article in a line of a file; `found` is its object under our names of fields, or why there is none."""

    location: str
    name: str
    found: bytes | SourceError

    def read(self) -> bytes:
        """The object, as JSON. Raises SourceError, naming file and line."""
        if isinstance(self.found, SourceError):
            raise self.found
        return self.found


class Lines:
    """Takes the files that are JSON Lines apart. `found` counts the articles in them beyond one for each file.

    `read_whole` are the files of which every line was read and held an article.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        """`mapping` says which field of an object has which of ours: {"text": "body_html"}."""
        self._mapping = mapping
        self.found = 0
        self.read_whole: set[str] = set()

    def items(self, items: Iterable[Item]) -> Iterator[Item | Line]:
        """The items, and in the place of each file of JSON Lines its lines."""
        for item in items:
            count = 0
            for line in self._lines_of(item):
                self.found += count > 0
                count += 1
                yield line
            if not count:
                yield item

    def _lines_of(self, item: Item) -> Iterator[Line]:
        try:
            if not stat.S_ISREG(item.path.stat().st_mode):
                return
            with item.path.open("rb") as file:
                if self._is_json_lines(file.read(_HEAD), item.name):
                    file.seek(0)
                    count = failed = 0
                    for line in _distinct(self._read(file, item)):
                        count += 1
                        failed += isinstance(line.found, SourceError)
                        yield line
                    if count and not failed:
                        self.read_whole.add(item.location)
        except OSError:
            return  # reading the item itself says what is wrong

    def _is_json_lines(self, head: bytes, name: str) -> bool:
        head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        if name.lower().endswith(EXTENSIONS):
            return head[:1] == b"{" or (bool(head) and _is_text_of_no_kind(head, name))
        found = read_object(head.partition(b"\n")[0]) if head[:1] == b"{" else None
        return found is not None and "text" in picked(found, self._mapping)

    def _read(self, file: BinaryIO, item: Item) -> Iterator[Line]:
        number = 0
        while line := file.readline(item.max_bytes + 1):
            number += 1
            name = f"{item.name}{SEPARATOR}line {number}"
            if len(line) > item.max_bytes and not line.endswith(b"\n"):
                while (rest := file.readline(1_000_000)) and not rest.endswith(b"\n"):
                    pass
            if line.strip(b"\xef\xbb\xbf \t\r\n"):
                yield self._line(line, item, name, number)

    def _line(self, line: bytes, item: Item, name: str, number: int) -> Line:
        try:
            check_size(line, name, item.max_bytes)
            fields = self._fields(line, name)
        except SourceError as error:
            return Line(f"{item.location}{SEPARATOR}line {number}", name, error)
        body = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode(errors="replace")
        key = _key(fields, body)
        return Line(f"{item.location}{SEPARATOR}{key}", f"{item.name}{SEPARATOR}{key}", body)

    def _fields(self, line: bytes, name: str) -> dict[str, object]:
        found = read_object(line.removeprefix(b"\xef\xbb\xbf"))
        if found is None:
            raise SourceError(f"{name} is no JSON object.", "Write one object a line, in UTF-8.")
        fields = picked(found, self._mapping)
        if not isinstance(fields.get("text"), str):
            known = self._mapping.get("text") or ", ".join(FIELDS["text"])
            raise SourceError(f"{name} has no text; it is looked for in {known}.", "Name its field: --field text=NAME.")
        return fields


def _is_text_of_no_kind(head: bytes, name: str) -> bool:
    try:
        kind = kind_of_bytes(head, name)
    except SourceError:
        return False
    return kind in (None, "json") and kind_of_text(head[:1000].decode(errors="replace"), "") == "text"


def _key(fields: Mapping[str, object], body: bytes) -> str:
    """What the article is known by in its file; printable, and no longer than a name should be."""
    for name in ("url", "id"):
        value = fields.get(name)
        if isinstance(value, str | int):
            key = "".join(character for character in str(value) if character.isprintable()).strip()
            if key:
                return key if len(key) <= _LONGEST_KEY else f"{key[:_LONGEST_KEY]}…{_digest(key.encode())}"
    return _digest(body)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def _distinct(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines, each once; another one with the same address or id is known by its content too."""
    seen: dict[int, int] = {}  # hashes: a file may hold millions
    for line in lines:
        content = hash(line.found)
        if seen.setdefault(hash(line.location), content) == content and isinstance(line.found, bytes):
            known = hash((line.location, content))
        elif isinstance(line.found, bytes):
            added = f"~{_digest(line.found)}"
            line = Line(line.location + added, line.name + added, line.found)
            known = hash((line.location, content))
        else:
            known = hash(line.name)
        if known not in seen:
            seen[known] = content
            yield line


def read_mapping(given: Iterable[str]) -> dict[str, str]:
    """The mapping that `text=body_html` and its like make. Raises ConfigurationError for a field we do not have."""
    mapping: dict[str, str] = {}
    for pair in given:
        ours, equals, theirs = pair.partition("=")
        if not equals or ours not in FIELDS or not theirs:
            raise ConfigurationError(
                f"--field {pair} is no mapping.", f"Write NAME=FIELD; names are {', '.join(FIELDS)}."
            )
        mapping[ours] = theirs
    return mapping
