"""How searching grows with the library: time, memory and disk from 1,000 chunks on, and what limits cost."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measurement import Benchmark, Measurement
from benchmarks.processes import environment
from benchmarks.scaling_library import grown
from benchmarks.workspace import Workspace

SIZES, QUICK_SIZES, LARGEST = [1_000, 10_000, 100_000], [500, 1_000], 300_000
# The median milliseconds a search may take, by the size of the library.
AT_MOST = {10_000: 20.0, 100_000: 40.0}
# In the library of this size, or in the largest there is, searches are limited too; each costs at most so much more.
LIMITED_AT, LIMITED_RATIO = 100_000, 2.0
QUESTIONS, ROUNDS = 40, 3


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Grows one library from size to size, and searches it at each in a process of its own."""
    sizes = QUICK_SIZES if workspace.quick else SIZES + [LARGEST] * workspace.large
    library = workspace.new_library("scaling")
    measured: list[Measurement] = []
    growing = grown(library, workspace.embedder, sizes)
    for size in sizes:
        workspace.tell(f"growing a library to {size:,} chunks")
        next(growing)
        is_limited = size == min(LIMITED_AT, max(sizes))
        workspace.tell(f"searching {size:,} chunks{', with limits too' if is_limited else ''}")
        found = _searched(library, 1 if workspace.quick else ROUNDS, limited=is_limited)
        measured += _figures(size, found, _disk(library))
    return measured


def _searched(library: Path, rounds: int, *, limited: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scaling_search", str(library), str(QUESTIONS), str(rounds)]
    if limited:
        command.append("--limited")
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment())
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _figures(size: int, found: dict[str, Any], disk: int) -> list[Measurement]:
    what = f"{size:,} chunks:"
    figures = [
        Measurement(f"{what} a search, median", found["median"], "ms", at_most=AT_MOST.get(size)),
        Measurement(f"{what} a search, 95th percentile", found["p95"], "ms"),
        Measurement(f"{what} of it, embedding the question, median", found["embedding"], "ms"),
        Measurement(f"{what} memory", found["memory"] / 1e6, "MB"),
        Measurement(f"{what} on disk", disk / 1e6, "MB"),
    ]
    for one in found.get("limited", ()):
        name = f"{what} limited by {one['name']} to {one['share']}%"
        figures += [
            Measurement(f"{name}, to an unlimited search", one["wall"], "x", at_most=LIMITED_RATIO),
            Measurement(f"{name}, by processor time", one["processor"], "x"),
        ]
    if "memory limited" in found:
        figures.append(Measurement(f"{what} memory after limited searches", found["memory limited"] / 1e6, "MB"))
    return figures


def _disk(library: Path) -> int:
    """Bytes of the library without its model."""
    model = library / "model"
    return sum(path.stat().st_size for path in library.rglob("*") if path.is_file() and model not in path.parents)


BENCHMARK = Benchmark(
    "scaling",
    "Searching large libraries",
    "`Assistant.search` for 10 passages, warm, the embedding of the question included, in one library that grows. It "
    "begins with the sample corpus; beyond that, text and vectors are made up: paragraphs of the corpus with their "
    "words in another order, and copies of its vectors, disturbed to a cosine of 0.85. So times, memory and disk are "
    "those of an index of that size, and what is found says nothing. Memory is the resident set of the process that "
    "searches, files it maps included; on disk is the library without its model. Limited searches (by company, site, "
    "author and as-of day, each leaving 2%, 50% and 95% of the articles) take turns with unlimited ones, question by "
    "question; each is set against the unlimited one. `--large` adds 300,000 chunks, and a quarter of an hour.",
    measure,
)
