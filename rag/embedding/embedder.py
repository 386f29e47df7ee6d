"""What every embedding model offers, and the choice of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.embedding.sentence_vectors import Sentences
from rag.settings import Settings

Vectors = NDArray[np.float32]

BUNDLED = "all-MiniLM-L6-v2"


@dataclass(frozen=True, slots=True)
class EmbeddingStamp:
    """Which model made the vectors of a library. Vectors of another stamp must never be compared with them."""

    name: str
    dimension: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vector of a whole passage, and those of its sentences: none where a model cannot tell them apart."""

    whole: Vectors
    sentences: Sentences


def without_sentences(vectors: Vectors) -> list[PassageVectors]:
    """The vectors of passages, a row each, of which no sentence has any."""
    none = np.empty((0, vectors.shape[1]), dtype=np.int8)
    return [PassageVectors(vector, none) for vector in vectors]


class Embedder(Protocol):
    """An embedding model. Vectors have unit length, so that a dot product is the cosine."""

    stamp: EmbeddingStamp
    max_tokens: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of passages, shape (len(texts), dimension); a text longer than max_tokens is cut. Blocking."""
        ...

    def embed_passages(self, texts: Sequence[str], begins: Sequence[int]) -> list[PassageVectors]:
        """As `embed`, with the vectors of the sentences that stand in each text from the character in `begins` on."""
        ...

    def embed_question(self, text: str) -> Vectors:
        """The vector of a question, shape (dimension,). Some models read questions in another way than passages."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in the model's own tokens, without the special ones."""
        ...


def build_embedder(settings: Settings, folder: Path) -> Embedder:
    """The embedder the settings name. `folder` holds the exported model; it is made at the first use.

    Raises ConfigurationError when the model cannot be had.
    """
    if settings.embedding_model == BUNDLED:
        from rag.embedding.exported import ExportedModel  # onnxruntime: 0.3 s

        return ExportedModel.open(folder, settings.embedding_precision)
    from rag.embedding.torch_model import TorchModel  # torch: 4 to 10 s, and 700 MB

    return TorchModel(settings.embedding_model)
