"""How much of an ingest's wall time is spent outside the embedding model."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.encoder import EncoderProcess
from benchmarks.measurement import Benchmark, Measurement
from benchmarks.processes import DOSSIER, environment
from benchmarks.workspace import ARTICLES, Workspace

LIMIT = 15.0


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Runs `dossier ingest` on 60 articles into fresh libraries, again with nothing to do, and the model alone."""
    rounds = 1 if workspace.quick else 3
    walls, idle, reports, alone = [], [], [], []
    with EncoderProcess("exported", workspace.model(), workspace.texts) as model:
        for number in range(rounds):
            workspace.tell(f"ingesting {ARTICLES} articles, round {number + 1} of {rounds}")
            library = workspace.new_library(f"ingested-{number}")
            wall, report = _ingest(workspace, library)
            assert report["added"] == ARTICLES, report
            again, nothing = _ingest(workspace, library)
            assert nothing["unchanged"] == ARTICLES, nothing
            walls.append(wall)
            idle.append(again)
            reports.append(report)
            alone.append(model.embed())
    embedding = [report["embedding_seconds"] for report in reports]
    inside = [report["seconds"] for report in reports]
    working = [wall - nothing for wall, nothing in zip(walls, idle, strict=True)]
    return (
        Measurement("outside the model, of the run itself", _outside(embedding, inside), "%", at_most=LIMIT),
        Measurement(
            "outside the model, of what the command takes longer than one with nothing to do",
            _outside(embedding, working),
            "%",
            at_most=LIMIT,
        ),
        Measurement("outside the model, of the command's whole wall time", _outside(embedding, walls), "%"),
        Measurement("beyond the model alone on the same chunks, of the whole wall time", _outside(alone, walls), "%"),
        Measurement("chunks embedded", reports[0]["chunks_embedded"], "count"),
        Measurement("wall time of the command", median(walls), "s"),
        Measurement("of it, the run", median(inside), "s"),
        Measurement("of it, the model", median(embedding), "s"),
        Measurement("wall time of the command with nothing to do", median(idle), "s"),
    )


def _ingest(workspace: Workspace, library: Path) -> tuple[float, dict[str, Any]]:
    """The wall time of the whole process, and its report."""
    command = [DOSSIER, "ingest", str(workspace.articles), "--library", str(library), "--json"]
    started = perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=600, env=environment())
    wall = perf_counter() - started
    report: dict[str, Any] = json.loads(done.stdout)
    return wall, report


def _outside(embedding: Sequence[float], walls: Sequence[float]) -> float:
    return 100 * median(1 - one / wall for one, wall in zip(embedding, walls, strict=True))


BENCHMARK = Benchmark(
    "ingest",
    "Ingest",
    f"`dossier ingest` on {ARTICLES} articles of the sample corpus into a fresh library whose model is exported "
    "already. The command's wall time holds the start of Python, all imports and the bringing up of both indexes, "
    "about two seconds whatever there is to do: on 60 short articles that alone is more than the limit, so the limit "
    "is put on the run and on what the command takes beyond one with nothing to do. While the model reads, a thread "
    "prepares the next articles; what that takes from the model's cores shows where the model reads the same chunks "
    "with nothing beside it.",
    measure,
)
