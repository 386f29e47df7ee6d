"""Text to vectors: an exported model for the default, sentence-transformers for every other."""

from rag.embedding.embedder import Embedder, EmbeddingStamp, build_embedder

__all__ = ["Embedder", "EmbeddingStamp", "build_embedder"]
