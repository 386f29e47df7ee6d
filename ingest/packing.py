"""Units of a text into runs within a limit, and what is longer than the limit into parts."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ingest.graphemes import Range, clusters, on_boundaries
from rag.sentences import sentence_spans

CountTokens = Callable[[Sequence[str]], list[int]]

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_WORD = re.compile(r"\S+")


class Unit(NamedTuple):
    """What is not cut, and its length. `header` is carried by the run it begins, and takes `header_tokens` of it."""

    start: int
    end: int
    tokens: int
    is_heading: bool = False
    starts_paragraph: bool = False
    leads: bool = False
    has_lines: bool = False
    header: str = ""
    header_tokens: int = 0

    def carried(self, limit: int) -> int:
        """The tokens of the header; 0 where there is no room for it beside the unit."""
        return self.header_tokens if self.header_tokens + self.tokens <= limit else 0


def packed(units: Sequence[Unit], shortest: int, limit: int) -> Iterator[list[Unit]]:
    """Runs of units within the limit, of about the same length, cut between paragraphs where that is near.

    As many as can be with `shortest` tokens each.
    """
    left = sum(unit.tokens for unit in units)
    count = _count(left, shortest, limit)
    part: list[Unit] = []
    for unit in units:
        tokens = _length(part, limit)
        is_enough = tokens * count >= left * (0.9 if unit.starts_paragraph else 1)
        if part and (tokens + unit.tokens > limit or (is_enough and count > 1)):
            kept = len(part) - _leading_end(part)
            yield part[:kept]
            left -= sum(done.tokens for done in part[:kept])
            count = _count(left, shortest, limit)
            part = part[kept:]
            if part and _length(part, limit) + unit.tokens > limit:
                yield part
                left -= sum(done.tokens for done in part)
                count = _count(left, shortest, limit)
                part = []
        part.append(unit)
    if part:
        yield part


def _length(part: Sequence[Unit], limit: int) -> int:
    return part[0].carried(limit) + sum(unit.tokens for unit in part) if part else 0


def _count(tokens: int, shortest: int, limit: int) -> int:
    """How many runs there should be of so many tokens."""
    return max(1, -(-tokens // limit), tokens // max(1, shortest))


def _leading_end(part: Sequence[Unit]) -> int:
    """How many units at the end speak of what comes next and go with it; never all of them."""
    count = 0
    while count < len(part) - 1 and part[-1 - count].leads:
        count += 1
    return count


class Cutter:
    """Cuts what is longer than the limit: between lines, then sentences, then words, then parts of words.

    `joint` is what the model counts for the space between two units.
    """

    def __init__(self, text: str, language: str, count_tokens: CountTokens, joint: int) -> None:
        self._text = text
        self._language = language
        self._count_tokens = count_tokens
        self._joint = joint

    def fitting(self, unit: Unit, limit: int) -> list[Unit]:
        """The unit, or, when it is longer than the limit, its parts. A grapheme cluster is never cut, however long."""
        if unit.tokens <= limit:
            return [unit]
        room = limit - unit.header_tokens
        if not unit.header or room < limit // 2:
            unit, room = unit._replace(header="", header_tokens=0), limit
        cut = [part._replace(header=unit.header, header_tokens=unit.header_tokens) for part in self._parts(unit, room)]
        return [cut[0]._replace(starts_paragraph=unit.starts_paragraph), *cut[1:]]

    def _parts(self, unit: Unit, limit: int) -> list[Unit]:
        for pieces in (self._lines(unit) if unit.has_lines else [], self._sentences(unit)):
            if len(pieces) > 1:
                return [
                    part
                    for piece in pieces
                    for part in ([piece] if piece.tokens <= limit else self._parts(piece, limit))
                ]
        pieces = [
            piece
            for word in self._words(unit)
            for piece in ([word] if word.tokens <= limit else self._ends_of_words(word, limit))
        ]
        return [
            Unit(run[0].start, run[-1].end, sum(piece.tokens for piece in run)) for run in packed(pieces, limit, limit)
        ]

    def _lines(self, unit: Unit) -> list[Unit]:
        return self._counted((line.start(), line.end()) for line in _LINE.finditer(self._text, unit.start, unit.end))

    def _sentences(self, unit: Unit) -> list[Unit]:
        found = sentence_spans(self._text[unit.start : unit.end], self._language)
        return self._counted((unit.start + start, unit.start + end) for start, end in found)

    def _words(self, unit: Unit) -> list[Unit]:
        return self._counted(word.span() for word in _WORD.finditer(self._text, unit.start, unit.end))

    def _ends_of_words(self, word: Unit, limit: int) -> list[Unit]:
        """A word that is too long (an address, a language without spaces), cut between characters that can be seen."""
        share = max(1, (word.end - word.start) * limit // (2 * word.tokens))
        cuts = [word.start]
        for start, _ in clusters(self._text, word.start, word.end):
            if start - cuts[-1] >= min(share, limit):
                cuts.append(start)
        return self._counted(zip(cuts, [*cuts[1:], word.end], strict=True))

    def _counted(self, ranges: Iterable[Range]) -> list[Unit]:
        whole = on_boundaries(self._text, list(ranges))
        lengths = self._count_tokens([self._text[start:end] for start, end, _ in whole])
        return [Unit(start, end, tokens + self._joint) for (start, end, _), tokens in zip(whole, lengths, strict=True)]
