"""Sentences, as spans of the text they stand in.

The rules are sentencex's (Wikimedia's segmenter, MIT, maintained, 30 MB of text a second): it knows abbreviations,
quotes and decimal numbers. A line break always ends a sentence too, since in cleaned articles a line is a paragraph,
a list item, a heading or a row of a table.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import sentencex

_LINE = re.compile(r"[^\n]+")
# Characters that are looked at together: of scripts without spaces, twice as many take sentencex four times as long.
_WINDOW = 4_000
# `Character.AI`: initials right behind a full stop belong to a name. `a round.The` has lost its space.
_INITIALS = re.compile(r"[A-Z]{2,4}(?![A-Za-z])")


def sentence_spans(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Where each sentence of `text` starts and ends, in order, without white space around it.

    The spans do not overlap and hold every character of the text that is not white space.
    """
    found: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        at, end = line.span()
        if end - at <= _WINDOW:
            found += [(at + first, at + last) for first, last in _in_known_line(line[0], language)]
        else:
            found += _in_line(text, at, end, language)
    return found


@lru_cache(maxsize=2_000)
def _in_known_line(line: str, language: str) -> tuple[tuple[int, int], ...]:
    """The sentences of a line that may be asked for again: as part of its article, of its chunk, of a passage."""
    return tuple(_in_line(line, 0, len(line), language))


def _in_line(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """The sentences of one line, window by window; the last of a window, which may go on, begins the next one."""
    width = _WINDOW
    while start < end:
        stop = min(start + width, end)
        spans = _in_window(text, start, stop, language)
        if stop == end:
            yield from spans
            return
        yield from spans[:-1]
        if len(spans) > 1:
            start, width = spans[-1][0], _WINDOW
        else:  # a sentence as long as that: none is cut
            width *= 2


def _in_window(text: str, start: int, end: int, language: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    # sentencex trims what it returns in rare cases, so the pieces are found again rather than trusted to add up.
    for piece in sentencex.segment(language, text[start:end]):
        if stripped := piece.strip():
            first = text.index(stripped, start, end)
            start = first + len(stripped)
            if spans and spans[-1][1] == first and text[first - 1] == "." and _INITIALS.match(text, first):
                first = spans.pop()[0]
            spans.append((first, start))
    return spans
