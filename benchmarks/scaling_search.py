"""Times warm searches of one library: `python -m benchmarks.scaling_search LIBRARY QUESTIONS ROUNDS [--limited]`.

Run in a process of its own, whose memory is its own. Prints JSON.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]

from benchmarks.articles import questions
from benchmarks.scaling_library import Limited, limits
from rag.assistant import Assistant
from rag.settings import load_settings

PASSAGES = 10
WARM_UP = 5


@dataclass(slots=True)
class Times:
    """Milliseconds of searches of one sort: by the clock, and of the processor (all cores together)."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def main(arguments: Sequence[str]) -> None:
    """See above."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling_search")
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=int)
    parser.add_argument("rounds", type=int)
    parser.add_argument("--limited", action="store_true", help="also limited searches, in turns with unlimited ones")
    given = parser.parse_args(arguments)
    asked = questions(given.questions)
    with closing(Assistant.open(load_settings(library=given.library))) as assistant:
        assistant.sync()
        times = asyncio.run(_timed(assistant, asked, given.rounds, []))[""]
        found: dict[str, Any] = {
            "median": median(times.wall),
            "p95": float(np.percentile(times.wall, 95)),
            "embedding": _embedding(assistant, asked),
            "memory": psutil.Process().memory_info().rss,
        }
        if given.limited:
            found["limited"] = _limited(assistant, asked, given.rounds)
            found["memory limited"] = psutil.Process().memory_info().rss
    print(json.dumps(found))


def _limited(assistant: Assistant, asked: Sequence[str], rounds: int) -> list[dict[str, Any]]:
    """What a search costs under each limit, in unlimited searches."""
    every = limits()
    times = asyncio.run(_timed(assistant, asked, rounds, every))
    all_of = times.pop("")
    return [
        {
            "name": one.name,
            "share": one.share,
            "wall": median(its.wall) / median(all_of.wall),
            "processor": median(its.processor) / median(all_of.processor),
        }
        for one, its in zip(every, times.values(), strict=True)
    ]


async def _timed(
    assistant: Assistant, asked: Sequence[str], rounds: int, limited: Sequence[Limited]
) -> dict[str, Times]:
    """The times of unlimited searches, and of limited ones in turns with them, question by question."""
    ways: dict[str, Mapping[str, Any]] = {"": {}} | {f"{one.name} {one.share}": one.arguments for one in limited}
    found = {name: Times() for name in ways}
    for is_warm, batch in ((False, asked[:WARM_UP]), *((True, asked) for _ in range(rounds))):
        for question in batch:
            for name, arguments in ways.items():
                wall, processor = perf_counter(), process_time()
                await assistant.search(question, k=PASSAGES, **arguments)
                if is_warm:
                    found[name].processor.append((process_time() - processor) * 1000)
                    found[name].wall.append((perf_counter() - wall) * 1000)
    return found


def _embedding(assistant: Assistant, asked: Sequence[str]) -> float:
    """The median milliseconds that the question's vector takes of a search."""
    times = []
    for question in asked:
        started = perf_counter()
        assistant.embedder.embed_question(question)
        times.append((perf_counter() - started) * 1000)
    return median(times)


if __name__ == "__main__":
    main(sys.argv[1:])
