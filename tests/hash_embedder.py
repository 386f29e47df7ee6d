"""A tiny embedding model for tests in which the vectors do not matter: each text has a vector, made of its hash."""

import hashlib
from collections.abc import Sequence

import numpy as np

from rag.embedding import EmbeddingStamp
from rag.embedding.embedder import Vectors

DIMENSION = 8


class HashEmbedder:
    """Keeps the Embedder protocol, and counts what it was given."""

    max_tokens = 256

    def __init__(self) -> None:
        self.stamp = EmbeddingStamp("hash", DIMENSION, "0" * 64)
        self.batches: list[int] = []

    @property
    def texts_embedded(self) -> int:
        """How many texts it has embedded so far."""
        return sum(self.batches)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of unit length for each text."""
        self.batches.append(len(texts))
        digests = b"".join(hashlib.sha256(text.encode()).digest() for text in texts)
        values = np.frombuffer(digests, dtype="<u4").reshape(-1, DIMENSION).astype(np.float32) - np.float32(2**31)
        vectors: Vectors = values / np.linalg.norm(values, axis=1, keepdims=True)
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """The vector of a question."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words."""
        return [len(text.split()) for text in texts]
