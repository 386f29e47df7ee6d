"""How much of one text stands in another, and by what few numbers texts that share a stretch are found.

A text is seen as its runs of four words (shingles), blind to case and marks. Of every sixteen neighbouring runs the one
with the smallest hash is a fingerprint: a MinHash over a window instead of the whole text (Broder, 1997), chosen as in
winnowing (Schleimer, Wilkerson and Aiken, 2003). So any nineteen words in a row that two texts share give them a
fingerprint in common, however long the texts are: a MinHash of whole texts does not find a story that is quoted in a
newsletter, nor one in which every fifth word was changed (benchmarks/RESULTS.md compares them).
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

RUN = 4
WINDOW = 16
# A book has tens of thousands of fingerprints; its smallest ones find it still, by longer stretches.
MOST = 4096
# Shares of words that stand in the other text in shared runs. Two articles are one story when half of either is in the
# other: articles on the same events share at most 0.12, a copy with every fourth word changed keeps 0.48 and more.
ONE_STORY = 0.45
# A passage repeats another article's words; in a copy of that very story it may be more freely worded.
REPEATED, REWORDED = 0.7, 0.35
FEWEST_WORDS = 8
# A sentence is short: one word changed in its middle breaks four runs.
QUOTED = 0.5

_WORD = re.compile(r"\w+")
_MIX = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]
Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Words:
    """A text as its words: where each begins, its hash (the same on every machine), and those that hold a digit."""

    starts: NDArray[np.int64]
    runs: Hashes
    numbers: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, text: str) -> "Words":
        found = [(match.start(), match.group().casefold()) for match in _WORD.finditer(text)]
        hashes = np.fromiter((zlib.crc32(word.encode()) for _, word in found), dtype=np.uint64, count=len(found))
        starts = np.fromiter((start for start, _ in found), dtype=np.int64, count=len(found))
        numbers = tuple((start, word) for start, word in found if any(map(str.isdigit, word)))
        return cls(starts, _runs(hashes), numbers)

    def fingerprints(self) -> NDArray[np.int64]:
        """The numbers under which texts that share a stretch with this one find it."""
        if len(self.runs) <= WINDOW:
            smallest = self.runs[:0] if not len(self.runs) else self.runs.min(keepdims=True)
        else:
            smallest = sliding_window_view(self.runs, WINDOW).min(axis=1)
        return np.unique(smallest)[:MOST].view(np.int64)

    def common(self, other: "Words") -> NDArray[np.bool_]:
        """For each word, whether it is part of a run that the other text has too."""
        shared = np.isin(self.runs, other.runs)
        words = np.zeros(len(self.starts), dtype=np.bool_)
        for i in range(RUN if len(shared) else 0):
            words[i : i + len(shared)] |= shared
        return words

    def repeated(
        self, common: NDArray[np.bool_], other: "Words", stretches: Sequence[Stretch], least: float
    ) -> list[int]:
        """Which stretches (of characters) repeat the other text: `least` of their words, and every number.

        A figure that was changed is a fact of its own, however much of the sentence around it is the same.
        """
        totals = np.concatenate(([0], np.cumsum(common)))
        known = {number for _, number in other.numbers}
        found = []
        for at, (start, end) in enumerate(stretches):
            first, last = np.searchsorted(self.starts, [start, end])
            if last - first < FEWEST_WORDS or totals[last] - totals[first] < least * (last - first):
                continue
            if all(number in known for where, number in self.numbers if start <= where < end):
                found.append(at)
        return found


def share(common: NDArray[np.bool_]) -> float:
    """Which part of a text's words is shared (see Words.common)."""
    return float(common.mean()) if len(common) else 0.0


def stands_in(quote: str, text: str) -> bool:
    """Whether a text has half of a quote's words, in runs, and all of its numbers."""
    ours, other = Words.of(quote), Words.of(text)
    known = {number for _, number in other.numbers}
    return share(ours.common(other)) >= QUOTED and all(number in known for _, number in ours.numbers)


def _runs(hashes: Hashes) -> Hashes:
    """A hash for each run of words; a text shorter than one run is a run itself."""
    if not len(hashes):
        return hashes
    width = min(RUN, len(hashes))
    mixed = np.zeros(len(hashes) - width + 1, dtype=np.uint64)
    for i in range(width):
        mixed = (mixed ^ hashes[i : i + len(mixed)]) * _MIX  # wraps around, as meant
        mixed ^= mixed >> np.uint64(29)
    return mixed
