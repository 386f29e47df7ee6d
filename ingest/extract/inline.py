"""Joins the pieces of a line whose markup is removed, with a space where two of them would become one word.

Newsletter exports glue markup to its neighbours: `model[Mistral 7B](…)released`, `It’s*actually*open`. Without the
markup, `Mistral 7Breleased` would be neither found nor quoted.
"""

import unicodedata
from collections.abc import Iterable

# The place where markup was removed: a code point that Unicode keeps free of characters.
BOUNDARY = "\ufdd0"

_OPENERS = frozenset("([{<“‘„«‚¿¡$€£¥#@/\\&\"'’_+~=|")
_CLOSERS = frozenset(".,;:!?)]}>”’»…%\"'‘/\\_+~=|°")
_DASHES = frozenset("-–—")
_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "FULLWIDTH", "IDEOGRAPHIC")


def join(pieces: Iterable[str]) -> str:
    """The line that the pieces make; white space is narrowed to single spaces."""
    whole = "".join(pieces)
    if BOUNDARY not in whole:
        return " ".join(whole.split())
    parts = [part for part in _split(whole) if part]
    line = ""
    for i, part in enumerate(parts):
        if part == BOUNDARY:
            continue
        if i and parts[i - 1] == BOUNDARY and line and _is_glued(line, part, _has_boundary_after(parts, i)):
            line += " "
        line += part
    return " ".join(line.split())


def _split(text: str) -> list[str]:
    """Text and boundaries in turn; neighbouring boundaries are one."""
    parts: list[str] = []
    for piece in text.split(BOUNDARY):
        if piece:
            parts += [piece, BOUNDARY]
    return parts[:-1]


def _has_boundary_after(parts: list[str], i: int) -> bool:
    return i + 1 < len(parts)


def _is_glued(line: str, part: str, followed: bool) -> bool:
    before, after = line[-1], part[0]
    if before.isspace() or after.isspace():
        return False
    if after in _DASHES:  # `**2023**- Their` and `**2023**-[Seed](…)`, but not `**open**-source`
        return part[1:2].isspace() or (len(part) == 1 and followed)
    if before in _DASHES:
        return line[-2:-1].isspace()
    if before in _OPENERS or after in _CLOSERS or _is_unspaced(before) or _is_unspaced(after):
        return False
    if before in ".,:" and after.isdigit():
        return False
    # `**L**arge`: a single letter that is set off belongs to its word.
    return not (after.islower() and before.isupper() and not line[-2:-1].isalnum())


def _is_unspaced(character: str) -> bool:
    return not character.isascii() and unicodedata.name(character, "").startswith(_NO_SPACES)
