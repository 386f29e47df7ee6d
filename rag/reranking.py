"""A second, slower look at the best passages: each is read together with the question (DOSSIER_RERANKER).

See Nogueira and Cho, "Passage Re-ranking with BERT" (2019). Off by default: it needs torch, and seconds on a processor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from rag.fusion import RERANKER, Ranked, scaled
from rag.settings import Settings

# Passages that are looked at again; what lies deeper seldom answers, and each costs as much as the first.
DEPTH = 30


class Reranker(Protocol):
    """Scores passages for a question. Thread safe; blocking."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text fits the question; higher is better, within one question."""
        ...


def build_reranker(settings: Settings) -> Reranker | None:
    """The reranker that the settings name, loaded; None without one. Raises ConfigurationError."""
    if settings.reranker is None:
        return None
    from rag.embedding.cross_encoder import CrossEncoderModel  # torch: 4 to 10 s, and 700 MB

    return CrossEncoderModel(settings.reranker)


def reranked(found: Sequence[Ranked], texts: Mapping[str, str], question: str, reranker: Reranker) -> list[Ranked]:
    """The first DEPTH of `found` in the reranker's order, then the others as they were.

    `texts` are by chunk id; one that has none was removed meanwhile, and is left out of the first. Scores stay within
    0 and 1: the upper half is that of the first, the lower that of the others.
    """
    first = [ranked for ranked in found[:DEPTH] if ranked.chunk_id in texts]
    scores = reranker.scores(question, [texts[ranked.chunk_id] for ranked in first])
    signals = scaled(dict(zip((ranked.chunk_id for ranked in first), scores, strict=True)))
    again = [
        replace(
            ranked,
            score=(1 + signals[ranked.chunk_id].scaled) / 2,
            signals={**ranked.signals, RERANKER: signals[ranked.chunk_id]},
        )
        for ranked in first
    ]
    best_first = sorted(again, key=lambda ranked: signals[ranked.chunk_id].rank)
    return [*best_first, *(replace(ranked, score=ranked.score / 2) for ranked in found[DEPTH:])]
