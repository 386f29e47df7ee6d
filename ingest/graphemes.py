"""Grapheme clusters: what a reader takes for one character (`é` in two code points, a family of emoji, `क्ष`, CRLF).

The boundaries are Unicode's (UAX #29), as the `regex` package has them; it comes with every version of Unicode anew.
"""

from collections.abc import Iterator, Sequence

import regex

_CLUSTER = regex.compile(r"\X")

Range = tuple[int, int]


def clusters(text: str, start: int, end: int) -> Iterator[Range]:
    """The clusters of `text[start:end]`, in order; `start` has to be the beginning of one."""
    return (found.span() for found in _CLUSTER.finditer(text, start, end))


def on_boundaries(text: str, ranges: Sequence[Range]) -> list[tuple[int, int, int]]:
    """The ranges with no cluster cut in two, as start, end and the number of the first range that is in it.

    Ranges are in order and do not overlap. One that ends inside a cluster is made longer, one that begins there begins
    earlier, and two that both hold a part of it become one.
    """
    found: list[tuple[int, int, int]] = []
    known = 0  # a boundary that was found already: no text is read twice
    for number, (start, end) in enumerate(ranges):
        known, start, _ = _around(text, start, known)
        known, _, end = _around(text, end, known)
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1]), found[-1][2]
        else:
            found.append((start, end, number))
    return found


def _around(text: str, at: int, known: int) -> tuple[int, int, int]:
    """A boundary to go on from, and the nearest boundaries not after and not before `at`."""
    if at <= known or at >= len(text):
        return known, min(at, len(text)), min(at, len(text))
    before, after = text[at - 1], text[at]
    if before == "\n" or (before.isascii() and after.isascii() and before != "\r"):
        return at, at, at
    begin = at - 1
    while begin > known and not text[begin].isascii():  # nothing reaches across an ASCII character from its left
        begin -= 1
    for start, end in clusters(text, begin, len(text)):
        if end >= at:
            return (end, end, end) if end == at else (start, start, end)
    return known, at, at
