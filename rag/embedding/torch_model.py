"""Any other sentence-transformers model, by hub name or path, run by torch."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sentence_transformers import SentenceTransformer

from rag.embedding.embedder import EmbeddingStamp, PassageVectors, Vectors, without_sentences
from rag.errors import ConfigurationError


class TorchModel:
    """An embedder that leaves loading, prompts and pooling to sentence-transformers."""

    def __init__(self, name: str) -> None:
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"The embedding model {name!r} could not be loaded: {error}",
                "DOSSIER_EMBEDDING_MODEL takes a model's folder, or its name on the hub when the hub can be reached.",
            ) from error
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ConfigurationError(f"{name!r} does not say how long its vectors are.", "Use another model.")
        # The tokenizer keeps padding and truncation as its state: two calls at once got the settings of each other.
        self._lock = threading.Lock()
        self.stamp = EmbeddingStamp(name, dimension, self._digest())
        self.max_tokens = int(self._model.max_seq_length or 512)

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.stamp.dimension), dtype=np.float32)
        return self._encode(self._model.encode_document, list(texts))

    def embed_passages(self, texts: Sequence[str], begins: Sequence[int]) -> list[PassageVectors]:
        # How a model makes one vector of many is its own affair: the mean of some tokens' need not be of that space.
        return without_sentences(self.embed(texts))

    def embed_question(self, text: str) -> Vectors:
        vector: Vectors = self._encode(self._model.encode_query, [text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        with self._lock:
            return [len(ids) for ids in self._model.tokenizer(list(texts), add_special_tokens=False)["input_ids"]]

    def _encode(self, encode: Callable[..., Any], texts: list[str]) -> Vectors:
        with self._lock:
            vectors = encode(texts, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(vectors, dtype=np.float32)

    def _digest(self) -> str:
        """sha256 over the weights themselves, since a name does not say which revision was loaded."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()
