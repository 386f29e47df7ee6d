"""How soon `dossier serve` answers, and what it takes."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

import psutil  # type: ignore[import-untyped]

from benchmarks.articles import questions
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.processes import serving
from benchmarks.workspace import CHUNKS, Workspace

STARTS = 3
LIMIT_SECONDS = 5.0
LIMIT_MB = 700.0
UNWANTED = frozenset({"torch", "transformers", "sentence_transformers"})


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Starts the server several times on the large library; asks the last one more, and looks at its memory."""
    library = workspace.large_library
    first, *more = questions(20 if workspace.quick else 40)
    seconds = []
    for number in range(STARTS):
        workspace.tell(f"starting the server, {number + 1} of {STARTS}")
        with serving(library) as server:
            server.ask(first)
            seconds.append(perf_counter() - server.started)
            if number == STARTS - 1:
                for question in more:
                    server.ask(question)
                process = psutil.Process(server.process.pid)
                memory = _megabytes(process)
                beside = sum(map(_megabytes, process.children(recursive=True)))
                mapped = sum("/torch/" in mapping.path for mapping in process.memory_maps())
    modules = _imported(workspace, library, first)
    return (
        Measurement("from the start to the first answer, median", median(seconds), "s", at_most=LIMIT_SECONDS),
        Measurement(f"memory of the server after {len(more) + 1} answers", memory, "MB", at_most=LIMIT_MB),
        Measurement("memory of the worker process beside it", beside, "MB"),
        Measurement("modules of torch or transformers imported", len(modules), "count", at_most=0),
        Measurement("files of torch mapped into the process", mapped, "count", at_most=0),
    )


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


def _imported(workspace: Workspace, library: Path, question: str) -> list[str]:
    """The unwanted modules among all that the serving process imported, by the end of it."""
    target = workspace.folder / "modules.json"
    with serving(library, [sys.executable, "-m", "benchmarks.loaded_modules", str(target)]) as server:
        server.ask(question)
    names: list[str] = json.loads(target.read_text())
    assert "rag.web.server" in names, "these are not the modules of a server"
    return [name for name in names if name.partition(".")[0] in UNWANTED]


BENCHMARK = Benchmark(
    "serve",
    "Serving",
    f"`dossier serve` on the library of {CHUNKS:,} chunks, {STARTS} times: from before the process is made until the "
    "answer to a first question has come back over HTTP. Memory is the resident set of the server process (files it "
    "maps included); the process that reads posted documents is given by itself. Modules are those in `sys.modules` "
    "when a server that has answered ends.",
    measure,
)
