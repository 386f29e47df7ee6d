"""Grows libraries with a stand-in for the model, so that what is timed and weighed is everything else.

Run as `python -m benchmarks.growing FOLDER MODEL ARTICLES SIZE…`, in a process of its own, whose memory is its own.
Prints the seconds an article costs in a library of each size, and the memory in the course of an ingest of the largest.
"""

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np
import psutil  # type: ignore[import-untyped]

from benchmarks.articles import SEED
from benchmarks.processes import processor_seconds
from benchmarks.stand_in import StandIn
from ingest.pipeline import run
from ingest.report import Progress, Report
from rag.catalog import Catalog
from rag.embedding.exported import ExportedModel
from rag.settings import load_settings

# Articles that are timed in each library, in turns, so that what else the machine does slows all of them.
TIMED, ROUNDS = 200, 5
# How often memory is looked at in the course of an ingest.
LOOKS = 40


def main(arguments: Sequence[str]) -> None:
    """See above."""
    folder, model, articles = map(Path, arguments[:3])
    sizes = [int(size) for size in arguments[3:]]
    exported = ExportedModel.open(model, "fp32")
    random = np.random.default_rng(SEED).standard_normal((500, exported.stamp.dimension), dtype=np.float32)
    stand_in = StandIn(exported, random / np.linalg.norm(random, axis=1, keepdims=True), SEED)
    memory: list[tuple[int, int]] = []
    process = psutil.Process()

    def weigh(progress: Progress) -> None:
        stand_in.texts.clear()
        if progress.done % max(1, size // LOOKS) == 0:
            memory.append((progress.done, process.memory_info().rss))

    for size in sizes:
        memory.clear()
        batch = _part(articles, folder / f"articles-{size}", 0, size)
        _ingest(batch, folder / f"library-{size}", stand_in, weigh)
    costs: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
    for number in range(ROUNDS):
        batch = _part(articles, folder / f"timed-{number}", max(sizes) + number * TIMED, TIMED)
        for size in sizes:
            copy = folder / "copy"
            shutil.copytree(folder / f"library-{size}", copy)
            started = processor_seconds()
            report = _ingest(batch, copy, stand_in, lambda progress: None)
            costs[size].append((report.seconds / TIMED, (processor_seconds() - started) / TIMED))
            shutil.rmtree(copy)
    found = {size: [median(column) for column in zip(*values, strict=True)] for size, values in costs.items()}
    print(json.dumps({"costs": found, "memory": memory}))


def _part(articles: Path, target: Path, first: int, count: int) -> Path:
    """Some of the articles in a folder of their own."""
    target.mkdir()
    for path in islice(sorted(articles.iterdir()), first, first + count):
        (target / path.name).hardlink_to(path)
    return target


def _ingest(source: Path, library: Path, stand_in: StandIn, on_progress: Callable[[Progress], None]) -> Report:
    with closing(Catalog.open(library, create=True)) as catalog:
        report = run([str(source)], catalog, stand_in, load_settings(library=library), on_progress)
    assert report.added == report.done, report
    return report


if __name__ == "__main__":
    main(sys.argv[1:])
