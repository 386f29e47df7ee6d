"""How long a warm extractive answer takes in a library of 10,000 chunks."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from statistics import median, quantiles
from time import perf_counter, process_time

from benchmarks.articles import questions
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.stand_in import COSINE
from benchmarks.workspace import CHUNKS, Workspace
from rag.answer import Answer
from rag.assistant import Assistant
from rag.settings import load_settings

LIMIT_MS = 300.0
WARM_UP = 5


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Asks the sample questions, one after the other."""
    asked = questions(20 if workspace.quick else 40)
    with closing(Assistant.open(load_settings(library=workspace.large_library))) as assistant:
        assistant.sync()
        chunks = assistant.catalog.counts()[1]
        workspace.tell(f"answering {len(asked)} questions")
        milliseconds, busy, answers = asyncio.run(_ask_all(assistant, asked))
    return (
        Measurement("an answer, median", median(milliseconds), "ms", at_most=LIMIT_MS),
        Measurement("an answer, 95th percentile", quantiles(milliseconds, n=20)[-1], "ms"),
        Measurement("processor time of an answer, all cores together, median", median(busy), "ms"),
        Measurement("of it, retrieving, median", median(a.timings.retrieve_ms for a in answers), "ms"),
        Measurement("of it, answering and checking, median", median(a.timings.answer_ms for a in answers), "ms"),
        Measurement("questions answered", 100 * sum(a.status == "answered" for a in answers) / len(answers), "%"),
        Measurement("chunks in the library", chunks, "count"),
    )


async def _ask_all(assistant: Assistant, asked: Sequence[str]) -> tuple[list[float], list[float], list[Answer]]:
    for question in asked[-WARM_UP:]:
        await assistant.ask(question)
    milliseconds, busy, answers = [], [], []
    for question in asked:
        started, spent = perf_counter(), process_time()
        answers.append(await assistant.ask(question))
        milliseconds.append((perf_counter() - started) * 1000)
        busy.append((process_time() - spent) * 1000)
    return milliseconds, busy, answers


BENCHMARK = Benchmark(
    "answer",
    "A warm extractive answer",
    f"`Assistant.ask` with the default answerer, in a library of {CHUNKS:,} chunks, on questions over the sample "
    "corpus, some of which it cannot answer. The library holds the sample corpus with its real vectors, and as filler "
    "recombinations of its paragraphs with the companies' names exchanged. The filler's vectors are made up: copies of "
    f"the corpus's own, chosen at random, disturbed to a cosine of {COSINE} and of unit length. So the times are those "
    "of real words and of an index of real size; the answers say nothing about quality. Processor time tells "
    "more than wall time on a machine that others use too.",
    measure,
)
