"""Vectors of a passage's sentences, each read in the context of the whole passage.

On the way to a passage's vector the model makes one for each of its tokens; the mean of those of a sentence is that
sentence's ("late chunking", Günther et al., 2024). So sentences cost no further reading. They are kept in 8 bits a
number, which changes their order in no case that was seen.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.sentences import sentence_spans

Sentences = NDArray[np.int8]


def in_context(tokens: NDArray[np.float32], offsets: Sequence[tuple[int, int]], text: str, begins: int) -> Sentences:
    """A row for each sentence of `text` from the character `begins` on, as far as the model has read.

    `tokens` are the vectors of the text's tokens, shape (tokens, dimension), and `offsets` the characters each stands
    for; the special ones at both ends are left out of both.
    """
    starts = np.fromiter((start for start, _ in offsets), dtype=np.int64, count=len(offsets))
    rows = []
    for start, end in sentence_spans(text[begins:]):
        first, last = np.searchsorted(starts, (begins + start, begins + end))
        if first < last:
            rows.append(tokens[first:last].mean(axis=0))
    return in_8_bits(np.stack(rows)) if rows else np.empty((0, tokens.shape[1]), dtype=np.int8)


def in_8_bits(vectors: NDArray[np.float32]) -> Sentences:
    """Vectors of the same directions; their lengths are lost."""
    largest = np.abs(vectors).max(axis=-1, keepdims=True)
    found: Sentences = np.rint(vectors * (127 / largest)).astype(np.int8)
    return found


def nearest(passages: Sequence[Sentences], vector: NDArray[np.float32]) -> list[float]:
    """The cosine between `vector`, of unit length, and the nearest sentence of each passage. Every one has some."""
    if not passages:
        return []
    rows = np.concatenate(passages).astype(np.float32)
    cosines = np.vecdot(rows, vector) / np.linalg.norm(rows, axis=1)
    begins = np.cumsum([0, *map(len, passages[:-1])])
    found: list[float] = np.maximum.reduceat(cosines, begins).tolist()
    return found
