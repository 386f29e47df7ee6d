"""The text of a message without what mail adds to it: what newsletters say of themselves, and the mail before."""

import re
from dataclasses import dataclass

from ingest.extract.letter_frame import without_frame

_FORWARDED = re.compile(
    r"^[^\w\n]{0,20}(?:-{2,20} {0,5}(?:forwarded message|original message|weitergeleitete nachricht"
    r"|message transféré) {0,5}-{2,20}"
    r"|begin forwarded message:)",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(r"\**\b(From|Date|Sent|Subject|To|Cc|Reply-To)\s*:\**\s*", re.IGNORECASE)
_REPLY = re.compile(
    r"^(?:On\b[^\n]{5,200}(?:\n[^\n]{0,100})?\bwrote:|Am\b[^\n]{5,200}\bschrieb\b[^\n]{0,80}:"
    r"|Le\b[^\n]{5,200}\ba écrit ?:)[ \t]*$",
    re.MULTILINE,
)
# A note above a forwarded story is shorter than this; a longer text is a story itself.
_NOTE_WORDS = 60


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The headers of a message inside another one's text."""

    sender: str
    date: str
    subject: str | None


def own_text(text: str) -> tuple[str, Forwarded | None]:
    """What the message itself says; when it merely forwards another, what that one says, and its headers."""
    forwarded = None
    for _ in range(3):  # a story is often passed on more than once
        inner = _forwarded(text)
        if inner is None:
            break
        text, forwarded = inner
    return without_frame(_without_history(text)), forwarded


def _forwarded(text: str) -> tuple[str, Forwarded] | None:
    found = _FORWARDED.search(text)
    if found is None or len(text[: found.start()].split()) > _NOTE_WORDS:
        return None
    below = re.sub(r"^> ?", "", text[found.end() :], flags=re.MULTILINE).lstrip()
    fields: dict[str, str] = {}
    head = re.split(r"\n\s*\n", below, maxsplit=1)[0][:1500]
    pieces = _FIELD.split(head)
    for key, value in zip(pieces[1::2], pieces[2::2], strict=False):
        fields.setdefault(key.lower(), " ".join(value.split()))
    if "from" not in fields or pieces[0].strip(" *-\n|"):
        return None
    rest = below[len(head) :].lstrip()
    return rest, Forwarded(fields["from"], fields.get("date") or fields.get("sent", ""), fields.get("subject"))


def _without_history(text: str) -> str:
    """The text without the mail it answers, where that stands below it, whole; quotes between its lines are its own."""
    reply = _REPLY.search(text)
    if reply and text[: reply.start()].strip():
        below = [line for line in text[reply.end() :].splitlines() if line.strip()]
        if below and (all(line.startswith(">") for line in below) or not any(line.startswith(">") for line in below)):
            return text[: reply.start()].rstrip()
    original = _FORWARDED.search(text)
    if original and len(text[: original.start()].split()) > _NOTE_WORDS and _FIELD.search(text[original.end() :][:300]):
        return text[: original.start()].rstrip()
    lines = text.rstrip().splitlines()
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(">")):
        end -= 1
    return "\n".join(lines[:end]) if end else text
