"""A tiny embedding model for tests in which the vectors do not matter: each text has a vector, made of its hash."""

import hashlib
from collections.abc import Sequence

import numpy as np

from rag.embedding import EmbeddingStamp, PassageVectors
from rag.embedding.embedder import Vectors
from rag.embedding.sentence_vectors import in_8_bits
from rag.sentences import sentence_spans

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
        return _hashed(texts)

    def embed_passages(self, texts: Sequence[str], begins: Sequence[int]) -> list[PassageVectors]:
        """Each sentence has a vector made of its own hash."""
        found = []
        for text, begin, whole in zip(texts, begins, self.embed(texts), strict=True):
            sentences = [text[begin:][start:end] for start, end in sentence_spans(text[begin:])]
            found.append(PassageVectors(whole, in_8_bits(_hashed(sentences))))
        return found

    def embed_question(self, text: str) -> Vectors:
        """The vector of a question."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words."""
        return [len(text.split()) for text in texts]


def _hashed(texts: Sequence[str]) -> Vectors:
    digests = b"".join(hashlib.sha256(text.encode()).digest() for text in texts)
    values = np.frombuffer(digests, dtype="<u4").reshape(-1, DIMENSION).astype(np.float32) - np.float32(2**31)
    vectors: Vectors = values / np.linalg.norm(values, axis=1, keepdims=True)
    return vectors
