"""Several signals, one ranking: each is scaled to 0..1 over what it found, and their weighted sum decides.

See Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (2023), for min-max scaling against
ranks; Callan, "Passage-Level Evidence in Document Retrieval" (1994), for a passage's article as evidence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

# Signals by name, and their weights (see benchmarks/RESULTS.md, Retrieval, for how they were chosen).
DENSE, SENTENCE, WORDS, ARTICLE = "dense", "sentence", "words", "article"
# Not fused: what decides the order of the best where it is switched on (see rag/reranking.py).
RERANKER = "reranker"
WEIGHTS: Mapping[str, float] = {DENSE: 0.1, SENTENCE: 0.5, WORDS: 0.15, ARTICLE: 0.25}


@dataclass(frozen=True, slots=True)
class Signal:
    """What one signal says of a chunk: its place there (1 is best), its score, and the score scaled to 0..1."""

    rank: int
    score: float
    scaled: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A chunk with its fused score and what it is made of. A signal that did not find it is left out, and counts 0."""

    chunk_id: str
    score: float
    signals: Mapping[str, Signal]

    @property
    def article_id(self) -> str:
        """The article the chunk is of: chunk ids are `<article id>-<position>`."""
        return self.chunk_id.rpartition("-")[0]


def scaled(scores: Mapping[str, float]) -> dict[str, Signal]:
    """Each score with its rank, scaled between the lowest and the highest; all 1 when they are equal."""
    if not scores:
        return {}
    values = np.fromiter(scores.values(), dtype=np.float64, count=len(scores))
    low, high = float(values.min()), float(values.max())
    best_first = sorted(scores.items(), key=lambda item: -item[1])
    return {
        id_: Signal(rank, score, (score - low) / (high - low) if high > low else 1.0)
        for rank, (id_, score) in enumerate(best_first, 1)
    }


def fuse(
    signals: Mapping[str, Mapping[str, Signal]], chunk_ids: Iterable[str], weights: Mapping[str, float] = WEIGHTS
) -> list[Ranked]:
    """The chunks by the weighted sum of their signals, best first. A signal is by chunk id; ARTICLE by article id."""
    found = []
    for chunk_id in dict.fromkeys(chunk_ids):
        article_id = chunk_id.rpartition("-")[0]
        of_chunk = {
            name: values[key]
            for name, values in signals.items()
            if (key := article_id if name == ARTICLE else chunk_id) in values
        }
        score = sum(weights[name] * signal.scaled for name, signal in of_chunk.items())
        found.append(Ranked(chunk_id, score, of_chunk))
    return sorted(found, key=lambda ranked: (-ranked.score, ranked.chunk_id))
