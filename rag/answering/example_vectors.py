"""The vectors of the example questions, kept beside the exported model: to embed them takes longer than an answer."""

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path

import numpy as np

from rag.embedding import Embedder
from rag.embedding.embedder import Vectors

FILE = "asked_examples.npy"

log = logging.getLogger(__name__)


def example_vectors(texts: Sequence[str], embedder: Embedder, folder: Path | None) -> Vectors:
    """A vector a text; read from `folder` where the same model has embedded the same texts before. Blocking."""
    if folder is None:
        return embedder.embed(texts)
    made_of = json.dumps([astuple(embedder.stamp), list(texts)])
    file = folder / f"{hashlib.sha256(made_of.encode()).hexdigest()[:16]}-{FILE}"
    kept = _read(file, (len(texts), embedder.stamp.dimension))
    if kept is not None:
        return kept
    vectors = embedder.embed(texts)
    _write(file, vectors)
    return vectors


def _read(file: Path, shape: tuple[int, int]) -> Vectors | None:
    try:
        vectors = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):  # missing or damaged: made anew
        return None
    return vectors if vectors.shape == shape and vectors.dtype == np.float32 else None


def _write(file: Path, vectors: Vectors) -> None:
    """Whole or not at all. A library that cannot be written to is answered from all the same."""
    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        file.parent.mkdir(exist_ok=True)
        with part.open("wb") as out:
            np.save(out, vectors)
        part.replace(file)
        for older in file.parent.glob(f"*-{FILE}"):
            if older != file:
                older.unlink(missing_ok=True)
    except OSError as error:
        log.info("the example questions' vectors are not kept: %s", error)
        with suppress(OSError):
            part.unlink(missing_ok=True)
