"""How long a search takes beside its two unavoidable parts, in a library of 10,000 chunks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks.articles import questions
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.workspace import CHUNKS, Workspace
from rag.assistant import Assistant
from rag.indexes.dense import COLLECTION, connect
from rag.retrieval import DEPTH
from rag.settings import load_settings

PASSAGES = 10
WARM_UP = 5

Step = Callable[[str], Awaitable[None]]


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Times searches, question embeddings and raw Chroma queries in turns, in one process on one store."""
    asked = questions(20 if workspace.quick else 40)
    rounds = 3 if workspace.quick else 5
    with closing(Assistant.open(load_settings(library=workspace.large_library))) as assistant:
        assistant.sync()
        workspace.tell(f"searching for {len(asked)} questions, {rounds} rounds")
        search, embed, query = asyncio.run(_timed(_steps(assistant), asked, rounds))
    return (
        Measurement("a search to 2 × (embedding + Chroma query)", search / (2 * (embed + query)), "x", at_most=1),
        Measurement("a search to 2 × embedding + Chroma query", search / (2 * embed + query), "x", at_most=1),
        Measurement("a search, median", search, "ms"),
        Measurement("one embedding of a question, median", embed, "ms"),
        Measurement("one Chroma query, median", query, "ms"),
    )


def _steps(assistant: Assistant) -> tuple[Step, Step, Step]:
    # The index's own client is another one on the same store; in one process Chroma lets them share it.
    collection = connect(assistant.catalog.folder / "chroma").get_collection(COLLECTION, embedding_function=None)
    vectors = {}

    async def search(question: str) -> None:
        await assistant.search(question, k=PASSAGES)

    async def embed(question: str) -> None:
        vectors[question] = assistant.embedder.embed_question(question)

    async def query(question: str) -> None:
        vector = vectors[question][np.newaxis]
        collection.query(query_embeddings=vector, n_results=DEPTH, include=["distances"])

    return search, embed, query


async def _timed(steps: Sequence[Step], asked: Sequence[str], rounds: int) -> list[float]:
    """The median milliseconds of each step; the first rounds through a few questions are not counted."""
    milliseconds: list[list[float]] = [[] for _ in steps]
    for warm, batch in ((True, asked[:WARM_UP]), *((False, asked) for _ in range(rounds))):
        for question in batch:
            for step, times in zip(steps, milliseconds, strict=True):
                started = perf_counter()
                await step(question)
                if not warm:
                    times.append((perf_counter() - started) * 1000)
    return [median(times) for times in milliseconds]


BENCHMARK = Benchmark(
    "search",
    "A warm search",
    f"`Assistant.search` for {PASSAGES} passages (both legs, fusion, the passages' texts) in the library of {CHUNKS:,} "
    "chunks that is described below; one embedding of the same question; one raw query of the same Chroma collection "
    f"for {DEPTH} chunks, as many as retrieval asks it for. In turns, question by question. “At most twice one query "
    "embedding plus one raw Chroma query” is read as twice the sum; the stricter reading is given too.",
    measure,
)
