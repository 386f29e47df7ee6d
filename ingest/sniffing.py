"""Tells whether a file without an extension is an article, from its first bytes."""

import re
import stat
from pathlib import Path

from ingest.extract.archive import entries_of
from ingest.extract.mail import looks_like_mail
from rag.errors import SourceError

_HEAD = 8_192
# What projects call the files about themselves, and what programs keep.
_NO_ARTICLES = frozenset(
    "readme license licence copying notice authors contributors changelog makefile gnumakefile dockerfile containerfile"
    " jenkinsfile vagrantfile procfile gemfile rakefile brewfile justfile codeowners maintainers".split()
)
_OFFICE = frozenset({"word/document.xml", "META-INF/container.xml"})
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def is_article(file: Path) -> bool:
    """Whether this is a message, a mailbox, a document or a text; anything else, and what cannot be read, is not."""
    if file.name.lower() in _NO_ARTICLES:
        return False
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return False
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
        if head.startswith(b"PK\x03\x04"):
            return not _OFFICE.isdisjoint(entries_of(file, file.name))
    except (OSError, SourceError):
        return False
    return head.lstrip()[:5] == b"%PDF-" or looks_like_mail(head, is_named_so=False) or _is_text(head)


def _is_text(head: bytes) -> bool:
    if not head.strip() or head.startswith(b"#!") or _NO_TEXT.search(head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and len(head) == _HEAD  # a letter that is cut
    return True
