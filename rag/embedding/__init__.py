"""Text to vectors: an exported model for the default, sentence-transformers for every other."""

from rag.embedding.embedder import Embedder, EmbeddingStamp, PassageVectors, build_embedder, without_sentences

__all__ = ["Embedder", "EmbeddingStamp", "PassageVectors", "build_embedder", "without_sentences"]
