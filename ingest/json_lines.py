"""JSON Lines: files that hold many articles, an object a line, read line by line whatever their size.

A line is an item of its own. It is known by what does not change when lines are put in before it: its address, its id,
else its content.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from ingest.extract.json_article import FIELDS, picked, read_object
from ingest.extract.kinds import kind_of_bytes, kind_of_text
from ingest.members import Member, digest, member
from ingest.sources import SEPARATOR, Item, check_size
from rag.errors import ConfigurationError, SourceError

EXTENSIONS = (".jsonl", ".ndjson")


def is_json_lines(head: bytes, name: str, mapping: Mapping[str, str]) -> bool:
    """Whether a file that begins so holds an object a line, an article each."""
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if name.lower().endswith(EXTENSIONS):
        return head[:1] == b"{" or (bool(head) and _is_text_of_no_kind(head, name))
    found = read_object(head.partition(b"\n")[0]) if head[:1] == b"{" else None
    return found is not None and "text" in picked(found, mapping)


def read_lines(file: BinaryIO, item: Item, mapping: Mapping[str, str]) -> Iterator[Member]:
    """The lines; one that is too large or no article fails alone."""
    number = 0
    while line := file.readline(item.max_bytes + 1):
        number += 1
        if len(line) > item.max_bytes and not line.endswith(b"\n"):
            while (rest := file.readline(1_000_000)) and not rest.endswith(b"\n"):
                pass
        if line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield _line(line, item, number, mapping)


def _line(line: bytes, item: Item, number: int, mapping: Mapping[str, str]) -> Member:
    key = f"line {number}"
    name = f"{item.name}{SEPARATOR}{key}"
    try:
        check_size(line, name, item.max_bytes)
        fields = _fields(line, name, mapping)
    except SourceError as error:
        return member(item, key, error)
    body = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode(errors="replace")
    return member(item, _key(fields, body), body)


def _fields(line: bytes, name: str, mapping: Mapping[str, str]) -> dict[str, object]:
    found = read_object(line.removeprefix(b"\xef\xbb\xbf"))
    if found is None:
        raise SourceError(f"{name} is no JSON object.", "Write one object a line, in UTF-8.")
    fields = picked(found, mapping)
    if not isinstance(fields.get("text"), str):
        known = mapping.get("text") or ", ".join(FIELDS["text"])
        raise SourceError(f"{name} has no text; it is looked for in {known}.", "Name its field: --field text=NAME.")
    return fields


def _is_text_of_no_kind(head: bytes, name: str) -> bool:
    try:
        kind = kind_of_bytes(head, name)
    except SourceError:
        return False
    return kind in (None, "json") and kind_of_text(head[:1000].decode(errors="replace"), "") == "text"


def _key(fields: Mapping[str, object], body: bytes) -> str:
    """What the article is known by in its file: its address, its id, else its content."""
    for name in ("url", "id"):
        value = fields.get(name)
        if isinstance(value, str | int) and "".join(filter(str.isprintable, str(value))).strip():
            return str(value)
    return digest(body)


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
