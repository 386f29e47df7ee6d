"""An embedder that costs nothing: real vectors, disturbed, for texts whose vectors nobody looks at."""

from collections.abc import Sequence

import numpy as np

from rag.embedding import Embedder, PassageVectors
from rag.embedding.embedder import Vectors
from rag.embedding.sentence_vectors import in_8_bits
from rag.sentences import sentence_spans

# The cosine between a disturbed vector and the real one it was made of, about as near as two chunks of one story.
COSINE = 0.85


class StandIn:
    """Wears the stamp of a real model, counts tokens with it, and hands out disturbed copies of given vectors.

    `texts` are those it was asked to embed.
    """

    def __init__(self, model: Embedder, vectors: Vectors, seed: int) -> None:
        self.stamp = model.stamp
        self.max_tokens = model.max_tokens
        self.count_tokens = model.count_tokens
        self.embed_question = model.embed_question
        self.texts: list[str] = []
        self._vectors = vectors
        self._random = np.random.default_rng(seed)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A copy of a vector chosen at random for each text, turned away from it to a cosine of about COSINE."""
        self.texts += texts
        return self._disturbed(len(texts))

    def embed_passages(self, texts: Sequence[str], begins: Sequence[int]) -> list[PassageVectors]:
        """The same, and as many such copies for a text as it has sentences."""
        wholes = self.embed(texts)
        counts = [len(sentence_spans(text[begin:])) for text, begin in zip(texts, begins, strict=True)]
        return [
            PassageVectors(whole, in_8_bits(self._disturbed(count)))
            for whole, count in zip(wholes, counts, strict=True)
        ]

    def _disturbed(self, count: int) -> Vectors:
        chosen = self._vectors[self._random.integers(len(self._vectors), size=count)]
        noise = self._random.standard_normal(chosen.shape, dtype=np.float32)
        noise -= np.sum(noise * chosen, axis=1, keepdims=True) * chosen
        noise /= np.linalg.norm(noise, axis=1, keepdims=True)
        turned: Vectors = COSINE * chosen + np.float32((1 - COSINE**2) ** 0.5) * noise
        turned /= np.linalg.norm(turned, axis=1, keepdims=True)
        return turned
