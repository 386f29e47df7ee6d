"""A sentence-transformers CrossEncoder, by hub name or path, run by torch."""

import threading
from collections.abc import Sequence

import numpy as np
from sentence_transformers import CrossEncoder

from rag.errors import ConfigurationError

BATCH = 8
# What a model was made for, as its configuration says.
_KINDS = ("ForSequenceClassification", "ForCausalLM")


class CrossEncoderModel:
    """Reads a question and a passage together and scores how well they fit; thread safe."""

    def __init__(self, name: str) -> None:
        try:
            self._model = CrossEncoder(name, device="cpu")
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"The reranker {name!r} could not be loaded: {error}",
                "DOSSIER_RERANKER takes a cross-encoder's folder, or its name on the hub when the hub can be reached.",
            ) from error
        # Of any other model the library makes one with a head of random weights, and says so in a log at the most.
        made_for = getattr(getattr(self._model.model, "config", None), "architectures", None) or []
        if self._model.num_labels != 1 or not any(kind.endswith(_KINDS) for kind in made_for):
            raise ConfigurationError(
                f"{name!r} is no reranker: it does not give one score for a question and a passage.",
                "DOSSIER_RERANKER takes cross-encoders, such as those trained on MS MARCO; unset it to do without.",
            )
        # The tokenizer keeps padding and truncation as its state (see torch_model.py).
        self._lock = threading.Lock()

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text fits the question; higher is better. Blocking."""
        if not texts:
            return []
        with self._lock:
            found = self._model.predict(
                [(question, text) for text in texts],
                batch_size=BATCH,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return [float(score) for score in np.asarray(found, dtype=np.float64)]
